package capture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/exvet/exvet/internal/cmdlet"
	"github.com/exvet/exvet/internal/redact"
)

// answersFolder is where evidence holds what cmdlets answered.
const answersFolder = "exvet/cmdlets"

// answers writes what cmdlets answered under the names it lay under, as JSON, each value without its secrets.
func (w *writer) answers() error {
	files := w.recorder.Exports()
	entries, _ := fs.ReadDir(files, answersFolder)
	for _, entry := range entries {
		switch strings.ToLower(path.Ext(entry.Name())) {
		case ".json", ".xml", ".clixml":
		default:
			continue
		}
		name := path.Join(answersFolder, entry.Name())
		text, err := fs.ReadFile(files, name)
		if err != nil {
			w.leaveOut(name, stateOf(err))
			continue
		}
		if !w.options.Unredacted {
			objects, err := cmdlet.Read(w.ctx, text)
			if err != nil {
				w.leaveOut(name, oneLine(err.Error()))
				continue
			}
			if text, err = cleanAnswers(objects); err != nil {
				return fmt.Errorf("write %s: %w", name, err)
			}
		}
		if err := w.add(name, bytes.NewReader(text)); err != nil {
			return err
		}
	}
	return nil
}

func cleanAnswers(objects []cmdlet.Object) ([]byte, error) {
	for _, object := range objects {
		for property, values := range object {
			for i, value := range values {
				if values[i] = redact.Text(value); redact.Name(property) && value != "" {
					values[i] = redact.Mark
				}
			}
		}
	}
	if objects == nil {
		objects = []cmdlet.Object{}
	}
	return json.MarshalIndent(objects, "", " ")
}
