package host

import "io/fs"

// Exports is what evidence holds beside the server's own disks: the folder exvet at its top, below that name. Its file
// system is matched without regard to case, within the same limits.
func (e *Evidence) Exports() fs.FS {
	var folders []string
	for _, base := range e.tops {
		if at, _ := e.within(base, "exvet"); at != "" {
			folders = append(folders, at)
		}
	}
	files := newTree(e.files.from, e.files.limits)
	if len(folders) > 0 {
		files.mount(map[string][]string{"exvet": folders})
	} else {
		files.mount(nil)
	}
	return files
}
