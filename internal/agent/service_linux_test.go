package agent

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func needs(t testing.TB, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skip(program + " is not installed")
	}
}

// TestUnitVerified has systemd's own reader look at the unit, for paths of every kind.
func TestUnitVerified(t *testing.T) {
	needs(t, "systemd-analyze")
	for _, folder := range []string{"plain", "with space", "50%n off", `back\slash and "quote"`, "$HOME", "${HOME}"} {
		t.Run(folder, func(t *testing.T) {
			base := filepath.Join(t.TempDir(), folder)
			if err := os.MkdirAll(filepath.Join(base, "state"), 0o700); err != nil {
				t.Fatal(err)
			}
			program := filepath.Join(base, "exvet")
			if strings.ContainsAny(folder, `\"`) {
				program = filepath.Join(t.TempDir(), "exvet") // systemd runs no program of such a path
			}
			if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			unit := Describe(Install{Program: program, Config: filepath.Join(base, "agent.yaml"), Folder: filepath.Join(base, "state")})
			verify := func(text string) string {
				t.Helper()
				file := filepath.Join(t.TempDir(), serviceName+".service")
				write(t, file, []byte(text))
				said, err := exec.Command("systemd-analyze", "verify", "--man=no", file).CombinedOutput()
				if err != nil {
					return fmt.Sprintf("%v: %s", err, said)
				}
				return string(said)
			}
			if said := verify(unit); said != "" {
				t.Errorf("systemd says %s of\n%s", said, unit)
			}
			for _, wrong := range []string{
				strings.Replace(unit, "ProtectSystem=", "ProtectSytem=", 1),
				strings.Replace(unit, "/exvet\" agent", "/gone\" agent", 1),
				strings.Replace(unit, "ReadWritePaths=\"/", "ReadWritePaths=\"", 1),
			} {
				if verify(wrong) == "" {
					t.Errorf("systemd says nothing of\n%s", wrong)
				}
			}
		})
	}
}

// TestInstallUnit installs into a tree of files, as for an image: no systemd need run.
func TestInstallUnit(t *testing.T) {
	needs(t, "systemctl")
	root := t.TempDir()
	s := systemd{root}
	unit := filepath.Join(root, unitFile)
	wanted := filepath.Join(filepath.Dir(unit), "multi-user.target.wants", serviceName+".service")
	if err := os.MkdirAll(filepath.Dir(unit), 0o755); err != nil {
		t.Fatal(err)
	}
	install := Install{Program: "/usr/bin/exvet", Config: "/etc/exvet/agent.yaml", Folder: filepath.Join(root, "state"), Start: true}
	refused := func(err error, want string) {
		t.Helper()
		if err == nil || !strings.HasPrefix(err.Error(), want+": ") {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	refused(s.uninstall(), "agent/not-installed")
	refused(s.install(install), "agent/service") // nothing runs that could start it
	if _, err := os.Stat(unit); err == nil {
		t.Error("a refused unit is there")
	}
	install.Start = false
	if err := s.install(install); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(unit); err != nil || string(text) != Describe(install) {
		t.Errorf("the unit is %q, %v", text, err)
	}
	if _, err := os.Lstat(wanted); err != nil {
		t.Errorf("it does not start with the machine: %v", err)
	}
	if info, err := os.Stat(install.Folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the agent's folder: %v, %v", info, err)
	}
	refused(s.install(install), "agent/installed")
	if err := s.uninstall(); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{unit, wanted} {
		if _, err := os.Lstat(file); err == nil {
			t.Errorf("%q is left", file)
		}
	}
	if _, err := os.Stat(install.Folder); err != nil {
		t.Errorf("the agent's folder is gone: %v", err)
	}
}

// TestInstallCommands says what a systemd that runs is asked for, and what is left where it refuses.
func TestInstallCommands(t *testing.T) {
	root, bin := t.TempDir(), t.TempDir()
	for _, folder := range []string{"run/systemd/system", "etc/systemd/system"} {
		if err := os.MkdirAll(filepath.Join(root, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	asked := filepath.Join(bin, "asked")
	answer := func(code int) {
		t.Helper()
		script := fmt.Sprintf("#!/bin/sh\necho \"$*\" >>%s\necho it says no\nexit %d\n", asked, code)
		if err := os.WriteFile(filepath.Join(bin, "systemctl"), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	s, install := systemd{root}, Install{Program: "/usr/bin/exvet", Config: "/etc/exvet/agent.yaml", Folder: filepath.Join(root, "state"), Start: true}
	answer(1)
	if err := s.install(install); err == nil || !strings.Contains(err.Error(), "it says no") {
		t.Errorf("got %v, want what systemd said", err)
	}
	if _, err := os.Stat(filepath.Join(root, unitFile)); err == nil {
		t.Error("the unit is left where systemd refused it")
	}
	answer(0)
	if err := s.install(install); err != nil {
		t.Fatal(err)
	}
	if err := s.uninstall(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(asked)
	const want = "daemon-reload\ndaemon-reload\nenable --now exvet-agent\ndisable --now exvet-agent\ndaemon-reload\n"
	if err != nil || string(got) != want {
		t.Errorf("asked %q, %v; want %q", got, err, want)
	}
}
