package host

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// withPrivilege uses a right while it works, where this process holds it, and gives it back. It tells work whether it had it.
func withPrivilege(name string, work func(held bool)) {
	var token windows.Token
	if err := windows.OpenProcessToken(windows.CurrentProcess(), windows.TOKEN_ADJUST_PRIVILEGES|windows.TOKEN_QUERY, &token); err != nil {
		work(false)
		return
	}
	defer func() { _ = token.Close() }() // nothing depends on it
	wanted := windows.Tokenprivileges{PrivilegeCount: 1}
	wanted.Privileges[0].Attributes = windows.SE_PRIVILEGE_ENABLED
	var before windows.Tokenprivileges
	var size uint32
	err := windows.LookupPrivilegeValue(nil, wide(name), &wanted.Privileges[0].Luid)
	if err == nil {
		// It succeeds without the right, too, and then has changed nothing.
		err = windows.AdjustTokenPrivileges(token, false, &wanted, uint32(unsafe.Sizeof(before)), &before, &size)
	}
	if err != nil {
		work(false)
		return
	}
	if before.PrivilegeCount > 0 {
		defer func() { _ = windows.AdjustTokenPrivileges(token, false, &before, 0, nil, nil) }() // it ends with the process
	}
	work(hasPrivilege(token, wanted.Privileges[0].Luid))
}

// hasPrivilege reports whether a right is in use now.
func hasPrivilege(token windows.Token, luid windows.LUID) bool {
	buffer := make([]byte, 4096)
	var size uint32
	if err := windows.GetTokenInformation(token, windows.TokenPrivileges, &buffer[0], uint32(len(buffer)), &size); err != nil {
		return false
	}
	held := (*windows.Tokenprivileges)(unsafe.Pointer(&buffer[0]))
	for _, privilege := range held.AllPrivileges() {
		if privilege.Luid == luid {
			return privilege.Attributes&windows.SE_PRIVILEGE_ENABLED != 0
		}
	}
	return false
}
