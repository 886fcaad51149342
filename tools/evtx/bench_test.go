// Package evtx measures exvet's reader of event logs beside the library one would otherwise take.
package evtx

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	velocidex "www.velocidex.com/golang/evtx"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/evtx"
	"github.com/exvet/exvet/internal/evtx/evtxtest"
)

const events = 20_000

// written is a log of so many events, every thousandth of them wanted by the rules.
func written() []byte {
	var records []evtxtest.Record
	for i := range events {
		event := exvet.Event{
			Record: uint64(i + 1), Time: time.Unix(1_700_000_000+int64(i), 0), Provider: "MSExchange Common", ID: 1000 + i%1000,
			Channel: "Application", Computer: "EX01", Strings: []string{"4711", fmt.Sprintf("w3wp#Pool%d", i), "some text of an event"},
		}
		records = append(records, evtxtest.Record{Event: event})
	}
	return evtxtest.Write(records, evtxtest.Options{})
}

// BenchmarkEVTX reads every event of one log with both readers, and the wanted ones with exvet's, which tells them
// before it renders.
func BenchmarkEVTX(b *testing.B) {
	data := written()
	read := func(b *testing.B, query exvet.EventQuery, want int) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			found := 0
			for _, err := range evtx.Read(context.Background(), bytes.NewReader(data), query) {
				if err != nil {
					b.Fatal(err)
				}
				found++
			}
			if found != want {
				b.Fatalf("got %d events, want %d", found, want)
			}
		}
	}
	b.Run("exvet, wanted", func(b *testing.B) { read(b, exvet.EventQuery{IDs: []int{1000}}, events/1000) })
	b.Run("exvet, all", func(b *testing.B) { read(b, exvet.EventQuery{}, events) })
	b.Run("velocidex, all", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			chunks, err := velocidex.GetChunks(bytes.NewReader(data))
			if err != nil {
				b.Fatal(err)
			}
			found := 0
			for _, chunk := range chunks {
				records, err := chunk.Parse(0)
				if err != nil {
					b.Fatal(err)
				}
				found += len(records)
			}
			if found != events {
				b.Fatalf("got %d events, want %d", found, events)
			}
		}
	})
}
