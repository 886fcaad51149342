package exvet

import "time"

// A Report is what the rules say of one or more servers. Its JSON form is stable and typed by
// report.schema.json. The same snapshots, bundles and clock give the same bytes.
type Report struct {
	Format      int            `json:"format" jsonschema:"enum=1"`
	GeneratedAt time.Time      `json:"generated_at"`
	Exvet       Program        `json:"exvet"`
	Bundles     []Bundle       `json:"bundles"`
	Servers     []ServerReport `json:"servers"`
	Waivers     []WaiverUse    `json:"waivers"` // every one that was given, in order
	Exit        Exit           `json:"exit"`
}

// A Program names the exvet that made a document.
type Program struct {
	Version string `json:"version"`
}

// A Bundle names a set of rules that took part.
type Bundle struct {
	Name     string `json:"name"` // "core", or the root the bundle owns: "org/acme"
	Revision string `json:"revision"`
	Serial   int    `json:"serial"`
	Digest   string `json:"digest"`    // "sha256:..." over its files
	SignedBy string `json:"signed_by"` // key id, "embedded", or "" for a local directory: unsigned

	Settings []Setting `json:"settings"` // what it changes of rules, its own and others'
}

// A Setting is what an organisation changes of rules: how severe they are, or whether they are asked at all.
type Setting struct {
	Rule     string   `json:"rule"`     // id; * stands for any text, ? for one character
	Severity Severity `json:"severity"` // of the rule and of all it finds, or "" to leave it
	Enabled  bool     `json:"enabled"`  // false leaves the rule out
	Reason   string   `json:"reason"`
	Owner    string   `json:"owner"`
	Source   string   `json:"source"` // where it is written: "acme/org/acme/data.yaml:12"
	Rules    []string `json:"rules"`  // ids of the rules it decides
}

// A SkippedRule was not asked.
type SkippedRule struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	By     string `json:"by"`     // "--rule", "--skip-rule", or the bundle whose setting says so
	Reason string `json:"reason"` // of the setting, or ""
}

// An Exit is the verdict on the whole run, as the exit code says it.
type Exit struct {
	Code    int      `json:"code"`
	Reason  string   `json:"reason"`
	FailOn  string   `json:"fail_on"` // lowest severity that makes a finding count, or "never"
	Require []string `json:"require"` // sections that must be complete for exit code 0
}

// A ServerReport is the verdict on one server.
type ServerReport struct {
	Server       ReportedServer     `json:"server"`
	Source       string             `json:"source"` // what was scanned, as the user named it
	Snapshot     SnapshotStamp      `json:"snapshot"`
	Collected    map[string]Section `json:"collected"`
	Summary      Summary            `json:"summary"`
	Results      []Result           `json:"results"`      // sorted by id
	Skipped      []SkippedRule      `json:"skipped"`      // sorted by id
	Integrations []Integration      `json:"integrations"` // worst stance first
	Notes        []string           `json:"notes"`        // what a reader must know of the method: inferred baselines and the like
}

// A ReportedServer names the server as people do: the product with its update.
type ReportedServer struct {
	Name    string   `json:"name"`
	Build   string   `json:"build"`
	Product string   `json:"product"` // "Exchange Server 2019 CU12"
	Roles   []string `json:"roles"`

	ExchangeRoot string `json:"exchange_root"` // folder Exchange is installed in, or ""; people read paths below it
}

// A SnapshotStamp identifies the snapshot that was judged.
type SnapshotStamp struct {
	CollectedAt time.Time `json:"collected_at"`
	SHA256      string    `json:"sha256"` // lower-case hexadecimal, of the snapshot's JSON
}

// A Summary counts rules by status. Coverage is (found + clear + waived) / (rules - not applicable), or 0
// when no rule applies.
type Summary struct {
	Rules         int     `json:"rules"`
	Found         int     `json:"found"`
	Clear         int     `json:"clear"`
	Unknown       int     `json:"unknown"`
	Waived        int     `json:"waived"`
	NotApplicable int     `json:"not_applicable"`
	Error         int     `json:"error"`
	Skipped       int     `json:"skipped"` // left out by --rule, --skip-rule or a setting; not among Rules
	Coverage      float64 `json:"coverage"`
}

// An About is what a rule says of itself in its METADATA.
type About struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Stance      Stance   `json:"stance" jsonschema:"enum=unsupported,enum=review,enum=security,enum=deprecated,enum=supported"`
	Severity    Severity `json:"severity" jsonschema:"enum=critical,enum=high,enum=medium,enum=low,enum=info"`
	Clause      string   `json:"clause" jsonschema:"enum=C1,enum=C2,enum=C3,enum=C4,enum=C5,enum=S,enum=-"`
	Basis       string   `json:"basis" jsonschema:"enum=kb,enum=inference"`
	Needs       []string `json:"needs"` // fact paths: "iis.modules"
	Roles       []string `json:"roles"` // empty: every role
	Since       string   `json:"since"` // first build it is for, or ""
	Until       string   `json:"until"` // last build it is for, or ""
	Remediation string   `json:"remediation"`
	Alternative string   `json:"alternative"`
	Repro       string   `json:"repro"`
	References  []string `json:"references"`
}

