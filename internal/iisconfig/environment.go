package iisconfig

import (
	"strings"

	"github.com/exvet/exvet"
)

// An Environment holds the variables of the server under review, never those of the machine exvet runs on.
type Environment struct {
	SystemRoot string // `C:\Windows`
}

// ConfigFolder is where IIS keeps applicationHost.config.
func (e Environment) ConfigFolder() string { return e.SystemRoot + `\System32\inetsrv\config` }

func (e Environment) frameworkFolder() string {
	return e.SystemRoot + `\Microsoft.NET\Framework64\v4.0.30319\Config`
}

// variable gives the value of a variable configuration may use, by its name in lower case.
func (e Environment) variable(name string) (string, bool) {
	drive := ""
	if len(e.SystemRoot) >= 2 {
		drive = e.SystemRoot[:2]
	}
	switch name {
	case "windir", "systemroot":
		return e.SystemRoot, true
	case "systemdrive":
		return drive, true
	case "programfiles", "programw6432":
		return drive + `\Program Files`, true
	case "programfiles(x86)":
		return drive + `\Program Files (x86)`, true
	case "commonprogramfiles":
		return drive + `\Program Files\Common Files`, true
	case "programdata", "allusersprofile":
		return drive + `\ProgramData`, true
	case "iis_bin":
		return e.SystemRoot + `\System32\inetsrv`, true
	}
	return "", false
}

// Expand replaces the variables of a path. A variable nobody knows stays as it is written.
func (e Environment) Expand(path string) string {
	var b strings.Builder
	for {
		start := strings.IndexByte(path, '%')
		if start < 0 {
			break
		}
		end := strings.IndexByte(path[start+1:], '%')
		if end < 0 {
			break
		}
		b.WriteString(path[:start])
		name := path[start+1 : start+1+end]
		if value, ok := e.variable(strings.ToLower(name)); ok {
			b.WriteString(value)
			path = path[start+end+2:]
		} else {
			// The second % may open the next variable.
			b.WriteString(path[start : start+1+end])
			path = path[start+1+end:]
		}
	}
	b.WriteString(path)
	return b.String()
}

// key is the form in which paths are compared.
func (e Environment) key(path string) string {
	if path == "" {
		return ""
	}
	return exvet.PathKey(e.Expand(path))
}
