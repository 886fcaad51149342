package jsonnet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// parseYAML turns one YAML document without repeated keys into JSON. Dates stay the strings they were written
// as, and so do words like yes and no.
func parseYAML(file string, source []byte) ([]byte, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(source))
	var document, second yaml.Node
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s:1: file is empty", file)
	} else if err != nil {
		return nil, yamlError(file, err)
	}
	if err := decoder.Decode(&second); err == nil {
		return nil, fmt.Errorf("%s:%d: second YAML document, one file holds one", file, second.Line)
	} else if !errors.Is(err, io.EOF) {
		return nil, yamlError(file, err)
	}
	reader := yamlReader{file: file, left: maxNodes}
	value, err := reader.value(&document, 0)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("%s: value is not JSON: %w", file, err)
	}
	return out.Bytes(), nil
}

var yamlLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`line (\d+): ?`) })

// yamlError moves the line number the parser puts inside its text to the front.
func yamlError(file string, err error) error {
	text := oneLine(strings.TrimPrefix(err.Error(), "yaml: "))
	at := yamlLine().FindStringSubmatchIndex(text)
	if at == nil {
		return fmt.Errorf("%s: %s", file, text)
	}
	return fmt.Errorf("%s:%s: %s", file, text[at[2]:at[3]], text[:at[0]]+text[at[1]:])
}

// maxNodes bounds the values of one YAML file with its aliases followed: a few lines of them can stand for
// billions.
const maxNodes = 500_000

// A yamlReader turns nodes into what encoding/json writes.
type yamlReader struct {
	file string
	left int // nodes
}

func (r *yamlReader) value(node *yaml.Node, level int) (any, error) {
	if r.left--; r.left < 0 {
		return nil, r.fail(node, "more than %d values, aliases followed", maxNodes)
	}
	if level > maxDepth {
		return nil, r.fail(node, "nested deeper than %d", maxDepth)
	}
	switch node.Kind {
	case yaml.DocumentNode:
		return r.value(node.Content[0], level+1)
	case yaml.AliasNode:
		return r.value(node.Alias, level+1)
	case yaml.SequenceNode:
		list := make([]any, 0, len(node.Content))
		for _, item := range node.Content {
			value, err := r.value(item, level+1)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		return list, nil
	case yaml.MappingNode:
		return r.object(node, level)
	default:
		return r.scalar(node)
	}
}

func (r *yamlReader) object(node *yaml.Node, level int) (any, error) {
	object := map[string]any{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if key.Kind != yaml.ScalarNode || key.ShortTag() == "!!merge" {
			return nil, r.fail(key, "key %q is not a plain name", key.Value)
		}
		if _, repeated := object[key.Value]; repeated {
			return nil, r.fail(key, "repeated key %q", key.Value)
		}
		value, err := r.value(node.Content[i+1], level+1)
		if err != nil {
			return nil, err
		}
		object[key.Value] = value
	}
	return object, nil
}

func (r *yamlReader) scalar(node *yaml.Node) (any, error) {
	switch tag := node.ShortTag(); tag {
	case "!!str", "!!timestamp":
		return node.Value, nil
	case "!!null", "!!bool", "!!int", "!!float":
		var value any
		if err := node.Decode(&value); err != nil {
			return nil, yamlError(r.file, err)
		}
		return value, nil
	default:
		return nil, r.fail(node, "tag %q has no JSON form", tag)
	}
}

func (r *yamlReader) fail(node *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", r.file, node.Line, fmt.Sprintf(format, args...))
}
