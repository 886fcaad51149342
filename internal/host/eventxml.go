package host

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/exvet/exvet"
)

// Limits of one event as XML.
const (
	maxEventText    = 2 << 20 // bytes
	maxEventDepth   = 32      // of elements
	maxEventStrings = 1024
)

// readEventXML reads an event as the event log service renders it, and the older name its provider may have.
func readEventXML(text string) (event exvet.Event, source string, err error) {
	if len(text) > maxEventText {
		return event, "", fmt.Errorf("an event of more than %d bytes", maxEventText)
	}
	r := eventReader{decoder: xml.NewDecoder(strings.NewReader(strings.Map(xmlRune, text)))}
	for {
		token, err := r.decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return event, "", fmt.Errorf("an event: %w", err)
		}
		if err := r.token(token); err != nil {
			return event, "", err
		}
	}
	if !r.system || len(r.open) > 0 {
		return event, "", errors.New("an event without its system part, or cut off")
	}
	return r.event, r.source, nil
}

// xmlRune replaces what insertion strings may hold and XML may not.
func xmlRune(r rune) rune {
	if r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r != 0xFFFE && r != 0xFFFF && !unicode.Is(unicode.Cs, r) {
		return r
	}
	return unicode.ReplacementChar
}

// An eventReader reads one event, token by token.
type eventReader struct {
	decoder *xml.Decoder
	event   exvet.Event
	source  string
	system  bool // the system part was there
	open    []eventElement
	text    strings.Builder // of the innermost element
}

type eventElement struct {
	name, label string // label is the attribute Name
	parent      bool   // it holds elements
}

func (r *eventReader) token(token xml.Token) error {
	switch token := token.(type) {
	case xml.StartElement:
		if len(r.open) >= maxEventDepth {
			return fmt.Errorf("an event of more than %d levels", maxEventDepth)
		}
		if len(r.open) > 0 {
			r.open[len(r.open)-1].parent = true
		}
		r.open = append(r.open, eventElement{name: token.Name.Local, label: attribute(token, "Name")})
		r.text.Reset()
		if r.in("System") {
			r.attributes(token)
		}
	case xml.EndElement:
		if len(r.open) == 0 || r.open[len(r.open)-1].name != token.Name.Local {
			return fmt.Errorf("an event whose </%s> closes nothing", token.Name.Local)
		}
		closed := r.open[len(r.open)-1]
		err := r.end(closed)
		r.open = r.open[:len(r.open)-1]
		r.text.Reset()
		return err
	case xml.CharData:
		r.text.Write(token)
	case xml.Directive:
		return errors.New("an event with a document type")
	}
	return nil
}

// in reports whether the innermost element lies in a part of the event.
func (r *eventReader) in(part string) bool { return len(r.open) > 2 && r.open[1].name == part }

func attribute(token xml.StartElement, name string) string {
	for _, a := range token.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// attributes reads what the system part holds in attributes.
func (r *eventReader) attributes(token xml.StartElement) {
	r.system = true
	switch token.Name.Local {
	case "Provider":
		r.event.Provider, r.source = attribute(token, "Name"), attribute(token, "EventSourceName")
		if r.event.Provider == "" {
			r.event.Provider = r.source
		}
	case "TimeCreated":
		if at, err := time.Parse(time.RFC3339Nano, attribute(token, "SystemTime")); err == nil {
			r.event.Time = at.UTC()
		}
	case "Execution":
		r.event.PID, _ = strconv.Atoi(attribute(token, "ProcessID")) // 0 is not known
	case "Security":
		r.event.User = attribute(token, "UserID")
	}
}

// end reads what an element held as text.
func (r *eventReader) end(closed eventElement) error {
	text := r.text.String()
	switch {
	case r.in("System"):
		return r.systemValue(closed.name, strings.TrimSpace(text))
	case r.in("EventData") && closed.name == "Binary":
		if text != "" {
			r.event.Data = append(r.event.Data, exvet.EventDatum{Name: closed.name, Value: text})
		}
	case r.in("EventData") && closed.name == "Data" && !closed.parent:
		return r.insert(closed.label, text)
	case (r.in("EventData") || r.in("UserData")) && !closed.parent:
		if closed.label == "" {
			closed.label = closed.name
		}
		return r.insert(closed.label, text)
	}
	return nil
}

func (r *eventReader) systemValue(name, text string) error {
	var err error
	switch name {
	case "EventID":
		r.event.ID, err = strconv.Atoi(text)
	case "Level":
		r.event.Level, err = strconv.Atoi(text)
	case "EventRecordID":
		r.event.Record, err = strconv.ParseUint(text, 10, 64)
	case "Channel":
		r.event.Channel = text
	case "Computer":
		r.event.Computer = text
	}
	if err != nil {
		return fmt.Errorf("an event whose %s is no number", name)
	}
	return nil
}

// insert adds an insertion string.
func (r *eventReader) insert(name, text string) error {
	if len(r.event.Strings) == maxEventStrings {
		return fmt.Errorf("an event of more than %d strings", maxEventStrings)
	}
	r.event.Strings = append(r.event.Strings, text)
	if name != "" {
		r.event.Data = append(r.event.Data, exvet.EventDatum{Name: name, Value: text})
	}
	return nil
}
