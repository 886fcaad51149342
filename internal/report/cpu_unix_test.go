//go:build unix

package report

import (
	"syscall"
	"testing"
	"time"
)

// processorTime is how long the processors have worked for this process: what others do beside it does not count.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
