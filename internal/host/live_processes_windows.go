package host

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/exvet/exvet"
)

// Processes lists the processes that run. The right to look into those of others (SeDebugPrivilege) is used where it is held,
// and given back. See exvet.Host.
func (l *live) Processes(ctx context.Context) ([]exvet.Process, error) {
	var found []exvet.Process
	var failed error
	withPrivilege("SeDebugPrivilege", func(bool) {
		var listed []exvet.Process
		listed, failed = listProcesses()
		services, err := l.servicesByProcess(ctx)
		failed = errors.Join(failed, err)
		look := newProcessLook(l.files)
		for _, process := range listed {
			if ctx.Err() != nil {
				failed = errors.Join(failed, ctx.Err())
				break
			}
			l.pace.wait()
			process.Services = append([]string{}, services[process.PID]...)
			look.into(ctx, &process)
			found = append(found, process)
		}
	})
	return found, failed
}

// maxProcessList is the largest list of processes taken, in bytes.
const maxProcessList = 256 << 20

// listProcesses takes the kernel's list, which needs no rights. It holds what is known of processes nobody may open.
func listProcesses() ([]exvet.Process, error) {
	buffer := make([]byte, 1<<20)
	for {
		var used uint32
		err := windows.NtQuerySystemInformation(windows.SystemProcessInformation, unsafe.Pointer(&buffer[0]), uint32(len(buffer)), &used)
		if err == nil {
			return readProcessList(buffer[:min(int(used), len(buffer))])
		}
		if !errors.Is(err, windows.STATUS_INFO_LENGTH_MISMATCH) || len(buffer) >= maxProcessList {
			return nil, fmt.Errorf("list processes: %s", plainly(err))
		}
		buffer = make([]byte, max(2*len(buffer), int(used)+1<<16))
	}
}

func readProcessList(buffer []byte) ([]exvet.Process, error) {
	var found []exvet.Process
	for at := 0; at+int(unsafe.Sizeof(windows.SYSTEM_PROCESS_INFORMATION{})) <= len(buffer); {
		entry := (*windows.SYSTEM_PROCESS_INFORMATION)(unsafe.Pointer(&buffer[at]))
		process := exvet.Process{
			PID: int(entry.UniqueProcessID), Parent: int(entry.InheritedFromUniqueProcessID), Session: int(entry.SessionID),
			Name: entry.ImageName.String(),
		}
		if entry.CreateTime > 0 {
			created := windows.Filetime{LowDateTime: uint32(entry.CreateTime), HighDateTime: uint32(entry.CreateTime >> 32)}
			process.Started = time.Unix(0, created.Nanoseconds()).UTC()
		}
		if process.PID != 0 { // the idle process is none
			found = append(found, process)
		}
		if entry.NextEntryOffset == 0 {
			return found, nil
		}
		at += int(entry.NextEntryOffset)
	}
	return found, errors.New("list processes: the list is cut off")
}

// A processLook looks into one process after the other.
type processLook struct {
	files    *drives
	devices  map[string]string // drives by the names the kernel has for them, in lower case
	accounts map[string]string // by SID
	real     map[string]string // paths with links and short names followed, by the path asked for
}

func newProcessLook(files *drives) *processLook {
	return &processLook{files: files, devices: devices(), accounts: map[string]string{}, real: map[string]string{}}
}

// into fills in what the process itself tells.
func (p *processLook) into(ctx context.Context, process *exvet.Process) {
	const limited, full = windows.PROCESS_QUERY_LIMITED_INFORMATION, windows.PROCESS_QUERY_INFORMATION | windows.PROCESS_VM_READ
	pid := uint32(process.PID)
	handle, err := windows.OpenProcess(limited|full, false, pid)
	whole := err == nil
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		handle, err = windows.OpenProcess(limited, false, pid)
	}
	if err != nil {
		process.Unreadable = processError(err)
		return
	}
	defer func() { _ = windows.CloseHandle(handle) }() // it was only read
	unread := []string{}
	note := func(what string, err error) {
		if err != nil {
			unread = append(unread, what+": "+processError(err))
		}
	}
	process.Image, err = imageOf(handle)
	note("program", err)
	process.User, err = userOf(handle)
	note("account", err)
	process.Account = p.account(process.User)
	process.CommandLine, err = commandLine(handle)
	note("command line", err)
	if whole {
		process.Modules, err = p.modules(ctx, handle)
	} else {
		err = windows.ERROR_ACCESS_DENIED
	}
	note("modules", err)
	var code uint32
	if err := windows.GetExitCodeProcess(handle, &code); err == nil && code != stillActive {
		process.Modules, unread = nil, []string{processError(windows.ERROR_INVALID_PARAMETER)}
	}
	process.Unreadable = strings.Join(unread, "; ")
}

const stillActive = 259

// processError words why a process cannot be looked into.
func processError(err error) string {
	var code syscall.Errno
	if errors.As(err, &code) && code == windows.ERROR_INVALID_PARAMETER {
		return "it ended while it was looked at"
	}
	return plainly(err)
}

func imageOf(process windows.Handle) (string, error) {
	buffer := make([]uint16, windows.MAX_LONG_PATH)
	size := uint32(len(buffer))
	if err := windows.QueryFullProcessImageName(process, 0, &buffer[0], &size); err != nil {
		return "", err
	}
	return plainPath(windows.UTF16ToString(buffer[:size])), nil
}

func userOf(process windows.Handle) (string, error) {
	var token windows.Token
	if err := windows.OpenProcessToken(process, windows.TOKEN_QUERY, &token); err != nil {
		return "", err
	}
	defer func() { _ = token.Close() }() // it was only read
	user, err := token.GetTokenUser()
	if err != nil {
		return "", err
	}
	return user.User.Sid.String(), nil
}

// account names the accounts Windows brings along. To name one of a domain it would ask a domain controller, and no
// network is used.
func (p *processLook) account(sid string) string {
	if sid == "" || strings.HasPrefix(sid, "S-1-5-21-") {
		return ""
	}
	if name, ok := p.accounts[sid]; ok {
		return name
	}
	name := ""
	if binary, err := windows.StringToSid(sid); err == nil {
		if user, domain, _, err := binary.LookupAccount(""); err == nil {
			name = strings.TrimPrefix(domain+`\`+user, `\`)
		}
	}
	p.accounts[sid] = name
	return name
}
