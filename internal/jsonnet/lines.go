package jsonnet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// maxLines bounds what Lines remembers.
const maxLines = 200_000

// Lines gives the line of each value of a JSON or YAML source by its JSON pointer, for those wanted; a member of an object
// stands where its name does. Errors are those of Evaluate. Other sources are written by a program and have no lines.
func Lines(file string, source []byte, wanted func(pointer string) bool) (map[string]int, error) {
	lines := map[string]int{}
	switch strings.ToLower(path.Ext(file)) {
	case ".json":
		if _, err := parseJSON(file, source); err != nil {
			return nil, err
		}
		return lines, linesOfJSON(source, wanted, lines)
	case ".yaml", ".yml":
		if _, err := parseYAML(file, source); err != nil {
			return nil, err
		}
		var document yaml.Node
		if err := yaml.Unmarshal(source, &document); err != nil {
			return nil, yamlError(file, err)
		}
		linesOfYAML(&document, "", wanted, lines)
	}
	return lines, nil
}

func linesOfJSON(source []byte, wanted func(string) bool, lines map[string]int) error {
	source = bytes.TrimPrefix(source, []byte("\ufeff"))
	decoder := jsontext.NewDecoder(bytes.NewReader(source))
	line, counted := 1, int64(0)
	for len(lines) < maxLines {
		token, err := decoder.ReadToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read lines: %w", err)
		}
		if kind := token.Kind(); kind == '}' || kind == ']' {
			continue
		}
		at := decoder.InputOffset()
		line += bytes.Count(source[counted:at], []byte("\n"))
		counted = at
		pointer := string(decoder.StackPointer())
		if _, known := lines[pointer]; !known && wanted(pointer) {
			lines[pointer] = line
		}
	}
	return nil
}

// linesOfYAML does not follow aliases: what they stand for is written elsewhere.
func linesOfYAML(node *yaml.Node, pointer string, wanted func(string) bool, lines map[string]int) {
	if len(lines) >= maxLines {
		return
	}
	if _, known := lines[pointer]; !known && wanted(pointer) {
		lines[pointer] = node.Line
	}
	switch node.Kind {
	case yaml.DocumentNode:
		linesOfYAML(node.Content[0], pointer, wanted, lines)
	case yaml.SequenceNode:
		for i, item := range node.Content {
			linesOfYAML(item, pointer+"/"+strconv.Itoa(i), wanted, lines)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			below := pointer + "/" + Token(node.Content[i].Value)
			if wanted(below) {
				lines[below] = node.Content[i].Line
			}
			linesOfYAML(node.Content[i+1], below, wanted, lines)
		}
	}
}

// Token writes a name as a JSON pointer does.
func Token(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}
