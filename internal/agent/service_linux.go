package agent

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/exvet/exvet"
)

// unitFile is where systemd looks for the units of this machine.
const unitFile = "/etc/systemd/system/" + serviceName + ".service"

// IsService reports false: systemd starts programs as anybody does.
func IsService() bool { return false }

// RunService runs an agent as anybody does.
func RunService(ctx context.Context, start Start) error { return start(ctx, Options{}) }

// Describe gives the unit InstallService writes.
func Describe(install Install) string {
	return fmt.Sprintf(`[Unit]
Description=%s
Documentation=https://github.com/exvet/exvet/blob/main/docs/agent.md
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
ExecStart=%s agent run --config-file %s
Restart=on-failure
RestartSec=60
TimeoutStopSec=30
Nice=10
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ProtectHome=read-only
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictSUIDSGID=yes
ReadWritePaths=%s

[Install]
WantedBy=multi-user.target
`, serviceAbout, quoted(install.Program), argument(install.Config), quoted(install.Folder))
}

// quoted writes a path as systemd reads it: without escapes or specifiers in it.
func quoted(path string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `%`, `%%`, "\n", `\n`).Replace(path) + `"`
}

// argument is quoted for what follows a program, in which systemd looks for variables, too.
func argument(word string) string { return strings.ReplaceAll(quoted(word), "$", "$$") }

// A systemd is that of the machine, or of a tree of files in which one lies.
type systemd struct{ root string }

// InstallService makes the agent a unit of systemd that starts with the machine.
func InstallService(install Install) error { return systemd{"/"}.install(install) }

// UninstallService stops the unit and takes it away. The agent's folder stays.
func UninstallService() error { return systemd{"/"}.uninstall() }

// runs reports whether systemd started this machine. Where it did not, as in a container or in what becomes an image, units can
// be put there and not started.
func (s systemd) runs() bool {
	_, err := os.Stat(filepath.Join(s.root, "run", "systemd", "system"))
	return err == nil
}

func (s systemd) install(install Install) error {
	file := filepath.Join(s.root, unitFile)
	if _, err := os.Stat(file); err == nil {
		return exvet.Refuse("agent/installed", "%q is there already; exvet agent uninstall takes it away", file)
	}
	if install.Start && !s.runs() {
		return exvet.Refuse("agent/service", "systemd did not start this machine; --no-start installs the agent for when it does")
	}
	if err := restrict(install.Folder); err != nil {
		return err
	}
	err := os.WriteFile(file, []byte(Describe(install)), 0o644)
	if errors.Is(err, fs.ErrPermission) {
		return exvet.Refuse("agent/rights", "%w; run this as root", err)
	}
	if err != nil {
		return fmt.Errorf("agent/service: %w", err)
	}
	enable := []string{"enable", serviceName}
	if install.Start {
		enable = []string{"enable", "--now", serviceName}
	}
	err = s.reload()
	if err == nil {
		err = s.systemctl(enable...)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file)) // so that it can be tried again
	}
	return nil
}

func (s systemd) uninstall() error {
	file := filepath.Join(s.root, unitFile)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return exvet.Refuse("agent/not-installed", "there is no %q", file)
	}
	disable := []string{"disable", serviceName}
	if s.runs() {
		disable = []string{"disable", "--now", serviceName}
	}
	stopping := s.systemctl(disable...)
	err := os.Remove(file)
	if errors.Is(err, fs.ErrPermission) {
		return exvet.Refuse("agent/rights", "%w; run this as root", err)
	}
	return errors.Join(stopping, err, s.reload())
}

// reload has a systemd that runs read its units.
func (s systemd) reload() error {
	if !s.runs() {
		return nil
	}
	return s.systemctl("daemon-reload")
}

func (s systemd) systemctl(args ...string) error {
	if !s.runs() {
		args = append([]string{"--root=" + s.root}, args...)
	}
	said, err := exec.Command("systemctl", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("agent/service: systemctl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(string(said)))
	}
	return nil
}
