package collectors

import (
	"regexp"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/iisconfig"
)

// A machine resolves paths as the server under review does.
type machine struct {
	standard  iisconfig.Environment
	variables map[string]string // of the machine, by name in lower case
}

const machineEnvironment = `HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment`

func newMachine(host exvet.Host) *machine {
	m := &machine{standard: environment(host.Files()), variables: map[string]string{}}
	if key, _ := host.Registry().Key(machineEnvironment); key != nil {
		for _, value := range key.Values {
			if text := value.Text(); text != "" && len(text) <= maxText && value.Name != "" {
				m.variables[strings.ToLower(value.Name)] = text
			}
		}
	}
	return m
}

var variable = exvet.Pattern(`%[^%]{1,255}%`)

// expand replaces variables; one nobody knows stays as it is written.
func (m *machine) expand(text string) string {
	text = m.standard.Expand(text)
	for range 3 { // a variable may be made of others
		if len(text) > maxText || !strings.Contains(text, "%") {
			break
		}
		text = m.standard.Expand(variable().ReplaceAllStringFunc(text, func(name string) string {
			if value, ok := m.variables[strings.ToLower(strings.Trim(name, "%"))]; ok {
				return value
			}
			return name
		}))
	}
	return text[:min(len(text), 8*maxText)]
}

// A command is a command line taken apart as Windows does it.
type command struct {
	path      string // of the executable, expanded
	arguments string
	unquoted  bool // the path holds a space and stands without quotes
}

// executable ends the name of a program; what follows it are arguments.
var executable = exvet.Pattern(`(?i)\.(?:exe|com|bat|cmd|sys|dll)(?:\s|$)`)

// command takes a command line apart. Of an unquoted path with spaces Windows tries every part; the first that ends
// like a program is taken, and the rest are arguments.
func (m *machine) command(line string) command {
	line = strings.TrimSpace(m.expand(line))
	if rest, ok := strings.CutPrefix(line, `"`); ok {
		path, arguments, _ := strings.Cut(rest, `"`)
		return command{path: m.absolute(path), arguments: strings.TrimSpace(arguments)}
	}
	end := len(line)
	if at := executable().FindStringIndex(line); at != nil {
		end = at[0] + 4
	} else if at := strings.IndexAny(line, " \t"); at >= 0 {
		end = at
		if option := regexp.MustCompile(`\s[-/]`).FindStringIndex(line); option != nil {
			end = option[0]
		} else if strings.Contains(line, `\`) {
			end = len(line)
		}
	}
	found := command{path: strings.TrimSpace(line[:end]), arguments: strings.TrimSpace(line[end:])}
	found.unquoted = strings.ContainsAny(found.path, " \t")
	found.path = m.absolute(found.path)
	return found
}

// absolute gives the path Windows opens: kernel spellings become drive paths, relative ones lie below the folder of
// Windows, bare names in its System32.
func (m *machine) absolute(path string) string {
	path = strings.ReplaceAll(strings.TrimSpace(path), "/", `\`)
	lower := strings.ToLower(path)
	root := m.standard.SystemRoot
	switch {
	case path == "":
		return ""
	case strings.HasPrefix(lower, `\systemroot\`):
		return root + path[len(`\systemroot`):]
	case strings.HasPrefix(lower, `\??\unc\`), strings.HasPrefix(lower, `\\?\unc\`):
		return `\` + path[len(`\??\unc`):]
	case strings.HasPrefix(lower, `\??\`), strings.HasPrefix(lower, `\\?\`):
		return path[4:]
	case strings.HasPrefix(lower, `\dosdevices\`):
		return path[len(`\dosdevices\`):]
	case strings.HasPrefix(lower, `\windows\`), strings.HasPrefix(lower, `\program files`):
		return root[:min(2, len(root))] + path
	case strings.HasPrefix(path, `\`), len(path) > 1 && path[1] == ':', strings.HasPrefix(path, "%"):
		return path
	case strings.HasPrefix(lower, `system32\`), strings.HasPrefix(lower, `syswow64\`):
		return root + `\` + path
	case strings.Contains(path, `\`):
		return root + `\` + path
	default:
		return root + `\System32\` + path
	}
}

// file gives the path key of a DLL or program named in a value; a bare name lies in the system folder of the view.
func (m *machine) file(name, view string) string {
	name = strings.Trim(strings.TrimSpace(m.expand(name)), `"`)
	if name == "" {
		return ""
	}
	key := exvet.PathKey(m.absolute(name))
	if view == "32" && !strings.ContainsAny(name, `\/`) {
		key = exvet.PathKey(m.standard.SystemRoot + `\SysWOW64\` + name)
	}
	return key
}

// library is file for names that may stand without their ending, as of LSA packages.
func (m *machine) library(name, view string) string {
	key := m.file(name, view)
	if key != "" && !strings.Contains(key[strings.LastIndexByte(key, '\\')+1:], ".") {
		key += ".dll"
	}
	return key
}
