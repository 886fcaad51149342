package wine_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/evtx/evtxtest"
)

// eventsOf reads events by log.
func (s *server) eventsOf(file string) map[string][]exvet.Event {
	s.t.Helper()
	text, err := os.ReadFile(file)
	s.check(err)
	var events []exvet.Event
	s.check(json.Unmarshal(text, &events))
	logs := map[string][]exvet.Event{}
	for _, event := range events {
		logs[event.Log] = append(logs[event.Log], event)
	}
	return logs
}

// logService puts events where the library looks that stands in for the event log service.
func (s *server) logService(file string) {
	s.t.Helper()
	for log, events := range s.eventsOf(file) {
		var lines bytes.Buffer
		for _, event := range events {
			writeEvent(&lines, event)
		}
		s.write(s.unix(`C:\events\`+strings.ReplaceAll(log, "/", "%4")+".xml"), lines.Bytes())
	}
}

// logFiles puts events into files, as Windows keeps them.
func (s *server) logFiles(file string) {
	s.t.Helper()
	for log, events := range s.eventsOf(file) {
		var records []evtxtest.Record
		for _, event := range events {
			records = append(records, evtxtest.Record{Event: event, Form: evtxtest.Classic})
		}
		text := evtxtest.Write(records, evtxtest.Options{Dirty: true})
		s.write(s.unix(`C:\windows\system32\winevt\Logs\`+strings.ReplaceAll(log, "/", "%4")+".evtx"), text)
	}
}

func writeEvent(to *bytes.Buffer, event exvet.Event) {
	escaped := func(text string) string {
		var b bytes.Buffer
		_ = xml.EscapeText(&b, []byte(text)) // to memory
		return b.String()
	}
	fmt.Fprintf(to, `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='%s'/><EventID Qualifiers='0'>%d</EventID>`+
		`<Level>2</Level><TimeCreated SystemTime='%s'/><EventRecordID>%d</EventRecordID><Channel>%s</Channel><Computer>EX01</Computer><Security/></System><EventData>`,
		escaped(event.Provider), event.ID, event.Time.UTC().Format(time.RFC3339Nano), event.Record, escaped(event.Log))
	for _, text := range event.Strings {
		fmt.Fprintf(to, "<Data>%s</Data>", escaped(text))
	}
	to.WriteString("</EventData></Event>\n")
}
