//go:build !windows

package agent

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

func programData() string  { return "/var/lib/exvet" }
func configFolder() string { return "/etc/exvet" }

// restrict makes a folder that its owner alone may enter.
func restrict(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	return os.Chmod(folder, 0o700)
}

// lock takes a file for one agent, and gives what releases it. It ends with the process, whatever ends that.
func lock(name string) (func() error, error) {
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("agent/disk: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errRunning(name)
		}
		return nil, fmt.Errorf("agent/disk: lock %q: %w", name, err)
	}
	return file.Close, nil
}

// syncFolder makes names in a folder last.
func syncFolder(name string) error {
	folder, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// alike makes an empty file that the same may read as another.
func alike(other, name string) error {
	info, err := os.Stat(other)
	if err != nil {
		return err
	}
	_ = os.Remove(name) // what a crash left
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		err = file.Chown(int(owner.Uid), int(owner.Gid))
	}
	return errors.Join(err, file.Chmod(info.Mode().Perm()), file.Close())
}
