package exvet

import "time"

// An Event is one record of an event log, without the sentence that message files make of it. Its JSON form is
// that of exvet/events/*.json: an array of these objects, in any order, where every field but log, provider and id
// may be left out.
type Event struct {
	Log      string       `json:"log"`    // it lies in: "Application", "Microsoft-Windows-IIS-Configuration/Operational"
	Record   uint64       `json:"record"` // number in the file of its log; a forwarded or exported event has another where it came from
	Time     time.Time    `json:"time"`   // UTC; the zero time is not known
	Provider string       `json:"provider"`
	ID       int          `json:"id"`    // without qualifiers
	Level    int          `json:"level"` // 1 critical, 2 error, 3 warning, 4 information, 5 verbose, 0 always
	Channel  string       `json:"channel"`
	Computer string       `json:"computer"`
	User     string       `json:"user"`    // SID, or ""
	PID      int          `json:"pid"`     // process that wrote it, 0 for the classic providers, which do not say
	Strings  []string     `json:"strings"` // insertion strings in order, names left out
	Data     []EventDatum `json:"data"`    // those that have a name, in order
}

// An EventDatum is a value of an Event that its provider gave a name.
type EventDatum struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// An EventQuery says which events of one log are wanted. An empty list wants all.
type EventQuery struct {
	Log       string   // name of the log, in any case
	Providers []string // by name or by the older source name, in any case
	IDs       []int
	Since     time.Time // none before it

	// Seen, where it is not nil, is told what each file of the log holds once it was read to its end: what
	// was wanted and the rest.
	Seen func(EventLog)
}

// An EventLog is what one file of a log holds, and how much of it could be read.
type EventLog struct {
	Log           string
	File          string // Windows path, or the name of a file below exvet/events
	Records       int    // in their place, wanted or not
	Recovered     int    // found behind damage, beside Records
	OldestRecord  uint64
	NewestRecord  uint64
	Oldest        time.Time // zero where there is no record
	Newest        time.Time
	Dirty         bool     // it was not closed: the copy was taken while it was in use
	Unreadable    int      // records whose content is damaged or beyond a limit
	Chunks        int      // of 64 KiB, in use
	DamagedChunks int      // chunks with a wrong checksum, a damaged header or damaged records, and blocks that are none
	Skipped       int64    // bytes in which records may have been lost
	Notes         []string // what was odd, at most a few
}
