//go:build !linux

package hub

import (
	"syscall"
	"time"
)

// mostMemoryOf is not known here.
func mostMemoryOf(int) float64 { return 0 }

// cpuOf is not known here.
func cpuOf(int) time.Duration { return 0 }

// asAccount changes nothing here: only Linux has the account the tests look for.
func asAccount(int, int) *syscall.SysProcAttr { return &syscall.SysProcAttr{} }
