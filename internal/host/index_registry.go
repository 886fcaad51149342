package host

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/exvet/exvet"
)

// An indexedRegistry is the registry of a capture: what was asked of it then, and nothing else.
type indexedRegistry struct {
	from  exvet.Registry
	whole bool // hives lie beside it
	keys  map[string]IndexKey
}

func newIndexedRegistry(from exvet.Registry, index *Index) *indexedRegistry {
	r := &indexedRegistry{from: from, whole: index.Unredacted, keys: map[string]IndexKey{}}
	for _, key := range index.Keys {
		r.keys[foldKey(key.Path)] = key
	}
	return r
}

// foldKey is the form in which paths of the registry are compared.
func foldKey(path string) string { return strings.ToLower(strings.Trim(path, `\`)) }

// Key opens a key. See exvet.Registry.
func (r *indexedRegistry) Key(path string) (*exvet.RegistryKey, error) {
	asked, ok := r.keys[foldKey(path)]
	if !ok {
		return r.unasked(path)
	}
	var key *exvet.RegistryKey
	if asked.There {
		// An export does not hold keys without values, or may hold keys below that were not asked for.
		key = &exvet.RegistryKey{Path: path, Written: asked.Written, Keys: asked.Keys}
		if found, _ := r.from.Key(path); found != nil {
			key.Values = found.Values
		}
	}
	switch asked.State {
	case "":
		return key, nil
	case IndexAbsent:
		return key, fs.ErrNotExist
	case IndexUnknown:
		return key, exvet.ErrNoEvidence
	}
	return key, exvet.Gap{Missing: exvet.Missing{File: asked.File, Reason: asked.State}, Cause: errors.New(asked.State)}
}

// unasked answers for a key nobody asked for: absent where the key above it was read and does not name it.
func (r *indexedRegistry) unasked(path string) (*exvet.RegistryKey, error) {
	if r.whole {
		return r.from.Key(path)
	}
	below := foldKey(path)
	for at := strings.LastIndexByte(below, '\\'); at > 0; at = strings.LastIndexByte(below, '\\') {
		name := below[at+1:]
		below = below[:at]
		above, ok := r.keys[below]
		if ok && (above.State == IndexAbsent || above.There && above.State == "" && !slices.ContainsFunc(above.Keys, func(key string) bool { return strings.EqualFold(key, name) })) {
			return nil, fs.ErrNotExist
		}
	}
	return nil, exvet.ErrNoEvidence
}
