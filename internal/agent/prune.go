package agent

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// pruneRegistry takes away what OPA's cache of registries holds beside the bundles in use; OPA never does. What is missing is
// fetched again when it is asked for.
func (a *Agent) pruneRegistry() {
	folder := filepath.Join(a.config.Directory, ociFolder, "blobs", "sha256")
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) <= mostBlobs*max(len(a.rules.slots), 1) {
		return
	}
	used := map[string]bool{}
	a.rules.lock.Lock()
	defer a.rules.lock.Unlock()
	for _, s := range a.rules.slots {
		if s.active != nil {
			used[s.active.sum] = true
		}
	}
	for _, entry := range entries {
		if !used[entry.Name()] {
			_ = os.Remove(filepath.Join(folder, entry.Name()))
		}
	}
}

// pruneCache takes away what was found out of files where it has grown: most of it is then of files that are gone.
func pruneCache(folder string) error {
	size := int64(0)
	err := filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	if err != nil || size > mostCache {
		return errors.Join(os.RemoveAll(folder), os.MkdirAll(folder, 0o700))
	}
	return nil
}

// mostCache is more than what all files of a server take.
const mostCache = 64 << 20

// mostBlobs is how many blobs of one bundle are kept: two revisions with manifest, configuration and layer.
const mostBlobs = 6
