package evtx

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/exvet/exvet"
)

// shared gives the folder of material that is no part of the project.
func shared(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(sharedRoot(), name)
	if _, err := os.Stat(path); err != nil {
		t.Skip("optional: real event logs are not there; EXVET_SHARED names the folder that holds " + name)
	}
	return path
}

func sharedRoot() string {
	if root := os.Getenv("EXVET_SHARED"); root != "" {
		return root
	}
	return filepath.Join("..", "..", "..", "shared")
}

// An exported event is what libevtx says of one.
type exported struct {
	id       int
	provider string
	strings  []string
}

var exportLine = regexp.MustCompile(`^(Event number|Event identifier|Source name|String: \d+)\s*: (.*)$`)

// exportedBy reads a log with libevtx. It reports false for one that libevtx cannot render.
func exportedBy(t testing.TB, file string) (map[uint64]exported, bool) {
	t.Helper()
	if _, err := exec.LookPath("evtxexport"); err != nil {
		t.Skip("evtxexport is not here: install libevtx-utils")
	}
	output, err := exec.Command("evtxexport", file).Output()
	if err != nil {
		return nil, false
	}
	all := map[uint64]exported{}
	var number uint64
	for line := range strings.SplitSeq(string(output), "\n") {
		match := exportLine.FindStringSubmatch(line)
		if match == nil {
			continue
		}
		event := all[number]
		value := strings.TrimSpace(match[2])
		switch match[1] {
		case "Event number":
			number, _ = strconv.ParseUint(value, 10, 64)
			event = exported{}
		case "Event identifier":
			_, decimal, _ := strings.Cut(strings.TrimSuffix(value, ")"), "(")
			event.id, _ = strconv.Atoi(decimal)
		case "Source name":
			event.provider = value
		default:
			event.strings = append(event.strings, value)
		}
		all[number] = event
	}
	return all, true
}

var countLine = regexp.MustCompile(`Number of records\s*: (\d+)`)

func countedBy(t testing.TB, file string) int {
	t.Helper()
	output, err := exec.Command("evtxinfo", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	match := countLine.FindSubmatch(output)
	if match == nil {
		t.Fatalf("evtxinfo counts nothing: %s", output)
	}
	n, _ := strconv.Atoi(string(match[1]))
	return n
}

// TestRealLogs compares with libevtx on logs of real servers, some of them damaged.
func TestRealLogs(t *testing.T) {
	tests := []struct {
		name      string
		recovered int
		skipped   bool
		notes     []string
	}{
		{name: "Application_no_crc32.evtx", notes: []string{"the checksum of the file header is wrong"}},
		{name: "MSExchange_Management_wec.evtx"},
		{name: "Security_short_selected.evtx"},
		{name: "sample-with-zero-data-size-event.evtx", recovered: 114, skipped: true, notes: []string{
			"chunk 0: the checksum of its records is wrong", "chunk 0: no record at byte 2080",
		}},
		{name: "sample_with_a_bad_chunk_magic.evtx", recovered: 31, skipped: true, notes: []string{"block 6 is no chunk", "block 10 is no chunk"}},
	}
	folder := shared(t, filepath.Join("evidence", "evtx"))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(folder, test.name)
			data, err := os.ReadFile(file)
			if err != nil {
				t.Skip("optional: " + err.Error())
			}
			events, log := readAll(t, data, exvet.EventQuery{Log: "x"})
			if log.Recovered != test.recovered || log.Unreadable != 0 || log.Skipped > 0 != test.skipped {
				t.Errorf("got %d recovered, %d unreadable, %d bytes skipped; want %d, 0, %t",
					log.Recovered, log.Unreadable, log.Skipped, test.recovered, test.skipped)
			}
			for _, note := range test.notes {
				if !strings.Contains(strings.Join(log.Notes, "\n"), note) {
					t.Errorf("got notes %q, want %q", log.Notes, note)
				}
			}
			if len(events) != log.Records+log.Recovered {
				t.Errorf("got %d events of %d records", len(events), log.Records+log.Recovered)
			}
			want, rendered := exportedBy(t, file)
			if count := countedBy(t, file); log.Records != count {
				t.Errorf("got %d records, evtxinfo %d", log.Records, count)
			}
			if !rendered {
				return // libevtx does not read records without a template
			}
			byNumber := map[uint64]exvet.Event{}
			for _, event := range events {
				byNumber[event.Record] = event
			}
			for number, event := range want {
				got, ok := byNumber[number]
				if !ok || got.ID != event.id {
					t.Errorf("record %d: got id %d (%t), evtxexport %d", number, got.ID, ok, event.id)
				}
			}
		})
	}
}

// TestWrittenLogs holds the logs tests write to what libevtx reads.
func TestWrittenLogs(t *testing.T) {
	data := writtenLog(3_000)
	file := filepath.Join(t.TempDir(), "written.evtx")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	want, rendered := exportedBy(t, file)
	if !rendered {
		t.Fatal("evtxexport does not read it")
	}
	events, log := readAll(t, data, exvet.EventQuery{Log: "Application"})
	if len(events) != 3_000 || len(want) != len(events) || log.DamagedChunks != 0 || log.Chunks < 3 {
		t.Fatalf("got %d events in %d chunks, %d damaged; evtxexport %d", len(events), log.Chunks, log.DamagedChunks, len(want))
	}
	for _, event := range events {
		other := want[event.Record]
		if other.id != event.ID || other.provider != event.Provider {
			t.Fatalf("record %d: got %s %d, evtxexport %s %d", event.Record, event.Provider, event.ID, other.provider, other.id)
		}
		if len(event.Data) > 0 && event.Data[0].Name == "Param1" {
			continue // evtxexport's text lists no UserData
		}
		if got, want := strings.Join(event.Strings, "|"), strings.Join(other.strings, "|"); got != want {
			t.Fatalf("record %d: got %q, evtxexport %q", event.Record, got, want)
		}
	}
	if again := writtenLog(3_000); !bytes.Equal(again, data) {
		t.Error("the same events give other bytes")
	}
}
