//go:build !windows && !linux

package agent

import (
	"context"

	"github.com/exvet/exvet"
)

// IsService reports false.
func IsService() bool { return false }

// RunService runs an agent as anybody does.
func RunService(ctx context.Context, start Start) error { return start(ctx, Options{}) }

// Describe says that there is no service manager exvet knows.
func Describe(Install) string { return "no service manager exvet knows\n" }

// InstallService refuses.
func InstallService(Install) error { return unknownManager() }

// UninstallService refuses.
func UninstallService() error { return unknownManager() }

func unknownManager() error {
	return exvet.Refuse("agent/service", "exvet knows the service managers of Windows and systemd; start exvet agent run by what this system has")
}