// A Result is what one rule says of one server.
type Result struct {
	About

	Status   Status    `json:"status" jsonschema:"enum=error,enum=not_applicable,enum=found,enum=unknown,enum=waived,enum=clear"`
	Error    string    `json:"error"` // why, when Status is "error"
	Missing  []Missing `json:"missing"`
	Findings []Finding `json:"findings"` // sorted by subject

	OwnSeverity Severity `json:"own_severity"` // what the rule says itself, where a setting changed Severity; else ""
}

// A Finding is one thing a rule found.
type Finding struct {
	Subject     string     `json:"subject"`  // short and stable: the key of waivers and differences
	Message     string     `json:"message"`  // one plain sentence with the deciding text
	Severity    Severity   `json:"severity"` // the rule's own, unless the finding says otherwise
	Evidence    []Evidence `json:"evidence"`
	Binary      string     `json:"binary"`      // path key of the file at the centre, or ""
	Integration string     `json:"integration"` // product the rules attribute it to, or ""
	Waiver      *Waiver    `json:"waiver,omitempty"`
}

// An Evidence is the place and the text that decided.
type Evidence struct {
	Ref   string `json:"ref"` // "file:C:\...\web.config:38"
	Value string `json:"value"`
}

// A Waiver says which findings do not count, why, for how long, and who says so. Rule, subject and server are matched without
// regard to case; * stands for any text in them and ? for one character.
type Waiver struct {
	Rule        string `json:"rule"`    // id: "EXV-IIS-030"
	Subject     string `json:"subject"` // of the findings
	Server      string `json:"server"`  // name of the server, or "" for every one
	Reason      string `json:"reason"`
	Owner       string `json:"owner"`
	Expires     string `json:"expires"` // "2026-12-31", valid through that day, UTC
	Ticket      string `json:"ticket"`
	Disposition string `json:"disposition" jsonschema:"enum=accepted,enum=mitigated,enum=false_positive,enum=planned"`
	Source      string `json:"source"` // where it is written: "waivers.yaml:12"
}

// Expired reports whether the waiver's last day is over. A date that is none is over.
func (w Waiver) Expired(now time.Time) bool {
	last, err := time.Parse(time.DateOnly, w.Expires)
	return err != nil || !now.UTC().Before(last.AddDate(0, 0, 1))
}

// DaysLeft is how many days the waiver outlasts today: 0 on its last day, below 0 when it has expired.
func (w Waiver) DaysLeft(now time.Time) int {
	last, err := time.Parse(time.DateOnly, w.Expires)
	if err != nil {
		return -1
	}
	return int(last.Sub(now.UTC().Truncate(24*time.Hour)).Hours() / 24)
}

// A WaiverUse is a waiver with what became of it in a run.
type WaiverUse struct {
	Waiver

	State    WaiverState `json:"state" jsonschema:"enum=used,enum=unused,enum=expired,enum=unknown_rule,enum=undecided"`
	Findings int         `json:"findings"` // it is about, over all servers; those of an expired waiver count again
}

// A WaiverState says whether a waiver is still of use.
type WaiverState string

// The states of a waiver.
const (
	WaiverUsed        WaiverState = "used"         // it is about a finding
	WaiverUnused      WaiverState = "unused"       // its rules answered and found nothing it is about
	WaiverExpired     WaiverState = "expired"      // its last day is over
	WaiverUnknownRule WaiverState = "unknown_rule" // no rule has such an id
	WaiverUndecided   WaiverState = "undecided"    // its rules or servers were not asked, or could not see everything
)

// An Integration is one third-party product, or one file nobody could attribute, and every road it uses.
type Integration struct {
	Vendor     string   `json:"vendor"`
	Product    string   `json:"product"`
	Version    string   `json:"version"`
	Signer     string   `json:"signer"`
	File       string   `json:"file"` // the file that stands for it when no product is known
	Methods    []Method `json:"methods"`
	Stance     Stance   `json:"stance"` // the worst of its methods
	Owner      string   `json:"owner"`
	Confidence string   `json:"confidence"` // of the attribution: "certain", "likely", "unverified" or "none"
}

// A Method is one road an integration uses.
type Method struct {
	Rule    string `json:"rule"`
	Stance  Stance `json:"stance"`
	Subject string `json:"subject"`
}
