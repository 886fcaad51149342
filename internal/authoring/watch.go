package authoring

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/exvet/exvet"
)

// settle is how long a directory must be quiet: editors write a file in several steps.
const settle = 150 * time.Millisecond

// Watch calls changed once it watches, and each time something in dir that matters to its tests has changed and nothing has for a moment, until ctx
// ends. What is rendered into fixtures/ does not count.
func Watch(ctx context.Context, dir string, changed func()) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	defer watcher.Close()
	if err := watchFolders(watcher, dir, dir); err != nil {
		return exvet.Refuse("bundle/not-found", "watch %q: %w", dir, err)
	}
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	changed()
	for {
		select {
		case <-ctx.Done():
			return nil
		case event, ok := <-watcher.Events:
			if !ok {
				return nil
			}
			folder := false
			if event.Has(fsnotify.Create) {
				info, err := os.Stat(event.Name)
				folder = err == nil && info.IsDir() && event.Name != filepath.Join(dir, fixturesFolder)
				_ = watchFolders(watcher, dir, event.Name) // one that is gone again is not watched
			}
			// What was put into a new folder before it was watched is told by nobody.
			if folder || matters(event.Name) {
				timer.Reset(settle)
			}
		case err, ok := <-watcher.Errors:
			if !ok {
				return nil
			}
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				return err
			}
			timer.Reset(settle)
		case <-timer.C:
			changed()
		}
	}
}

// watchFolders watches a folder and those below it, without hidden ones and what is rendered.
func watchFolders(watcher *fsnotify.Watcher, dir, folder string) error {
	return filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !entry.IsDir():
			return nil
		case name != dir && (strings.HasPrefix(entry.Name(), ".") || name == filepath.Join(dir, fixturesFolder)):
			return fs.SkipDir
		}
		return watcher.Add(name)
	})
}

// matters says whether a file of this name may change what tests say.
func matters(name string) bool {
	switch filepath.Ext(name) {
	case ".rego", ".json", ".yaml", ".yml", ".jsonnet", ".libsonnet":
		return !strings.HasPrefix(filepath.Base(name), ".") && !strings.HasPrefix(filepath.Base(name), "#")
	}
	return filepath.Base(name) == ".manifest"
}
