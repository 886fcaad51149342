package evtx

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/evtx/evtxtest"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 500_000_000, time.UTC)

// readAll reads a log that must end without an error.
func readAll(t testing.TB, data []byte, query exvet.EventQuery) ([]exvet.Event, exvet.EventLog) {
	t.Helper()
	var seen exvet.EventLog
	query.Seen = func(log exvet.EventLog) { seen = log }
	var events []exvet.Event
	for event, err := range Read(context.Background(), bytes.NewReader(data), query) {
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, event)
	}
	return events, seen
}

// common is an event of Exchange with every field set.
func common(number uint64) exvet.Event {
	return exvet.Event{
		Log: "Application", Record: number, Time: noon.Add(time.Duration(number) * time.Second), Provider: "MSExchange Common", ID: 4999, Level: 2,
		Channel: "Application", Computer: "EX01.contoso.example", User: "S-1-5-21-1-2-3-500", PID: 4711, Data: []exvet.EventDatum{},
		Strings: []string{"63200", "E12IIS", "c-RTL-AMD64", "15.02.1118.007", "w3wp#MSExchangeServicesAppPool", "ä€", "", "last"},
	}
}

// writtenLog is a log of several chunks with the forms and templates of several providers.
func writtenLog(records int) []byte {
	var all []evtxtest.Record
	for i := range records {
		event := common(uint64(i) + 1)
		form := []evtxtest.Form{evtxtest.Classic, evtxtest.Named, evtxtest.User}[i%3]
		event.Provider = []string{"MSExchange Common", "Microsoft-Windows-WAS", "MSExchange ADAccess", "Application Error"}[i%4]
		event.ID = 1000 + i%50
		if form != evtxtest.Classic {
			event.Data = []exvet.EventDatum{{Name: "Param1", Value: fmt.Sprint("value ", i)}, {Name: "Param2", Value: "x"}}
		}
		if form == evtxtest.Named {
			event.Data[0].Name = "AppPoolID"
		}
		all = append(all, evtxtest.Record{Event: event, Form: form})
	}
	return evtxtest.Write(all, evtxtest.Options{})
}

func TestRead(t *testing.T) {
	named := common(7)
	named.Data = []exvet.EventDatum{{Name: "AppPoolID", Value: "MSExchangeOWAAppPool"}, {Name: "Empty", Value: ""}, {Name: "Signs", Value: "𝒳 & <"}}
	named.Strings = []string{"MSExchangeOWAAppPool", "", "𝒳 & <"}
	raw := common(7)
	raw.User, raw.PID = "", 0
	bare := common(7)
	bare.Strings, bare.User = []string{}, ""
	tests := []struct {
		name  string
		form  evtxtest.Form
		event exvet.Event
	}{
		{"a list of strings", evtxtest.Classic, common(7)},
		{"no strings, no user", evtxtest.Classic, bare},
		{"strings with names", evtxtest.Named, named},
		{"user data in a template inside of a value", evtxtest.User, named},
		{"no template", evtxtest.Raw, raw},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			// Twice in each chunk, so that the template is defined, used again, and defined anew.
			var records []evtxtest.Record
			for range 4 {
				records = append(records, evtxtest.Record{Event: test.event, Form: test.form})
			}
			data := evtxtest.Write(records, evtxtest.Options{ChunkRecords: 2})
			events, log := readAll(t, data, exvet.EventQuery{Log: "Application"})
			if len(events) != 4 || log.Chunks != 2 || log.Unreadable != 0 || len(log.Notes) != 0 {
				t.Fatalf("got %d events, %+v", len(events), log)
			}
			for _, event := range events {
				if !reflect.DeepEqual(event, test.event) {
					t.Errorf("got  %+v\nwant %+v", event, test.event)
				}
			}
		})
	}
}

func TestReadWanted(t *testing.T) {
	data := writtenLog(1_000)
	tests := []struct {
		name  string
		query exvet.EventQuery
		want  int
	}{
		{"all", exvet.EventQuery{}, 1_000},
		{"a provider in any case", exvet.EventQuery{Providers: []string{"msexchange COMMON"}}, 250},
		{"two providers", exvet.EventQuery{Providers: []string{"Application Error", "MSExchange ADAccess", "none"}}, 500},
		{"an id", exvet.EventQuery{IDs: []int{1_007}}, 20},
		{"a provider's id", exvet.EventQuery{Providers: []string{"Application Error"}, IDs: []int{1_007, 1_000}}, 10},
		{"since", exvet.EventQuery{Since: noon.Add(900 * time.Second)}, 101},
		{"nothing", exvet.EventQuery{Providers: []string{"none"}}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			events, log := readAll(t, data, test.query)
			if len(events) != test.want {
				t.Errorf("got %d events, want %d", len(events), test.want)
			}
			if log.Records != 1_000 || log.OldestRecord != 1 || log.NewestRecord != 1_000 ||
				!log.Oldest.Equal(noon.Add(time.Second)) || !log.Newest.Equal(noon.Add(1_000*time.Second)) {
				t.Errorf("got %+v, want what the whole log holds", log)
			}
		})
	}
}

