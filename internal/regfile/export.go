package regfile

import (
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/exvet/exvet"
)

// Limits of one export.
const (
	MaxExport     = 64 << 20 // bytes of the file
	maxExportKeys = 200_000
	maxDeletions  = 1_000 // each is looked for among all keys
)

// An Export is the keys of one .reg file. Below the topmost keys it names it is whole: `reg export` writes all.
type Export struct {
	keys  map[string]*exportKey // by path in lower case
	roots []string              // topmost paths, in lower case
}

type exportKey struct {
	name   string // last part, as written
	values []exvet.RegistryValue
	keys   []string
}

// ReadExport parses a .reg file of version 5 (UTF-16, UTF-8) or 4 (ANSI, read as Windows-1252).
func ReadExport(file []byte) (*Export, error) {
	if len(file) > MaxExport {
		return nil, fmt.Errorf("larger than %d MB", MaxExport>>20)
	}
	p := &exportParser{into: &Export{keys: map[string]*exportKey{}}}
	lines := newLines(file)
	first, _ := lines.next()
	switch strings.TrimSpace(first) {
	case "Windows Registry Editor Version 5.00":
	case "REGEDIT4":
		p.ansi = true
	default:
		return nil, damaged("not a .reg file: its first line names no version")
	}
	for {
		line, ok := lines.next()
		if !ok {
			break
		}
		if err := p.line(line, lines); err != nil {
			return nil, fmt.Errorf("line %d: %w", lines.number, err)
		}
	}
	p.into.finish()
	return p.into, nil
}

