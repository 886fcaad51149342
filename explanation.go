package exvet

// An Explanation is why a rule found something on a server, or did not: what it needed, where its conditions stopped holding,
// and the values it saw there. It is bounded, whatever the rule and the server.
type Explanation struct {
	Server ReportedServer `json:"server"`
	Source string         `json:"source"` // what was scanned, as the user named it
	Result Result         `json:"result"`
	Bundle string         `json:"bundle"`
	File   string         `json:"file"` // of the rule
	Line   int            `json:"line"`
	Needs  []Need         `json:"needs"`
	Steps  []Step         `json:"steps"` // in the order of lines
	Notes  []Note         `json:"notes"` // what the rule printed, in order
	Cut    []string       `json:"cut"`   // what was left out, in words
}

// A Need is a fact a rule reads, and how much of it was seen.
type Need struct {
	Facts   string    `json:"facts"` // "iis.modules"
	Rows    int       `json:"rows"`  // of a table; -1 for a fact that is none, or is not there
	Value   string    `json:"value"` // of a fact that is no table
	Missing []Missing `json:"missing"`
}

// A Step is one line of a rule: how often it was tried, how often it held, and what it saw when it did not.
type Step struct {
	File   string   `json:"file"`
	Line   int      `json:"line"`
	Text   string   `json:"text"` // of the line
	Tried  int      `json:"tried"`
	Held   int      `json:"held"`
	Failed []string `json:"failed"` // the values of the first times it did not hold
}

// A Note is what a rule said by print or trace.
type Note struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
}