func TestReadValues(t *testing.T) {
	le := binary.LittleEndian
	minus := func(size int) []byte { return bytes.Repeat([]byte{0xff}, size) }
	tests := []struct {
		name string
		kind byte
		data []byte
		want []string
	}{
		{"null", 0x00, nil, []string{""}},
		{"text", 0x01, evtxtest.UTF16("a\x00b").Data, []string{"a\x00b"}},
		{"text with a NUL behind", 0x01, evtxtest.UTF16("ab\x00\x00").Data, []string{"ab"}},
		{"half a pair", 0x01, []byte{0x35, 0xd8, 'x', 0}, []string{"\ufffdx"}},
		{"ANSI", 0x02, []byte("gr\xfc\xdfe \x80\x00"), []string{"grüße €"}},
		{"int8", 0x03, minus(1), []string{"-1"}},
		{"uint8", 0x04, minus(1), []string{"255"}},
		{"int16", 0x05, minus(2), []string{"-1"}},
		{"uint16", 0x06, minus(2), []string{"65535"}},
		{"int32", 0x07, minus(4), []string{"-1"}},
		{"uint32", 0x08, minus(4), []string{"4294967295"}},
		{"int64", 0x09, minus(8), []string{"-1"}},
		{"uint64", 0x0a, minus(8), []string{"18446744073709551615"}},
		{"float32", 0x0b, le.AppendUint32(nil, math.Float32bits(1.5)), []string{"1.5"}},
		{"float64", 0x0c, le.AppendUint64(nil, math.Float64bits(-0.25)), []string{"-0.25"}},
		{"bool", 0x0d, []byte{1, 0, 0, 0}, []string{"true"}},
		{"binary", 0x0e, []byte{0xde, 0xad}, []string{"dead"}},
		{"GUID", 0x0f, []byte{0x33, 0x22, 0x11, 0, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 1, 2, 3, 4, 5, 6}, []string{"{00112233-4455-6677-8899-010203040506}"}},
		{"pointer", 0x10, le.AppendUint32(nil, 0xbeef), []string{"0xbeef"}},
		{"FILETIME", 0x11, le.AppendUint64(nil, evtxtest.FileTime(noon)), []string{"2026-11-20T12:00:00.5Z"}},
		{"SYSTEMTIME", 0x12, []byte{0xea, 7, 11, 0, 5, 0, 20, 0, 12, 0, 0, 0, 7, 0, 250, 0}, []string{"2026-11-20T12:00:07.25Z"}},
		{"SID", 0x13, evtxtest.SID("S-1-5-32-544").Data, []string{"S-1-5-32-544"}},
		{"cut SID", 0x13, []byte{1, 200, 0, 0, 0, 0, 0, 5}, []string{"01c8000000000005"}},
		{"hex 32", 0x14, le.AppendUint32(nil, 0x80070005), []string{"0x80070005"}},
		{"hex 64", 0x15, le.AppendUint64(nil, 0x3e7), []string{"0x3e7"}},
		{"too short for its type", 0x08, []byte{1, 2}, []string{"0102"}},
		{"unknown type", 0x7f, []byte{1, 2}, []string{"0102"}},
		{"texts", 0x81, evtxtest.Strings("a", "", "c").Data, []string{"a", "", "c"}},
		{"ANSI texts", 0x82, []byte("a\x00\xe4\x00"), []string{"a", "ä"}},
		{"numbers", 0x88, []byte{1, 0, 0, 0, 2, 0, 0, 0}, []string{"1", "2"}},
		{"SIDs", 0x93, append(evtxtest.SID("S-1-5-18").Data, evtxtest.SID("S-1-5-32-544").Data...), []string{"S-1-5-18", "S-1-5-32-544"}},
		{"numbers and a rest", 0x86, []byte{1, 0, 2}, []string{"1", "02"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			event := common(1)
			data := evtxtest.Write([]evtxtest.Record{{Event: event, Form: evtxtest.Named, Values: []evtxtest.Value{{Kind: test.kind, Data: test.data}}}}, evtxtest.Options{})
			events, log := readAll(t, data, exvet.EventQuery{})
			if len(events) != 1 {
				t.Fatalf("got %d events: %+v", len(events), log)
			}
			if got := events[0].Strings; !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestReadErrors(t *testing.T) {
	data := writtenLog(300)
	broken := errors.New("the disk is gone")
	tests := []struct {
		name string
		file io.Reader
		want string
	}{
		{"nothing", strings.NewReader(""), "not an .evtx file"},
		{"another file", strings.NewReader(strings.Repeat("x", 10_000)), "not an .evtx file"},
		{"the older format", strings.NewReader("\x30\x00\x00\x00LfLe" + strings.Repeat("\x00", 8_000)), "not an .evtx file"},
		{"a failing disk", io.MultiReader(bytes.NewReader(data[:5_000]), iotest.ErrReader(broken)), "the disk is gone"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var last error
			for _, err := range Read(context.Background(), test.file, exvet.EventQuery{Seen: func(exvet.EventLog) { t.Error("told as read to its end") }}) {
				last = err
			}
			if last == nil || !strings.Contains(last.Error(), test.want) {
				t.Errorf("got %v, want %q", last, test.want)
			}
		})
	}
	t.Run("stopped", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		n := 0
		var last error
		for _, err := range Read(ctx, bytes.NewReader(data), exvet.EventQuery{}) {
			n++
			cancel()
			last = err
		}
		if !errors.Is(last, context.Canceled) || n > 250 {
			t.Errorf("got %v after %d events", last, n)
		}
	})
}
