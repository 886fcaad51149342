//go:build !linux

package hub

import (
	"os"
	"syscall"
)

// mostMemory is not known here.
func mostMemory(*os.ProcessState) float64 { return 0 }

// asAccount changes nothing here: only Linux has the account the tests look for.
func asAccount(int, int) *syscall.SysProcAttr { return &syscall.SysProcAttr{} }
