package host

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/exvet/exvet"
)

// maxProcessModules is how many modules one process is asked for.
const maxProcessModules = 16_384

// modules lists what is loaded into a process, 64-bit and 32-bit, each with the path of the file that was mapped: the
// list a process keeps of its modules can be written to by whatever runs in it.
func (p *processLook) modules(ctx context.Context, process windows.Handle) ([]exvet.Module, error) {
	bases, err := moduleBases(ctx, process)
	if err != nil {
		return nil, err
	}
	found := make([]exvet.Module, 0, len(bases))
	for _, base := range bases {
		if path := p.mapped(process, base); path != "" {
			found = append(found, exvet.Module{Path: path})
			continue
		}
		path, err := moduleName(process, base)
		if err != nil {
			continue // it was unloaded meanwhile
		}
		found = append(found, exvet.Module{Path: p.resolved(path)})
	}
	return found, nil
}

// moduleBases asks again when a process loads something meanwhile.
func moduleBases(ctx context.Context, process windows.Handle) ([]windows.Handle, error) {
	const tries, between = 5, 20 * time.Millisecond
	bases := make([]windows.Handle, 512)
	var last error
	for range tries {
		var needed uint32
		size := uint32(unsafe.Sizeof(bases[0]))
		err := windows.EnumProcessModulesEx(process, &bases[0], uint32(len(bases))*size, &needed, windows.LIST_MODULES_ALL)
		wanted := int(needed / size)
		switch last = err; {
		case errors.Is(err, windows.ERROR_PARTIAL_COPY), errors.Is(err, windows.ERROR_BAD_LENGTH), errors.Is(err, windows.ERROR_NOACCESS):
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(between):
			}
		case err != nil:
			return nil, err
		case wanted > maxProcessModules:
			return nil, fmt.Errorf("more than %d modules", maxProcessModules)
		case wanted > len(bases):
			bases = make([]windows.Handle, wanted+64)
			last = errors.New("its modules changed while they were listed")
		default:
			return bases[:wanted], nil
		}
	}
	return nil, last
}

var mappedFileName = windows.NewLazySystemDLL("kernel32.dll").NewProc("K32GetMappedFileNameW")

// mapped gives the path of the file that is mapped at a place, as the kernel knows it, or "".
func (p *processLook) mapped(process, base windows.Handle) string {
	buffer := make([]uint16, windows.MAX_LONG_PATH)
	if mappedFileName.Find() != nil {
		return ""
	}
	n, _, _ := mappedFileName.Call(uintptr(process), uintptr(base), uintptr(unsafe.Pointer(&buffer[0])), uintptr(len(buffer)))
	if n == 0 || int(n) > len(buffer) {
		return ""
	}
	return p.drivePath(windows.UTF16ToString(buffer[:n]))
}

// drivePath turns a path of the kernel into one with a drive letter, or gives "".
func (p *processLook) drivePath(kernel string) string {
	const network = `\Device\Mup\`
	if rest, ok := strings.CutPrefix(kernel, `\??\`); ok {
		return plainPath(`\\?\` + rest)
	}
	if rest, ok := strings.CutPrefix(kernel, network); ok {
		return `\\` + rest
	}
	parts := strings.SplitN(kernel, `\`, 4) // "", "Device", "HarddiskVolume3", the rest
	if len(parts) < 4 {
		return ""
	}
	if drive, ok := p.devices[strings.ToLower(strings.Join(parts[:3], `\`))]; ok {
		return drive + `\` + parts[3]
	}
	return `\\?\GLOBALROOT` + kernel // a volume without a letter
}

// devices gives the drive of each device.
func devices() map[string]string {
	found := map[string]string{}
	buffer := make([]uint16, 1024)
	for letter := 'A'; letter <= 'Z'; letter++ {
		drive := string(letter) + ":"
		n, err := windows.QueryDosDevice(wide(drive), &buffer[0], uint32(len(buffer)))
		if err != nil || n == 0 {
			continue
		}
		device := strings.ToLower(windows.UTF16ToString(buffer[:n]))
		if _, twice := found[device]; !twice {
			found[device] = drive
		}
	}
	return found
}

func moduleName(process, base windows.Handle) (string, error) {
	buffer := make([]uint16, windows.MAX_LONG_PATH)
	if err := windows.GetModuleFileNameEx(process, base, &buffer[0], uint32(len(buffer))); err != nil {
		return "", err
	}
	return plainPath(windows.UTF16ToString(buffer)), nil
}

// resolved follows links and short names of a path a process has told. A file that is gone keeps the path it had.
func (p *processLook) resolved(path string) string {
	if real, ok := p.real[path]; ok {
		return real
	}
	real, err := p.files.real(path)
	if err != nil {
		real = path
	}
	p.real[path] = real
	return real
}
