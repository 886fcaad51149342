package collectors

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/exvet/exvet"
)

// A located is where a path key leads.
type located struct {
	name   string // in Host.Files, as the disk spells it; "" when it is not there
	folder bool
	status string // of a file that is not there, or cannot be told to be
	reason string
	parent string // with fileAbsent: the folder that does not have it, in lower case
}

// A locator finds files as Windows would: without regard to case, and by short names.
type locator struct {
	files   fs.FS
	live    bool
	folders map[string]*folderListing // by name in lower case
}

// A folderListing is one folder.
type folderListing struct {
	names  map[string]string // as spelled, by folded name
	folder map[string]bool   // by folded name
	images map[string]int    // files by their ending in lower case
	err    error
}

func newLocator(host exvet.Host) *locator {
	return &locator{files: host.Files(), live: host.Kind() == exvet.LiveHost, folders: map[string]*folderListing{}}
}

func foldName(name string) string { return strings.ToLower(strings.TrimRight(name, ". ")) }

func ending(name string) string { return strings.ToLower(path.Ext(name)) }

// list reads a folder once.
func (l *locator) list(name string) *folderListing {
	key := strings.ToLower(name)
	if known := l.folders[key]; known != nil {
		return known
	}
	found := &folderListing{names: map[string]string{}, folder: map[string]bool{}, images: map[string]int{}}
	l.folders[key] = found
	entries, err := fs.ReadDir(l.files, name)
	found.err = err
	for _, entry := range entries {
		folded := foldName(entry.Name())
		found.names[folded] = entry.Name()
		found.folder[folded] = entry.IsDir()
		if !entry.IsDir() {
			found.images[ending(folded)]++
		}
	}
	return found
}

// find follows a path key.
func (l *locator) find(key string) located {
	name, ok := exvet.FSPath(key)
	switch {
	case ok:
	case strings.HasPrefix(key, `\\`):
		return located{status: fileNotInEvidence, reason: "lies on another computer"}
	case strings.Contains(key, "%"):
		return located{status: fileNotInEvidence, reason: "a variable of its path is not known"}
	default:
		return located{status: fileNotInEvidence, reason: "its path has no drive"}
	}
	parts := strings.Split(name, "/")
	at := "."
	for i, part := range parts {
		list, last := l.list(at), i == len(parts)-1
		spelled, there := list.names[foldName(part)]
		if !there {
			spelled, there = list.short(part, i == 1)
		}
		short := shortName().MatchString(part)
		switch {
		case there:
		case (list.err != nil || short) && l.stat(path.Join(at, part)):
			spelled = part // it may be opened, and its folder not be listed, or the server knows the short name
		case short && list.err == nil && !l.live:
			return located{status: fileNotInEvidence, reason: "a copy does not tell what its short name stands for"}
		default:
			return l.missing(at, list, parts[0], last)
		}
		at = path.Join(at, spelled)
		if folder, listed := list.folder[foldName(spelled)]; !last && listed && !folder && !l.isFolder(at) {
			return l.missing(at, list, parts[0], false)
		}
	}
	return located{name: at, folder: l.isFolder(at)}
}

func (l *locator) stat(name string) bool {
	_, err := fs.Stat(l.files, name)
	return err == nil
}

// isFolder follows links, which a listing does not.
func (l *locator) isFolder(name string) bool {
	info, err := fs.Stat(l.files, name)
	return err == nil && info.IsDir()
}

// wholeDisk is how many files the folder of Windows has at least where a drive was copied whole.
const wholeDisk = 500

// missing tells what the server does not have from what was not copied.
func (l *locator) missing(folder string, list *folderListing, drive string, last bool) located {
	switch {
	case l.live && errors.Is(list.err, fs.ErrPermission):
		return located{status: fileUnreadable, reason: "its folder cannot be listed: access is denied"}
	case list.err != nil && !errors.Is(list.err, fs.ErrNotExist) && !errors.Is(list.err, exvet.ErrNoEvidence):
		return located{status: fileUnreadable, reason: "its folder cannot be listed"}
	case errors.Is(list.err, exvet.ErrNoEvidence) && l.live:
		return located{status: fileNotInEvidence} // a capture of a running server, which holds what was asked then
	case l.live, l.whole(drive):
		return located{status: fileAbsent}
	case last && list.err == nil:
		return located{status: fileAbsent, parent: strings.ToLower(folder)}
	}
	return located{status: fileNotInEvidence}
}

// whole reports whether a drive was copied from end to end: nobody copies thousands of files of Windows by hand.
func (l *locator) whole(drive string) bool {
	list := l.list(drive + "/Windows/System32")
	files := 0
	for _, count := range list.images {
		files += count
	}
	return list.err == nil && files >= wholeDisk
}

// settle takes back that files are absent from a folder of which more of them are missing than it holds files of their
// kind: of such a folder somebody copied what looked interesting.
func (l *locator) settle(rows []*mentionedFile) {
	type place struct{ folder, ending string }
	missing := map[place]int{}
	for _, row := range rows {
		if row.file.parent != "" {
			missing[place{row.file.parent, ending(row.Key)}]++
		}
	}
	for _, row := range rows {
		if at := (place{row.file.parent, ending(row.Key)}); at.folder != "" && l.list(at.folder).images[at.ending] < missing[at] {
			row.file = located{status: fileNotInEvidence}
		}
	}
}

var shortName = exvet.Pattern(`^([^.~]{1,6})~([0-9]{1,6})(?:\.([^.]{0,3}))?$`)

// short finds the one file whose short name this can be. Of the three folders of every Windows whose short names begin
// alike the order is known.
func (f *folderListing) short(part string, top bool) (spelled string, found bool) {
	parts := shortName().FindStringSubmatch(strings.ToLower(part))
	if parts == nil {
		return "", false
	}
	usual := map[string]string{"progra~1": "program files", "progra~2": "program files (x86)", "progra~3": "programdata"}
	if long := usual[parts[0]]; top && long != "" {
		spelled, found = f.names[long]
		return spelled, found
	}
	for folded, name := range f.names {
		stem, end := shortParts(folded)
		if strings.HasPrefix(stem, parts[1]) && len(parts[1]) == min(len(stem), 8-1-len(parts[2])) && end == parts[3] {
			if found {
				return "", false // two that it can be
			}
			spelled, found = name, true
		}
	}
	return spelled, found
}

// shortParts gives what a short name is made of.
func shortParts(name string) (stem, end string) {
	end = path.Ext(name)
	stem = strings.NewReplacer(" ", "", ".", "", "+", "_", ",", "_", ";", "_", "=", "_", "[", "_", "]", "_").Replace(strings.TrimSuffix(name, end))
	end = strings.TrimPrefix(end, ".")
	return stem, end[:min(len(end), 3)]
}
