package store

import "time"

// An Upload is one report of one server, as it came.
type Upload struct {
	Server   int64
	Decision string // the key together with Server: the same one again is a duplicate
	Kind     string // of package decision
	Base     string // of changes
	Cause    string
	Error    string // of a failure
	After    string // of a failure: the newest report there was before, set when it is stored
	Waiting  bool   // changes whose base has not come: stored, and no more
	Received time.Time
	Scanned  time.Time
	Bundles  string // JSON: revision by name
	Agent    string // version of exvet
	Ring     string
	Body     []byte // gzip of the decision's result
	Look     Look
}

// A Look is what the hub's tables hold of one report.
type Look struct {
	Reported, Product, Build, Roles string
	Rules, Unknown, Failed          int
	Coverage                        float64
	About                           []Rule
	Findings                        []Finding
	Outcomes                        []Outcome
	Gaps                            []Gap
	Integrations                    []Integration
	Waivers                         []Waiver
	Unsure                          map[string]bool // rules whose finding nothing says nothing
}

// A Rule is what reports say of a rule.
type Rule struct {
	ID, Variant string // variant: a digest of the rest
	Title       string
	Stance      int
	Severity    int
	Clause      string
	Remediation string
	Alternative string
}

// A Finding is one thing a rule found on a server.
type Finding struct {
	Rule, Subject    string
	Stance, Severity int
	Clause           string
	Waived           bool
	Integration      string
}

// An Outcome is a rule that did not end clear.
type Outcome struct {
	Rule, Variant    string
	Status           string
	Findings, Waived int
}

// A Gap is a part of a server that was not seen.
type Gap struct{ Section, Scope, Reason, Place, Facts string }

// An Integration is a product on a server.
type Integration struct {
	Title, Vendor, Product, Version, Signer, Owner, Confidence string
	Stance, Methods, Waived                                    int
}

// A Waiver is one that took part in a server's report.
type Waiver struct {
	Rule, Subject, Owner, Reason, Expires, Ticket, Disposition, State string
	Findings                                                          int
}

// A Change is a finding that came, went, or was waived.
type Change struct {
	State            string
	Rule, Subject    string
	Stance, Severity int
	Clause           string
}

// What becomes of findings. The words are those of package diff.
const (
	ChangeNew      = "new"
	ChangeFixed    = "fixed"
	ChangeUnknown  = "unknown" // its rule saw too little to say
	ChangeWaived   = "waived"
	ChangeUnwaived = "unwaived"
)

// totals counts what stands in a row of servers.
type totals struct {
	worst, severity, findings, waived int
	stances                           [6]int // by rank
	clauses                           map[string]int
}

func (l *Look) totals() totals {
	t := totals{clauses: map[string]int{}}
	for _, f := range l.Findings {
		if f.Waived {
			t.waived++
			continue
		}
		t.findings++
		t.stances[f.Stance]++
		t.clauses[f.Clause]++
		if f.Stance > t.worst {
			t.worst, t.severity = f.Stance, f.Severity
		} else if f.Stance == t.worst {
			t.severity = max(t.severity, f.Severity)
		}
	}
	return t
}
