package capture

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/host"
	"github.com/exvet/exvet/internal/redact"
)

// events writes the events that were wanted, a file for each log.
func (w *writer) events() error {
	files := map[string][]json.RawMessage{}
	written := map[string]int{} // query that wrote an event, by its text
	for number, query := range w.queries() {
		log := strings.ToLower(query.index.Log)
		for _, event := range query.events {
			if !w.options.Unredacted {
				event = cleanEvent(event)
			}
			event.Log = query.index.Log
			text, err := json.Marshal(event)
			if err != nil {
				continue // a time no one can write
			}
			if by, known := written[string(text)]; known && by != number {
				continue // wanted by two queries
			}
			written[string(text)] = number
			files[log] = append(files[log], text)
		}
		if files[log] == nil {
			files[log] = []json.RawMessage{}
		}
	}
	for _, log := range slices.Sorted(maps.Keys(files)) {
		var b bytes.Buffer
		b.WriteString("[")
		for i, event := range files[log] {
			if i > 0 {
				b.WriteString(",")
			}
			b.WriteString("\n")
			b.Write(event)
		}
		b.WriteString("\n]\n")
		if err := w.add("exvet/events/"+strings.NewReplacer("/", "_", `\`, "_").Replace(log)+".json", &b); err != nil {
			return err
		}
	}
	return nil
}

// queries gives the queries in a fixed order: collectors ask side by side.
func (w *writer) queries() []*recordedQuery {
	return slices.SortedStableFunc(slices.Values(w.recorder.queries), func(a, b *recordedQuery) int {
		return strings.Compare(keyOf(a.index), keyOf(b.index))
	})
}

func keyOf(query host.IndexQuery) string {
	return fmt.Sprint(strings.ToLower(query.Log), query.Providers, query.IDs, query.Since.Unix())
}

// processes writes the processes that ran.
func (w *writer) processes() error {
	if !w.recorder.asked || errors.Is(w.recorder.listed, exvet.ErrNoEvidence) {
		return nil
	}
	list := slices.Clone(w.recorder.processes)
	if list == nil {
		list = []exvet.Process{}
	}
	slices.SortFunc(list, func(a, b exvet.Process) int { return a.PID - b.PID })
	if !w.options.Unredacted {
		for i := range list {
			list[i].CommandLine = redact.Text(list[i].CommandLine)
			list[i].Unreadable = redact.Text(list[i].Unreadable)
		}
	}
	return w.json("exvet/processes.json", list)
}

// index writes what was asked, and what the server answered.
func (w *writer) index() error {
	r := w.recorder
	index := host.Index{
		Format: 1, Live: r.host.Kind() == exvet.LiveHost, Unredacted: w.options.Unredacted,
		Folders: []host.IndexFolder{}, Files: []host.IndexFile{}, Keys: []host.IndexKey{}, Queries: []host.IndexQuery{}, Logs: []host.IndexLog{},
	}
	for _, key := range slices.Sorted(maps.Keys(r.folders)) {
		folder := r.folders[key]
		folder.Entries = slices.DeleteFunc(slices.Clone(folder.Entries), func(entry host.IndexFile) bool {
			return w.catalogs.dropped[key+"/"+strings.ToLower(entry.Name)]
		})
		index.Folders = append(index.Folders, folder)
	}
	for _, key := range slices.Sorted(maps.Keys(r.files)) {
		if !w.catalogs.dropped[key] {
			index.Files = append(index.Files, r.files[key])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(r.keys)) {
		index.Keys = append(index.Keys, r.keys[key].index)
	}
	index.Services = r.services
	for _, key := range slices.Sorted(maps.Keys(r.verdicts)) {
		index.Verdicts = append(index.Verdicts, r.verdicts[key])
	}
	for number, query := range w.queries() {
		index.Queries = append(index.Queries, query.index)
		for _, log := range query.logs {
			index.Logs = append(index.Logs, host.IndexLog{EventLog: log, Query: number})
		}
	}
	if err := r.listed; err != nil && !errors.Is(err, exvet.ErrNoEvidence) {
		index.Processes = stateOf(err)
	}
	return w.json("exvet/index.json", index)
}
