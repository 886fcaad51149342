package host

import (
	"errors"
	"strings"
	"syscall"

	"golang.org/x/sys/windows"
)

// plainly words errors of Windows: those that people meet in the words of exvet, the others as the system does.
func plainly(err error) string {
	var status windows.NTStatus
	if errors.As(err, &status) {
		err = status.Errno()
	}
	var code syscall.Errno
	errors.As(err, &code)
	switch code {
	case windows.ERROR_ACCESS_DENIED:
		return "access is denied"
	case windows.ERROR_SHARING_VIOLATION, windows.ERROR_LOCK_VIOLATION:
		return "another program has it open and lets nobody read it"
	case windows.ERROR_PARTIAL_COPY:
		return "it changed while it was read"
	}
	text := strings.TrimSuffix(reason(err), ".")
	if text == "" {
		return "it failed"
	}
	return strings.ToLower(text[:1]) + text[1:]
}