// Key gives a key by its path, which begins with HKLM or HKU. Outside what was exported, nobody knows.
func (e *Export) Key(path string) (*exvet.RegistryKey, error) {
	folded := fold(path)
	if found := e.keys[folded]; found != nil {
		return &exvet.RegistryKey{Values: found.values, Keys: found.keys}, nil
	}
	for _, root := range e.roots {
		if strings.HasPrefix(folded, root+`\`) {
			return nil, fs.ErrNotExist
		}
	}
	return nil, exvet.ErrNoEvidence
}

// finish links keys to those below them.
func (e *Export) finish() {
	for path, key := range e.keys {
		parent := e.keys[above(path)]
		if parent == nil {
			e.roots = append(e.roots, path)
			continue
		}
		parent.keys = append(parent.keys, key.name)
	}
	for _, key := range e.keys {
		slices.Sort(key.keys)
	}
	slices.Sort(e.roots)
}

func above(path string) string { return path[:max(strings.LastIndexByte(path, '\\'), 0)] }

// An exportParser holds the state of one file.
type exportParser struct {
	into *Export
	at   *exportKey // nil after a key that is deleted, or of another hive
	ansi bool       // strings in hexadecimal are not UTF-16

	deletions int
}

// hives are the ones that are looked into.
var hives = map[string]string{"HKEY_LOCAL_MACHINE": "HKLM", "HKLM": "HKLM", "HKEY_USERS": "HKU", "HKU": "HKU"}

func (p *exportParser) line(line string, lines *lines) error {
	line = strings.TrimSpace(line)
	switch {
	case line == "" || line[0] == ';':
		return nil
	case line[0] == '[':
		end := strings.LastIndexByte(line, ']')
		if end < 0 {
			return damaged("a key without ]")
		}
		return p.key(line[1:end])
	case line[0] == '@', line[0] == '"':
		return p.value(line, lines)
	}
	return damaged("neither a key nor a value")
}

func (p *exportParser) key(path string) error {
	gone := strings.HasPrefix(path, "-")
	hive, rest, _ := strings.Cut(strings.TrimPrefix(path, "-"), `\`)
	short, known := hives[strings.ToUpper(hive)]
	if p.at = nil; !known {
		return nil
	}
	if rest != "" {
		short += `\` + strings.TrimRight(rest, `\`)
	}
	short = systemAccount(short)
	folded := fold(short)
	if gone {
		if p.deletions++; p.deletions > maxDeletions {
			return fmt.Errorf("more than %d deletions", maxDeletions)
		}
		for other := range p.into.keys {
			if other == folded || strings.HasPrefix(other, folded+`\`) {
				delete(p.into.keys, other)
			}
		}
		return nil
	}
	if strings.Count(short, `\`) > maxDepth {
		return fmt.Errorf("key is deeper than %d", maxDepth)
	}
	if p.at = p.into.keys[folded]; p.at == nil {
		if len(p.into.keys) >= maxExportKeys {
			return fmt.Errorf("more than %d keys", maxExportKeys)
		}
		p.at = &exportKey{name: short[strings.LastIndexByte(short, '\\')+1:]}
		p.into.keys[folded] = p.at
	}
	return nil
}

// value reads "name"=data or @=data, which may go on in the lines that follow.
func (p *exportParser) value(line string, lines *lines) error {
	name := ""
	rest := line[1:]
	if line[0] == '"' {
		var ok bool
		if name, rest, ok = quoted(line, lines); !ok {
			return damaged("a name without its closing quote")
		}
	}
	rest, ok := strings.CutPrefix(strings.TrimLeft(rest, " \t"), "=")
	if !ok {
		return damaged("a value without =")
	}
	value, gone, err := p.data(strings.TrimLeft(rest, " \t"), lines)
	if err != nil || p.at == nil {
		return err
	}
	at := slices.IndexFunc(p.at.values, func(v exvet.RegistryValue) bool { return strings.EqualFold(v.Name, name) })
	if value.Name = name; at >= 0 {
		p.at.values = slices.Delete(p.at.values, at, at+1)
	}
	if len(p.at.values) >= maxExportValues {
		return fmt.Errorf("more than %d values in one key", maxExportValues)
	}
	if !gone {
		p.at.values = append(p.at.values, value)
	}
	return nil
}

// maxExportValues is lower than that of a hive: each value is compared with those before it.
const maxExportValues = 4096

// data reads what follows the equals sign. gone is true of "-".
func (p *exportParser) data(text string, lines *lines) (value exvet.RegistryValue, gone bool, err error) {
	switch lower := strings.ToLower(text); {
	case strings.HasPrefix(text, `"`):
		content, rest, ok := quoted(text, lines)
		if !ok || strings.TrimSpace(rest) != "" && !strings.HasPrefix(strings.TrimSpace(rest), ";") {
			return value, false, damaged("text without its closing quote")
		}
		return exvet.RegistryValue{Type: exvet.RegistryText, Data: encode(content + "\x00")}, false, nil
	case strings.TrimSpace(text) == "-":
		return value, true, nil
	case strings.HasPrefix(lower, "dword:"):
		number, err := strconv.ParseUint(strings.TrimSpace(lower[len("dword:"):]), 16, 32)
		if err != nil {
			return value, false, damaged("not a number: %q", text)
		}
		data := []byte{byte(number), byte(number >> 8), byte(number >> 16), byte(number >> 24)}
		return exvet.RegistryValue{Type: exvet.RegistryDWord, Data: data}, false, nil
	case strings.HasPrefix(lower, "hex"):
		value, err := p.hex(lower[len("hex"):], lines)
		return value, false, err
	}
	return value, false, damaged("data of no known kind")
}

// hex reads ":01,02,\" or "(2):01,02,\" and the lines it goes on in.
func (p *exportParser) hex(text string, lines *lines) (exvet.RegistryValue, error) {
	value := exvet.RegistryValue{Type: exvet.RegistryBinary}
	kind, digits, ok := strings.Cut(text, ":")
	if !ok {
		return value, damaged("hex without a colon")
	}
	if kind != "" {
		number, err := strconv.ParseUint(strings.Trim(kind, "()"), 16, 32)
		if err != nil {
			return value, damaged("not a type: %q", kind)
		}
		value.Type = exvet.RegistryType(number)
	}
	for {
		digits = strings.TrimSpace(digits)
		more, goesOn := strings.CutSuffix(digits, `\`)
		digits = strings.NewReplacer(",", "", " ", "", "\t", "").Replace(more)
		part, err := hex.DecodeString(digits)
		if err != nil {
			return value, damaged("not hexadecimal")
		}
		value.Data = append(value.Data, part...)
		if len(value.Data) > maxData {
			return value, fmt.Errorf("larger than %d bytes", maxData)
		}
		if !goesOn {
			break
		}
		if digits, ok = lines.next(); !ok {
			return value, damaged("hexadecimal that ends in the middle")
		}
	}
	switch value.Type {
	case exvet.RegistryText, exvet.RegistryExpand, exvet.RegistryTexts:
		if p.ansi {
			value.Data = encode(decodeANSI(value.Data))
		}
	}
	return value, nil
}

// quoted reads a text in quotes, which may hold line ends, and gives what follows it.
func quoted(text string, lines *lines) (content, rest string, ok bool) {
	var b strings.Builder
	text = text[1:]
	for {
		for i := 0; i < len(text); i++ {
			switch c := text[i]; {
			case c == '\\' && i+1 < len(text):
				i++
				b.WriteByte(text[i])
			case c == '"':
				return b.String(), text[i+1:], true
			default:
				b.WriteByte(c)
			}
		}
		b.WriteByte('\n')
		if text, ok = lines.next(); !ok || b.Len() > maxData {
			return "", "", false
		}
	}
}
