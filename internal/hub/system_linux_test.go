package hub

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

// mostMemoryOf is the most memory a process has held, in MB.
func mostMemoryOf(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	var kB float64
	_, _ = fmt.Sscan(rest, &kB) // 0 where there is no such line
	return kB / 1024
}

// ticks are how many of the units that Linux counts processor time in make a second: on every architecture Go knows.
const ticks = 100

// cpuOf is the processor time a process has used.
func cpuOf(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	var user, system int64
	_, _ = fmt.Sscan(fields[11]+" "+fields[12], &user, &system) // numbers, says proc(5)
	return time.Duration(user+system) * time.Second / ticks
}

// asAccount has a program run as another account.
func asAccount(uid, gid int) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}
