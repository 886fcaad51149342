package collectors

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/authenticode"
	"github.com/exvet/exvet/internal/iisconfig"
)

// Binaries is every file the other sections name, once: what it is, who signed it, and who names it. It is built
// after them.
//
// Beside the table stands, for each section, how many files it names and how many of them were seen. A rule that
// looks up files of one section needs "binaries.iis" and the like, and is not left open by the files of another;
// "binaries.list" is all of them.
type Binaries struct {
	List       []Binary   `json:"list"`
	Assemblies []Assembly `json:"assemblies"`

	Managed   Seen `json:"managed"` // the files of Assemblies, beside those of IIS
	IIS       Seen `json:"iis"`
	Services  Seen `json:"services"`
	Injection Seen `json:"injection"`
	AMSI      Seen `json:"amsi"`
	Events    Seen `json:"events"`
	Processes Seen `json:"processes"`
	Transport Seen `json:"transport"`
	Files     Seen `json:"files"`
}

// of gives the counts of a section, nil for one that names no files.
func (b *Binaries) of(section string) *Seen {
	return map[string]*Seen{
		"managed": &b.Managed, "iis": &b.IIS, "services": &b.Services, "injection": &b.Injection, "amsi": &b.AMSI, "events": &b.Events,
		"processes": &b.Processes, "transport": &b.Transport, "files": &b.Files,
	}[section]
}

// Seen counts the files one section names.
type Seen struct {
	Named  int `json:"named"`
	Read   int `json:"read"`
	Absent int `json:"absent"` // the server does not have them; of the rest nobody knows
}

// A Binary is one file. Whoever names it does so by its key.
type Binary struct {
	Path      string                   `json:"path"` // as the disk spells it, or the key
	Key       string                   `json:"key"`
	Status    string                   `json:"status" jsonschema:"enum=read,enum=absent,enum=unreadable,enum=not_in_evidence"`
	Reason    string                   `json:"reason"` // of a status that is not read, for people
	Size      int64                    `json:"size"`
	Modified  string                   `json:"modified"` // RFC 3339, UTC, or ""
	Created   string                   `json:"created"`  // likewise; most copies do not tell
	SHA256    string                   `json:"sha256"`
	Signature authenticode.Signature   `json:"signature"`         // the one to go by; its status is unknown where the file was not read
	Others    []authenticode.Signature `json:"others"`            // signatures besides
	Version   *authenticode.Version    `json:"version,omitempty"` // what the file says of itself: never a reason to trust it
	LoadedBy  []string                 `json:"loaded_by"`         // processes that have it in memory, as facts name them
	Made      *Made                    `json:"made,omitempty"`    // where .NET made it on this server
	NamedBy   []string                 `json:"named_by"`          // everyone else who names it: "iis.global_modules:AcmeGate"
}

// What became of a file.
const (
	fileRead          = "read"
	fileAbsent        = "absent"          // its folder was seen, and it is not there
	fileUnreadable    = "unreadable"      // it is there
	fileNotInEvidence = "not_in_evidence" // nobody knows
)

// Limits of the table.
const (
	maxBinaries = 20_000
	maxNames    = 100 // of those who name one file
)

func binaries() Collector {
	return defineLast("binaries", "Signatures, versions and hashes of the files other sections name", collectBinaries)
}

// collectBinaries builds the table from the facts of the sections before it.
func collectBinaries(ctx context.Context, host exvet.Host, before iter.Seq[any], options Options) (*Binaries, error) {
	table := &Binaries{List: []Binary{}, Assemblies: []Assembly{}}
	r, err := newFileReader(ctx, host, options)
	if err != nil {
		return nil, err
	}
	names := &mentions{byKey: map[string]*mentionedFile{}}
	var open error
	var iis *iisconfig.Facts
	windows, root := environment(host.Files()).SystemRoot, ""
	for facts := range before {
		if namer, ok := facts.(exvet.Mentioner); ok {
			for mention := range namer.Mentions() {
				names.add(mention)
			}
		}
		switch found := facts.(type) {
		case *iisconfig.Facts:
			iis = found
			table.Assemblies, open = r.assemblies(windows, found, names.add).table()
		case *Exchange:
			if found != nil {
				root = found.Root
			}
		}
	}
	makers := &maker{
		locator: r.locator, ctx: ctx, windows: windows, root: root, iis: iis, made: map[string]*Made{}, folders: map[string]map[string][]string{}, say: names.add,
	}
	makers.mentions(maps.Clone(names.byKey))
	all := names.rows()
	if err := r.read(ctx, all); err != nil {
		return nil, err
	}
	open = errors.Join(open, makers.fill(all))
	for _, row := range all {
		if row.file.folder {
			continue // no binary, whatever names it
		}
		table.List = append(table.List, row.Binary)
		for section := range row.sections {
			seen := table.of(section)
			seen.Named++
			switch row.Status {
			case fileRead:
				seen.Read++
			case fileAbsent:
				seen.Absent++
			}
		}
	}
	return r.conclude(table, all, names.more, open)
}

// A mentionedFile is a row of the table before its file was looked at.
type mentionedFile struct {
	Binary

	file     located
	sections map[string]bool
}

// mentions gathers the files that facts name.
type mentions struct {
	byKey map[string]*mentionedFile
	more  int // files beyond what the table holds
}

func (m *mentions) add(mention exvet.Mention) {
	section, _, _ := strings.Cut(mention.By, ".")
	if mention.Key == "" || (&Binaries{}).of(section) == nil {
		return
	}
	row := m.byKey[mention.Key]
	if row == nil {
		if len(m.byKey) == maxBinaries {
			m.more++
			return
		}
		row = &mentionedFile{Binary: Binary{Key: mention.Key, Path: mention.Key}, sections: map[string]bool{}}
		row.LoadedBy, row.NamedBy, row.Others = []string{}, []string{}, []authenticode.Signature{}
		m.byKey[mention.Key] = row
	}
	row.sections[section] = true
	if mention.Loaded {
		row.LoadedBy = note(row.LoadedBy, mention.By)
	} else {
		row.NamedBy = note(row.NamedBy, mention.By)
	}
}

// rows gives the files sorted by key.
func (m *mentions) rows() []*mentionedFile {
	return slices.SortedFunc(maps.Values(m.byKey), func(a, b *mentionedFile) int { return cmp.Compare(a.Key, b.Key) })
}

// note puts a name into a sorted list, once, and not without end.
func note(names []string, name string) []string {
	name = shortened(name)
	at, found := slices.BinarySearch(names, name)
	if found || len(names) == maxNames {
		return names
	}
	return slices.Insert(names, at, name)
}
