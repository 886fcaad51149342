package exvet

import (
	"encoding/binary"
	"strings"
	"time"
	"unicode/utf16"
)

// A Registry is a server's registry: hive files, .reg exports, or the one of the running server.
//
// Paths begin with HKLM or HKU and are matched without regard to case. They are what a 64-bit program sees: its
// 32-bit view is what View32 names. `HKLM\SYSTEM\CurrentControlSet` is the control set the server last started
// with. HKU holds the hive of each account by SID, and its classes as `HKU\SID_Classes`; `HKU\S-1-5-18` and
// `HKU\.DEFAULT` are one hive.
type Registry interface {
	// Key opens a key. The error is fs.ErrNotExist for a key the server does not have, wraps ErrNoEvidence where
	// nobody knows, and is a Missing with its File where a file could not be read. A key and an error together
	// are a key of which only a part could be read.
	Key(path string) (*RegistryKey, error)
}

// A RegistryKey is one key: what it holds, and the names of the keys below it.
type RegistryKey struct {
	Path    string    // as it was asked for
	Written time.Time // when the key itself was last written to; zero where the source does not tell
	Values  []RegistryValue
	Keys    []string // names of the keys below, each once
}

// Value gives a value by its name, "" for the default one.
func (k *RegistryKey) Value(name string) (RegistryValue, bool) {
	if k != nil {
		for _, value := range k.Values {
			if strings.EqualFold(value.Name, name) {
				return value, true
			}
		}
	}
	return RegistryValue{}, false
}

// Text is the text of a value, "" where there is none.
func (k *RegistryKey) Text(name string) string {
	value, _ := k.Value(name)
	return value.Text()
}

// A RegistryValue is one value. Its data is as the registry keeps it and must not be changed.
type RegistryValue struct {
	Name string // "" for the default value
	Type RegistryType
	Data []byte
}

// A RegistryType says what the data of a value is.
type RegistryType uint32

// The types of values that are looked into.
const (
	RegistryText      RegistryType = 1  // REG_SZ
	RegistryExpand    RegistryType = 2  // REG_EXPAND_SZ: holds variables
	RegistryBinary    RegistryType = 3  // REG_BINARY
	RegistryDWord     RegistryType = 4  // REG_DWORD
	RegistryDWordHigh RegistryType = 5  // REG_DWORD_BIG_ENDIAN
	RegistryLink      RegistryType = 6  // REG_LINK
	RegistryTexts     RegistryType = 7  // REG_MULTI_SZ
	RegistryQWord     RegistryType = 11 // REG_QWORD
)

// Text is the value of REG_SZ and REG_EXPAND_SZ up to the first zero, the first string of REG_MULTI_SZ, and "" of
// any other type. Variables are not expanded.
func (v RegistryValue) Text() string {
	switch v.Type {
	case RegistryText, RegistryExpand, RegistryTexts:
		text, _, _ := strings.Cut(v.decode(), "\x00")
		return text
	}
	return ""
}

// Texts is the strings of REG_MULTI_SZ that are not empty, or the one of REG_SZ and REG_EXPAND_SZ.
func (v RegistryValue) Texts() []string {
	texts := []string{}
	switch v.Type {
	case RegistryText, RegistryExpand:
		if text := v.Text(); text != "" {
			texts = append(texts, text)
		}
	case RegistryTexts:
		for text := range strings.SplitSeq(v.decode(), "\x00") {
			if text != "" {
				texts = append(texts, text)
			}
		}
	}
	return texts
}

// Number is the value of REG_DWORD and REG_QWORD. It reports false for any other type, and for data too short.
func (v RegistryValue) Number() (uint64, bool) {
	switch {
	case v.Type == RegistryDWord && len(v.Data) >= 4:
		return uint64(binary.LittleEndian.Uint32(v.Data)), true
	case v.Type == RegistryDWordHigh && len(v.Data) >= 4:
		return uint64(binary.BigEndian.Uint32(v.Data)), true
	case v.Type == RegistryQWord && len(v.Data) >= 8:
		return binary.LittleEndian.Uint64(v.Data), true
	}
	return 0, false
}

// decode gives the data as text, zeros included.
func (v RegistryValue) decode() string {
	units := make([]uint16, len(v.Data)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(v.Data[2*i:])
	}
	return string(utf16.Decode(units))
}

// View32 is the path under which a 64-bit program finds what a 32-bit one sees at path. It reports false where both
// see the same key.
func View32(path string) (string, bool) {
	for _, shared := range []string{`HKLM\SOFTWARE\Classes\`, `HKLM\SOFTWARE\`} {
		if len(path) >= len(shared) && strings.EqualFold(path[:len(shared)], shared) {
			return path[:len(shared)] + `Wow6432Node\` + path[len(shared):], true
		}
	}
	return "", false
}
