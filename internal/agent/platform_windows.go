package agent

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

func programData() string { return configFolder() }

func configFolder() string {
	folder := os.Getenv("ProgramData")
	if folder == "" {
		folder = `C:\ProgramData`
	}
	return filepath.Join(folder, "exvet")
}

// ours lets the system and administrators in, and nobody else.
const ours = "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"

// restrict makes a folder that the system and administrators alone may enter.
func restrict(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	descriptor, err := windows.SecurityDescriptorFromString(ours)
	if err != nil {
		return err
	}
	list, _, err := descriptor.DACL()
	if err != nil {
		return err
	}
	err = windows.SetNamedSecurityInfo(folder, windows.SE_FILE_OBJECT,
		windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, nil, nil, list, nil)
	if err != nil {
		return fmt.Errorf("restrict %q to administrators: %w", folder, err)
	}
	return nil
}

// lock takes a file for one agent, and gives what releases it. It ends with the process, whatever ends that.
func lock(name string) (func() error, error) {
	path, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return nil, err
	}
	handle, err := windows.CreateFile(path, windows.GENERIC_READ|windows.GENERIC_WRITE, 0, nil, windows.OPEN_ALWAYS, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, windows.ERROR_SHARING_VIOLATION) {
		return nil, errRunning(name)
	}
	if err != nil {
		return nil, fmt.Errorf("agent/disk: lock %q: %w", name, err)
	}
	return func() error { return windows.CloseHandle(handle) }, nil
}

// syncFolder does nothing: NTFS keeps its names in a journal.
func syncFolder(string) error { return nil }

// trim gives back the pages a scan has touched; the ones still needed come back.
func trim() {
	const all = ^uintptr(0)
	_ = windows.SetProcessWorkingSetSizeEx(windows.CurrentProcess(), all, all, 0) // it only says what is not needed
}

// alike makes an empty file that the same may read as another.
func alike(other, name string) error {
	descriptor, err := windows.GetNamedSecurityInfo(other, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return fmt.Errorf("ask who may read %q: %w", other, err)
	}
	list, _, err := descriptor.DACL()
	if err != nil {
		return fmt.Errorf("ask who may read %q: %w", other, err)
	}
	_ = os.Remove(name) // what a crash left
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	control, _, err := descriptor.Control()
	if err != nil {
		return err
	}
	kind := windows.SECURITY_INFORMATION(windows.UNPROTECTED_DACL_SECURITY_INFORMATION)
	if control&windows.SE_DACL_PROTECTED != 0 {
		kind = windows.PROTECTED_DACL_SECURITY_INFORMATION // nothing comes from the folder
	}
	if err := windows.SetNamedSecurityInfo(name, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION|kind, nil, nil, list, nil); err != nil {
		return fmt.Errorf("let the same read %q as %q: %w", name, other, err)
	}
	return nil
}
