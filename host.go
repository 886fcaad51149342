package exvet

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"strings"
)

// A Host is a Windows server to read evidence from: the one exvet runs on, or one whose disk was copied.
type Host interface {
	// Kind says what kind of host this is; it decides which sections a complete scan must hold.
	Kind() HostKind

	// Files is the server's disks: "C/Windows/System32", one folder a drive, matched without regard to
	// case. A name below a folder the evidence does not hold is refused with an error that wraps
	// ErrNoEvidence; a name that is missing from a folder it does hold is fs.ErrNotExist.
	Files() fs.FS

	// Registry is the server's registry.
	Registry() Registry

	// Processes are the processes that ran, in no order. The error says what of the list itself could not be read;
	// what of one process could not is in Process.Unreadable. A host that holds no list is ErrNoEvidence.
	Processes(context.Context) ([]Process, error)

	// Events are the events of a log that are wanted, in no order. Damage costs the records it hit and is told to
	// EventQuery.Seen; what ends the reading is the last error. A log that is not held is ErrNoEvidence.
	Events(context.Context, EventQuery) iter.Seq2[Event, error]
}

// A TrustJudge is a Host whose operating system says itself what it makes of the signature in a file. Catalogs are not
// looked into. A host that cannot be asked is ErrNoEvidence.
type TrustJudge interface {
	Trusts(windowsPath string) (Verdict, error)
}

// A Verdict is what an operating system makes of the signature in a file.
type Verdict string

// The verdicts.
const (
	Trusted    Verdict = "trusted"
	NotSigned  Verdict = "unsigned"
	Altered    Verdict = "altered"    // the file is not the one that was signed
	NotTrusted Verdict = "untrusted"  // its certificate leads to no root, or is out of date or for something else
	Distrusted Verdict = "distrusted" // its certificate was revoked, or may not be trusted
)

// Verdicts lists them.
func Verdicts() []Verdict { return []Verdict{Trusted, NotSigned, Altered, NotTrusted, Distrusted} }

// A ServiceManager is a Host that tells what has become of services since it started. A host that does not know is
// ErrNoEvidence.
type ServiceManager interface {
	ServiceStates(context.Context) ([]ServiceState, error)
}

// A ServiceState is what a service does.
type ServiceState struct {
	Name  string `json:"name"`
	State string `json:"state"`         // "stopped", "starting", "stopping", "running", "continuing", "pausing" or "paused"
	PID   int    `json:"pid,omitempty"` // of the process it runs in
}

// A HostKind tells a running server from evidence of one.
type HostKind string

// The kinds of host.
const (
	LiveHost     HostKind = "live"     // the server exvet runs on
	EvidenceHost HostKind = "evidence" // a copied disk
)

// ErrNoEvidence is wrapped by a Host asked for evidence it does not hold: nobody knows whether the server
// has it.
var ErrNoEvidence = errors.New("not in the evidence")

// FSPath turns an absolute Windows path into a name in Host.Files: `C:\Windows` becomes "C/Windows". It
// reports false for a path without a drive letter (relative, UNC, device) and for one that climbs.
func FSPath(path string) (string, bool) {
	path = strings.ReplaceAll(path, `/`, `\`)
	path = strings.TrimPrefix(path, `\\?\`)
	if len(path) < 2 || path[1] != ':' || !isLetter(path[0]) {
		return "", false
	}
	name := strings.ToUpper(path[:1])
	for part := range strings.SplitSeq(path[2:], `\`) {
		switch part {
		case "", ".":
			continue
		case "..":
			return "", false
		}
		name += "/" + part
	}
	return name, fs.ValidPath(name)
}

// WindowsPath is the inverse of FSPath: "C/Windows" becomes `C:\Windows`.
func WindowsPath(name string) string {
	drive, rest, _ := strings.Cut(name, "/")
	return drive + `:\` + strings.ReplaceAll(rest, "/", `\`)
}

// PathKey is the form in which paths are compared: lower case, backslashes, no quotes, no `\\?\`, no empty or
// "." parts, no dots or spaces at the end of a part, no trailing backslash. Variables must have been expanded before.
func PathKey(path string) string {
	path = strings.ReplaceAll(strings.Trim(strings.TrimSpace(path), `"`), "/", `\`)
	path = strings.TrimPrefix(path, `\\?\`)
	prefix := ""
	if strings.HasPrefix(path, `\\`) {
		prefix = `\\`
	}
	var parts []string
	for part := range strings.SplitSeq(path, `\`) {
		if part == ".." && len(parts) > 1 {
			parts = parts[:len(parts)-1]
			continue
		}
		// Windows drops dots and spaces at the end of a name, so `a.dll.` opens `a.dll`.
		if trimmed := strings.TrimRight(part, ". "); trimmed != "" {
			parts = append(parts, trimmed)
		}
	}
	return prefix + strings.ToLower(strings.Join(parts, `\`))
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
