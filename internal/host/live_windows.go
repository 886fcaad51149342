package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"golang.org/x/sys/windows"

	"github.com/exvet/exvet"
)

// A live is the Windows exvet runs on.
type live struct {
	files    *drives
	pace     *pace
	registry func() exvet.Registry
	restore  []func() error // what Close does, last first
	problems []error
}

var _ Server = (*live)(nil)

// OpenLive gives the server exvet runs on, and lowers the priority of this process until it is closed. When ctx ends,
// reading no longer waits for its turn. Close it after use.
func OpenLive(ctx context.Context, options LiveOptions) (Server, error) {
	l := &live{}
	if options.Gentle {
		l.pace = newPace(ctx, gentleShare)
		l.restore = append(l.restore, oneProcessor())
	}
	root, err := windows.GetSystemWindowsDirectory()
	if err != nil {
		return nil, fmt.Errorf("find the folder of Windows: %w", err)
	}
	l.files = newDrives(l.pace, root)
	l.registry = sync.OnceValue(l.openRegistry)
	l.restore = append(l.restore, lowerPriority(options.Gentle))
	if !elevated() {
		l.problems = append(l.problems, errors.New("not run as administrator: what only administrators may read is left open"))
	}
	return l, nil
}

// Kind says that this is the server exvet runs on.
func (l *live) Kind() exvet.HostKind { return exvet.LiveHost }

// Files is the fixed drives, "C/Windows/System32", as a 64-bit program sees them. It implements fs.ReadDirFS, fs.StatFS
// and fs.ReadFileFS. A drive on another machine is exvet.ErrNoEvidence: no network is used.
func (l *live) Files() fs.FS { return l.files }

// Registry is the registry, and the hives of accounts that are not logged on.
func (l *live) Registry() exvet.Registry { return l.registry() }

func (l *live) Problems() []error { return l.problems }

func (l *live) Close() error {
	var failed []error
	for i := len(l.restore) - 1; i >= 0; i-- {
		failed = append(failed, l.restore[i]())
	}
	l.restore = nil
	return errors.Join(failed...)
}

// elevated reports whether this process has the rights of an administrator.
func elevated() bool {
	token := windows.GetCurrentProcessToken()
	if token.IsElevated() {
		return true
	}
	user, err := token.GetTokenUser()
	return err == nil && user.User.Sid.IsWellKnown(windows.WinLocalSystemSid)
}

// lowerPriority makes this process wait for the others, and gives what undoes that. Where the system refuses, the scan
// goes on as it is.
func lowerPriority(gentle bool) func() error {
	class := uint32(windows.BELOW_NORMAL_PRIORITY_CLASS)
	if gentle {
		class = windows.IDLE_PRIORITY_CLASS
	}
	self := windows.CurrentProcess()
	before, err := windows.GetPriorityClass(self)
	if err != nil || windows.SetPriorityClass(self, class) != nil {
		return func() error { return nil }
	}
	return func() error { return windows.SetPriorityClass(self, before) }
}
