package evtx

import (
	"bytes"
	"context"
	"testing"

	"github.com/exvet/exvet"
)

// FuzzRead damages a log; what cannot be read ends the reading or is left out.
func FuzzRead(f *testing.F) {
	f.Add(writtenLog(3))
	f.Fuzz(func(_ *testing.T, data []byte) {
		for range Read(context.Background(), bytes.NewReader(data), exvet.EventQuery{}) {
		}
	})
}
