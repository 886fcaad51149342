package cmdlet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxNesting is how deep objects may lie in each other.
const maxNesting = 64

// readJSON reads one object, or an array of them.
func readJSON(ctx context.Context, text []byte) ([]Object, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	found := []Object{}
	var count counter
	failed := func(err error) error {
		return fmt.Errorf("line %d: %w", 1+bytes.Count(text[:min(decoder.InputOffset(), int64(len(text)))], []byte{'\n'}), err)
	}
	if text[0] == '[' {
		if _, err := decoder.Token(); err != nil {
			return nil, failed(err)
		}
	}
	for text[0] == '{' || decoder.More() {
		if err := ctx.Err(); err != nil {
			return found, err
		}
		var raw map[string]json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return found, failed(plain(err))
		}
		object := Object{}
		for name, value := range raw {
			if err := count.add(object, name, texts(value, 0)); err != nil {
				return found, failed(err)
			}
		}
		if found = append(found, object); len(found) > maxObjects {
			return found[:maxObjects], failed(fmt.Errorf("more than %d objects", maxObjects))
		}
		if text[0] == '{' {
			break
		}
	}
	if text[0] == '[' {
		if _, err := decoder.Token(); err != nil {
			return found, failed(plain(err))
		}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return found, failed(errors.New("something follows the objects"))
	}
	return found, nil
}

func plain(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the file ends too early")
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}

// nameKeys are the properties an object within is known by, the first that it has.
var nameKeys = []string{"Name", "Value", "DisplayName", "RuleName", "DistinguishedName"}

// texts gives a value as texts: those of an array, or one.
func texts(value json.RawMessage, depth int) []string {
	value = bytes.TrimSpace(value)
	if len(value) == 0 || depth > maxNesting || bytes.Equal(value, []byte("null")) {
		return nil
	}
	switch value[0] {
	case '"':
		var text string
		if json.Unmarshal(value, &text) != nil {
			return nil
		}
		return []string{cut(text)}
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(value, &list) != nil {
			return nil
		}
		found := []string{}
		for _, one := range list[:min(len(list), maxList)] {
			found = append(found, texts(one, depth+1)...)
		}
		return found
	case '{':
		var object map[string]json.RawMessage
		if json.Unmarshal(value, &object) != nil {
			return nil
		}
		if list, ok := object["value"]; ok && object["Count"] != nil { // as Windows PowerShell writes an array
			return texts(list, depth+1)
		}
		for _, name := range nameKeys {
			if found := texts(object[name], depth+1); len(found) > 0 {
				return found[:1]
			}
		}
		return nil
	}
	return []string{cut(string(value))} // a number, true or false
}
