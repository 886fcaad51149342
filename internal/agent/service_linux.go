package agent

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
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
`, serviceAbout, quoted(install.Program), quoted(install.Config), quoted(install.Folder))
}

// quoted writes a word as systemd reads it: without variables, specifiers or escapes in it.
func quoted(word string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `%`, `%%`, `$`, `$$`).Replace(word) + `"`
}

// InstallService makes the agent a unit of systemd that starts with the machine.
func InstallService(install Install) error {
	if _, err := os.Stat(unitFile); err == nil {
		return exvet.Refuse("agent/installed", "%q is there already; exvet agent uninstall takes it away", unitFile)
	}
	if err := restrict(install.Folder); err != nil {
		return err
	}
	err := os.WriteFile(unitFile, []byte(Describe(install)), 0o644)
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
	return errors.Join(systemctl("daemon-reload"), systemctl(enable...))
}

// UninstallService stops the unit and takes it away. The agent's folder stays.
func UninstallService() error {
	if _, err := os.Stat(unitFile); errors.Is(err, fs.ErrNotExist) {
		return exvet.Refuse("agent/not-installed", "there is no %q", unitFile)
	}
	stopping := systemctl("disable", "--now", serviceName)
	err := os.Remove(unitFile)
	if errors.Is(err, fs.ErrPermission) {
		return exvet.Refuse("agent/rights", "%w; run this as root", err)
	}
	return errors.Join(stopping, err, systemctl("daemon-reload"))
}

// systemctl asks systemd, which must be what this machine was started by.
func systemctl(args ...string) error {
	said, err := exec.Command("systemctl", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("agent/service: systemctl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(string(said)))
	}
	return nil
}
