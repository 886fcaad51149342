package capture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/exvet/exvet"
)

// maxExport is the size of one .reg file: less than exvet reads of one.
const maxExport = 16 << 20

// registry writes the keys that were read as exports of regedit do: UTF-16, a file for each part of the registry.
func (w *writer) registry() error {
	parts := map[string][]string{} // keys by what their file is called
	for _, key := range slices.Sorted(maps.Keys(w.recorder.keys)) {
		found := w.recorder.keys[key]
		if found.key == nil {
			continue
		}
		if part := partOf(key); part != "" {
			parts[part] = append(parts[part], key)
		}
	}
	for _, part := range slices.Sorted(maps.Keys(parts)) {
		if err := w.export(part, parts[part]); err != nil {
			return err
		}
	}
	return nil
}

// partOf names the file a key is written to: its hive, or "" for what is no hive's.
func partOf(key string) string {
	parts := strings.SplitN(key, `\`, 3)
	if len(parts) < 2 {
		return ""
	}
	switch parts[0] {
	case "hklm", "hku":
		return parts[0] + "-" + strings.Map(func(c rune) rune {
			if c < 0x80 && (unicode.IsLetter(c) || unicode.IsDigit(c)) || c == '-' || c == '_' {
				return c
			}
			return '_'
		}, parts[1][:min(len(parts[1]), 80)])
	}
	return ""
}

// export writes keys into files that are not too large for a reader.
func (w *writer) export(part string, keys []string) error {
	var text strings.Builder
	file := 0
	flush := func() error {
		if text.Len() == 0 {
			return nil
		}
		file++
		name := fmt.Sprintf("exvet/registry/%s.reg", part)
		if file > 1 {
			name = fmt.Sprintf("exvet/registry/%s-%d.reg", part, file)
		}
		content := append([]byte{0xff, 0xfe}, utf16le("Windows Registry Editor Version 5.00\r\n\r\n"+text.String())...)
		text.Reset()
		return w.add(name, bytes.NewReader(content))
	}
	for _, key := range keys {
		found := w.recorder.keys[key]
		fmt.Fprintf(&text, "[%s]\r\n", longName(found.index.Path))
		for _, value := range found.key.Values {
			if !w.options.Unredacted {
				value = cleanValue(key, value)
			}
			writeValue(&text, value)
		}
		text.WriteString("\r\n")
		if text.Len() > maxExport/2 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// longName writes a path as regedit does.
func longName(path string) string {
	hive, rest, _ := strings.Cut(path, `\`)
	long := map[string]string{"HKLM": "HKEY_LOCAL_MACHINE", "HKU": "HKEY_USERS"}[strings.ToUpper(hive)]
	return long + `\` + rest
}

func writeValue(text *strings.Builder, value exvet.RegistryValue) {
	if value.Name == "" {
		text.WriteString("@=")
	} else {
		text.WriteString(quote(value.Name) + "=")
	}
	data := value.Data
	switch {
	case value.Type == exvet.RegistryText && plain(value):
		text.WriteString(quote(value.Text()))
	case value.Type == exvet.RegistryDWord && len(data) == 4:
		fmt.Fprintf(text, "dword:%08x", binary.LittleEndian.Uint32(data))
	default:
		text.WriteString("hex")
		if value.Type != exvet.RegistryBinary {
			fmt.Fprintf(text, "(%x)", uint32(value.Type))
		}
		text.WriteString(":")
		for i, b := range data {
			if i > 0 {
				text.WriteString(",")
				if i%25 == 0 {
					text.WriteString("\\\r\n  ")
				}
			}
			fmt.Fprintf(text, "%02x", b)
		}
	}
	text.WriteString("\r\n")
}

// plain reports whether a text is whole when it is written in quotes.
func plain(value exvet.RegistryValue) bool {
	text := value.Text()
	return bytes.Equal(utf16le(text+"\x00"), value.Data) && !strings.ContainsFunc(text, unicode.IsControl)
}

func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

func utf16le(text string) []byte {
	units := utf16.Encode([]rune(text))
	data := make([]byte, 0, 2*len(units))
	for _, unit := range units {
		data = binary.LittleEndian.AppendUint16(data, unit)
	}
	return data
}
