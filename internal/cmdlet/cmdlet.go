// Package cmdlet reads what cmdlets answered, as Export-Clixml or ConvertTo-Json wrote it: objects with properties. Pure.
package cmdlet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Limits of one file.
const (
	MaxBytes   = 64 << 20
	maxObjects = 20_000
	maxValues  = 1_000_000 // of all objects
	maxList    = 1_000     // values of one property
	maxText    = 4_096     // bytes of one value
)

// An Object is one object a cmdlet answered with: the texts of each property, by its name in lower case. An object within
// stands for itself as PowerShell would print it, by its name.
type Object map[string][]string

// Text is the first value of a property, "" when there is none.
func (o Object) Text(names ...string) string {
	for _, name := range names {
		if values := o[strings.ToLower(name)]; len(values) > 0 && values[0] != "" {
			return values[0]
		}
	}
	return ""
}

// Texts is every value of a property that is not empty.
func (o Object) Texts(name string) []string {
	found := []string{}
	for _, value := range o[strings.ToLower(name)] {
		if value != "" {
			found = append(found, value)
		}
	}
	return found
}

// Flag reports whether a property is true, or absent and otherwise is.
func (o Object) Flag(name string, otherwise bool) bool {
	text := o.Text(name)
	if text == "" {
		return otherwise
	}
	return strings.EqualFold(text, "true") || text == "1"
}

// Read reads a file, by what it begins with. An error may come with the objects before it.
func Read(ctx context.Context, data []byte) ([]Object, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("larger than %d MB", MaxBytes>>20)
	}
	text, _, err := transform.Bytes(unicode.BOMOverride(transform.Nop), data)
	if err != nil {
		return nil, errors.New("it is no text")
	}
	switch start := bytes.TrimSpace(text); {
	case len(start) == 0:
		return []Object{}, nil // a cmdlet that answered nothing
	case start[0] == '<':
		return readXML(ctx, data)
	case start[0] == '{', start[0] == '[':
		return readJSON(ctx, start)
	}
	return nil, errors.New("it is neither JSON nor CLIXML")
}

// cut bounds a value.
func cut(text string) string {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	return text
}

// A counter bounds what one file may hold.
type counter struct{ values int }

func (c *counter) add(object Object, name string, values []string) error {
	if c.values += 1 + len(values); c.values > maxValues {
		return fmt.Errorf("more than %d values", maxValues)
	}
	object[strings.ToLower(cut(name))] = values[:min(len(values), maxList)]
	return nil
}
