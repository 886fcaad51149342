package host

import (
	"errors"
	"unsafe"

	"golang.org/x/sys/windows"
)

// commandLine gives the command line a process was started with. Windows tells it to whom may not read the process's
// memory, too; where the system does not, the memory is read.
func commandLine(process windows.Handle) (string, error) {
	const class = 60 // ProcessCommandLineInformation
	buffer := make([]byte, 64<<10+64)
	var used uint32
	err := windows.NtQueryInformationProcess(process, class, unsafe.Pointer(&buffer[0]), uint32(len(buffer)), &used)
	if err == nil {
		text := (*windows.NTUnicodeString)(unsafe.Pointer(&buffer[0]))
		return text.String(), nil
	}
	text, memoryErr := commandLineInMemory(process)
	if memoryErr != nil && !errors.Is(err, windows.STATUS_INVALID_INFO_CLASS) && !errors.Is(err, windows.STATUS_NOT_IMPLEMENTED) {
		return "", err
	}
	return text, memoryErr
}

func commandLineInMemory(process windows.Handle) (string, error) {
	var basic windows.PROCESS_BASIC_INFORMATION
	err := windows.NtQueryInformationProcess(process, windows.ProcessBasicInformation, unsafe.Pointer(&basic), uint32(unsafe.Sizeof(basic)), nil)
	if err != nil {
		return "", err
	}
	block := uintptr(unsafe.Pointer(basic.PebBaseAddress)) // an address in the other process
	if block == 0 {
		return "", errors.New("it has no block of its own")
	}
	var parameters uintptr
	if err := readMemory(process, block+unsafe.Offsetof(windows.PEB{}.ProcessParameters), asBytes(&parameters)); err != nil {
		return "", err
	}
	var text struct {
		length, most uint16
		_            uint32
		at           uintptr
	}
	if err := readMemory(process, parameters+unsafe.Offsetof(windows.RTL_USER_PROCESS_PARAMETERS{}.CommandLine), asBytes(&text)); err != nil {
		return "", err
	}
	letters := make([]uint16, text.length/2+1)
	if text.length < 2 {
		return "", nil
	}
	if err := readMemory(process, text.at, unsafe.Slice((*byte)(unsafe.Pointer(&letters[0])), text.length)); err != nil {
		return "", err
	}
	return windows.UTF16ToString(letters), nil
}

// readMemory fills a buffer from another process.
func readMemory(process windows.Handle, at uintptr, into []byte) error {
	var got uintptr
	if err := windows.ReadProcessMemory(process, at, &into[0], uintptr(len(into)), &got); err != nil {
		return err
	}
	if int(got) != len(into) {
		return windows.ERROR_PARTIAL_COPY
	}
	return nil
}

func asBytes[T any](value *T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(value)), unsafe.Sizeof(*value))
}
