package host

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unicode/utf16"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/regfile"
)

// A liveRegistry is the registry of the server exvet runs on, as a 64-bit program sees it. HKU holds the hives of
// accounts that are logged on; those of the others are read from their files.
type liveRegistry struct {
	pace *pace
	away *regfile.Registry // the hives of accounts that are not logged on
	sids []string          // whose they are, in upper case
}

func (l *live) openRegistry() exvet.Registry {
	r := &liveRegistry{pace: l.pace}
	left := new(atomic.Int64)
	left.Store(maxAccountHives)
	var files []regfile.File
	add := func(sid, profile string) {
		if key, err := openKey(registry.USERS, sid); err == nil {
			_ = key.Close() // it was only looked for
			return
		}
		r.sids = append(r.sids, strings.ToUpper(sid))
		files = append(files, accountHives(l.files, sid, profile+"/NTUSER.DAT", profile, left)...)
	}
	add("S-1-5-19", l.files.windows+"/ServiceProfiles/LocalService")
	add("S-1-5-20", l.files.windows+"/ServiceProfiles/NetworkService")
	for sid, folder := range accounts(r, l.files.windows[:1]) {
		add(sid, folder)
	}
	r.away = regfile.New(files, func() ([]*regfile.Export, error) { return nil, nil })
	return r
}

// Key opens a key. See exvet.Registry.
func (r *liveRegistry) Key(path string) (*exvet.RegistryKey, error) {
	r.pace.wait()
	path = strings.Trim(path, `\`)
	root, below, _ := strings.Cut(path, `\`)
	switch strings.ToUpper(root) {
	case "HKLM":
		return readKey(registry.LOCAL_MACHINE, below, path)
	case "HKU":
		if below == "" {
			return r.accounts()
		}
	default:
		return nil, fs.ErrNotExist
	}
	sid, rest, _ := strings.Cut(below, `\`)
	owner, _, _ := strings.Cut(strings.ToUpper(sid), "_")
	if r.away != nil && slices.Contains(r.sids, owner) {
		key, err := r.away.Key(path)
		if errors.Is(err, exvet.ErrNoEvidence) {
			return nil, fs.ErrNotExist // neither loaded nor a file: the account has none
		}
		return key, err
	}
	key, err := readKey(registry.USERS, below, path)
	switch {
	case !errors.Is(err, fs.ErrNotExist):
	case owner == "S-1-5-18":
		return readKey(registry.USERS, strings.TrimRight(`.DEFAULT\`+rest, `\`), path)
	case r.unseen(owner):
		return nil, fmt.Errorf("the hive of account %s is not loaded, and its file was not looked for", owner)
	}
	return key, err
}

// unseen reports whether an account has a profile, and its hive is neither loaded nor known to this registry.
func (r *liveRegistry) unseen(sid string) bool {
	hive, err := openKey(registry.USERS, sid)
	if err == nil {
		_ = hive.Close() // it was only looked for
		return false
	}
	profile, err := openKey(registry.LOCAL_MACHINE, profileList+`\`+sid)
	if err != nil {
		return false
	}
	_ = profile.Close() // as above
	return true
}

// accounts lists the accounts that have a hive, by SID.
func (r *liveRegistry) accounts() (*exvet.RegistryKey, error) {
	key, err := readKey(registry.USERS, "", "HKU")
	if key == nil {
		return nil, err
	}
	names := []string{"S-1-5-18"}
	for _, name := range key.Keys {
		if name = strings.ToUpper(name); name != ".DEFAULT" {
			names = append(names, name)
		}
	}
	if r.away != nil {
		if more, _ := r.away.Key("HKU"); more != nil {
			names = append(names, more.Keys...)
		}
	}
	slices.Sort(names)
	key.Keys = slices.Compact(names)
	return key, err
}

func openKey(root registry.Key, path string) (registry.Key, error) {
	key, err := registry.OpenKey(root, path, registry.READ|registry.WOW64_64KEY)
	if err == nil {
		return key, nil
	}
	var code syscall.Errno
	switch errors.As(err, &code); code {
	case windows.ERROR_FILE_NOT_FOUND, windows.ERROR_PATH_NOT_FOUND, windows.ERROR_BAD_PATHNAME, windows.ERROR_INVALID_NAME:
		return 0, fs.ErrNotExist
	}
	return 0, errors.New(plainly(err))
}

const profileList = `SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList`

// Limits of one key, as Windows has them.
const (
	maxKeyValues = 16_384
	maxKeyKeys   = 200_000
	maxKeyData   = 1 << 20  // of one value
	maxKeyBytes  = 64 << 20 // of all values of a key
	maxValueName = 16_384   // letters
)

// readKey reads a key whole. A key that cannot be read to its end comes with an error.
func readKey(root registry.Key, path, asked string) (*exvet.RegistryKey, error) {
	fail := func(err error) error { return fmt.Errorf("read registry key %q: %w", asked, err) }
	key, err := openKey(root, path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fs.ErrNotExist
	}
	if err != nil {
		return nil, fail(err)
	}
	defer func() { _ = key.Close() }() // it was only read
	found := &exvet.RegistryKey{Path: asked}
	if info, err := key.Stat(); err == nil {
		if found.Written = info.ModTime().UTC(); found.Written.Year() <= 1601 {
			found.Written = time.Time{}
		}
	}
	if err := readValues(key, found); err != nil {
		return found, fail(err)
	}
	found.Keys, err = key.ReadSubKeyNames(maxKeyKeys + 1)
	switch {
	case len(found.Keys) > maxKeyKeys:
		return found, fail(fmt.Errorf("more than %d keys below it", maxKeyKeys))
	case err != nil && !errors.Is(err, io.EOF):
		return found, fail(errors.New(plainly(err)))
	}
	return found, nil
}

var enumValue = windows.NewLazySystemDLL("advapi32.dll").NewProc("RegEnumValueW")

// readValues reads every value by its number, so that one whose name holds a zero is seen.
func readValues(key registry.Key, found *exvet.RegistryKey) error {
	name, data, bytes := make([]uint16, maxValueName+1), make([]byte, 4096), 0
	for index := 0; ; index++ {
		if index == maxKeyValues {
			return fmt.Errorf("more than %d values", maxKeyValues)
		}
		letters, kind, size := uint32(len(name)), uint32(0), uint32(len(data))
		status, _, _ := enumValue.Call(uintptr(key), uintptr(index), uintptr(unsafe.Pointer(&name[0])), uintptr(unsafe.Pointer(&letters)), 0,
			uintptr(unsafe.Pointer(&kind)), uintptr(unsafe.Pointer(&data[0])), uintptr(unsafe.Pointer(&size)))
		switch code := syscall.Errno(status); {
		case code == windows.ERROR_NO_MORE_ITEMS:
			return nil
		case code == windows.ERROR_MORE_DATA && size > maxKeyData:
			return fmt.Errorf("a value of %d bytes", size)
		case code == windows.ERROR_MORE_DATA && int(size) > len(data):
			data = make([]byte, size+1024) // it may grow meanwhile
			index--
			continue
		case code != 0:
			return errors.New(plainly(code))
		}
		if bytes += int(size); bytes > maxKeyBytes {
			return fmt.Errorf("values of more than %d bytes", maxKeyBytes)
		}
		found.Values = append(found.Values, exvet.RegistryValue{
			Name: string(utf16.Decode(name[:min(int(letters), len(name))])), Type: exvet.RegistryType(kind), Data: slices.Clone(data[:size]),
		})
	}
}
