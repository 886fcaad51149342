package evtx

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/exvet/exvet"
)

// BenchmarkRead reads logs of the sizes of real ones. The budget is 80 MB/s for one core when few events are wanted.
func BenchmarkRead(b *testing.B) {
	few := exvet.EventQuery{Providers: []string{"MSExchange Common"}, IDs: []int{1_000}}
	logs := []struct {
		name  string
		query exvet.EventQuery
		data  func(testing.TB) []byte
	}{
		{"wanted few, 20 MB", few, func(testing.TB) []byte { return writtenLog(60_000) }},
		{"wanted few, 2 MB", few, func(testing.TB) []byte { return writtenLog(6_000) }},
		{"wanted all, 20 MB", exvet.EventQuery{}, func(testing.TB) []byte { return writtenLog(60_000) }},
		{"real, wanted few", few, realLog},
		{"real, wanted all", exvet.EventQuery{}, realLog},
	}
	for _, log := range logs {
		b.Run(log.name, func(b *testing.B) {
			data := log.data(b)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				for _, err := range Read(context.Background(), bytes.NewReader(data), log.query) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// realLog is a log of a real server, four chunks of it in use.
func realLog(b testing.TB) []byte {
	data, err := os.ReadFile(filepath.Join(shared(b, filepath.Join("evidence", "evtx")), "sample-with-zero-data-size-event.evtx"))
	if err != nil {
		b.Skip("optional: " + err.Error())
	}
	return data[:headerSize+4*chunkSize]
}
