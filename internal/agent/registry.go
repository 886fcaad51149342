package agent

import (
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

// mostBlobs is how many blobs of one bundle are kept: two revisions with manifest, configuration and layer.
const mostBlobs = 6
