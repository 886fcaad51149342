package host

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/exvet/exvet"
)

// A listing is what one folder holds.
type listing struct {
	nodes     map[string]node // by folded name
	selective bool            // no file but *.config: other things may have been there and not been copied
}

// missing tells a name the server does not have from one that was not copied.
func missing(in *listing, part string, drive, folder bool) error {
	if drive || folder && in.selective || shortPattern().MatchString(part) {
		return exvet.ErrNoEvidence
	}
	return fs.ErrNotExist
}

// key is the name under which a folder's listing is kept.
func key(name string) string {
	parts := strings.Split(path.Join(".", name), "/")
	for i, part := range parts {
		if part != "." {
			parts[i] = fold(part)
		}
	}
	return strings.Join(parts, "/")
}

// add puts an entry into a listing, beside or into what is there under the same folded name.
func (t *tree) add(list *listing, real string, found entry) {
	name := path.Join(real, found.name)
	folded := fold(found.name)
	if found.refused != nil {
		t.report(fmt.Errorf("%q: %w", name, found.refused))
	}
	if folded == "" {
		return
	}
	if !found.folder && found.refused == nil && !strings.HasSuffix(folded, ".config") {
		list.selective = false
	}
	first, twice := list.nodes[folded]
	switch {
	case !twice:
		list.nodes[folded] = node{entry: found, reals: []string{name}}
	case first.folder && found.folder && first.refused == nil && found.refused == nil:
		first.reals = append(first.reals, name)
		list.nodes[folded] = first
	default:
		t.report(fmt.Errorf("%q: ignored, %q has the same name on Windows", name, first.reals[0]))
	}
}

// listing gives what a folder holds and remembers it.
func (t *tree) listing(key string, of node) (*listing, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if list, ok := t.listings[key]; ok {
		return list, nil
	}
	list := &listing{nodes: map[string]node{}, selective: true}
	for _, real := range of.reals {
		entries, err := t.from.list(real)
		if err != nil {
			err = fmt.Errorf("list %q: %s", real, reason(err)) // not as fs.ErrNotExist: the folder is there
			t.report(err)
			return nil, err
		}
		if t.names += len(entries); t.names > t.limits.entries {
			return nil, tooMany(t.limits.entries)
		}
		for _, found := range entries {
			t.add(list, real, found)
		}
	}
	if t.index != nil {
		t.index.merge(key, list)
	}
	t.listings[key] = list
	return list, nil
}
