package orgdata

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/jsonnet"
)

// Read gives the value of a YAML, JSON or Jsonnet file with its places. What a Jsonnet file imports lies in its folder or
// below. Errors name file and line, and are an exvet.Refusal.
func Read(reason, file string, options jsonnet.Options) (any, Source, error) {
	source := Source{Name: file}
	if info, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil, source, exvet.Refuse(reason, "%s does not exist", file)
	} else if err == nil && info.IsDir() {
		return nil, source, exvet.Refuse(reason, "%s is a folder; name a .yaml, .json or .jsonnet file", file)
	}
	folder, name := filepath.Split(filepath.Clean(file))
	root, err := os.OpenRoot(filepath.Clean(folder))
	if err != nil {
		return nil, source, exvet.Refuse(reason, "read %q: %w", file, err)
	}
	defer func() { _ = root.Close() }()
	document, err := jsonnet.Evaluate(root.FS(), name, options)
	if err != nil {
		return nil, source, exvet.Refuse(reason, "%s%s", folder, strings.TrimPrefix(err.Error(), folder))
	}
	var value any
	if err := json.Unmarshal(document, &value); err != nil {
		return nil, source, exvet.Refuse(reason, "%s: %w", file, err)
	}
	text, err := fs.ReadFile(root.FS(), name)
	if err != nil {
		return nil, source, exvet.Refuse(reason, "read %q: %w", file, err)
	}
	lines, err := jsonnet.Lines(name, text, func(string) bool { return true })
	if err != nil {
		return nil, source, exvet.Refuse(reason, "%s%s", folder, err.Error())
	}
	source.Places = make(map[string]string, len(lines))
	for pointer, line := range lines {
		source.Places[pointer] = file + ":" + strconv.Itoa(line)
	}
	return value, source, nil
}
