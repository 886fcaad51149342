package jsonnet

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// parseJSON checks that a file is one JSON value without repeated keys.
func parseJSON(file string, source []byte) ([]byte, error) {
	source = bytes.TrimPrefix(source, []byte("\ufeff"))
	decoder := jsontext.NewDecoder(bytes.NewReader(source))
	value, err := decoder.ReadValue()
	if err == nil {
		value = bytes.Clone(value)
		if _, err = decoder.ReadToken(); errors.Is(err, io.EOF) {
			return value, nil
		}
		if err == nil {
			err = errors.New("more than one value")
		}
	}
	offset := decoder.InputOffset()
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		offset = syntactic.ByteOffset
	}
	line := 1 + bytes.Count(source[:min(offset, int64(len(source)))], []byte("\n"))
	return nil, fmt.Errorf("%s:%d: %w", file, line, err)
}
