package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/exvet/exvet"
)

// The JUnit form of a report: a suite a server, a test case a rule. A finding that counts fails its rule. A
// rule whose answer was required and is unknown is an error, so that nothing passes unseen; another unknown
// rule is skipped, with the reason, as is one that was left out.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Hostname   string          `xml:"hostname,attr"`
		Timestamp  string          `xml:"timestamp,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Classname string        `xml:"classname,attr"`
		Name      string        `xml:"name,attr"`
		Time      string        `xml:"time,attr"`
		Failure   *junitOutcome `xml:"failure"`
		Error     *junitOutcome `xml:"error"`
		Skipped   *junitOutcome `xml:"skipped"`
		Out       *junitText    `xml:"system-out"`
	}
	junitOutcome struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",cdata"`
	}
	junitText struct {
		Text string `xml:",cdata"`
	}
)

func writeJUnit(w io.Writer, r *exvet.Report, _ Options) error {
	all := junitSuites{Name: "exvet"}
	names := serverNames(r)
	for i := range r.Servers {
		suite := junitServer(&r.Servers[i], names[i], r.Exit)
		for _, n := range changedRules(r) {
			suite.Properties = append(suite.Properties, junitProperty{"setting", Safe(n.word + ": " + n.text)})
		}
		for _, n := range idleWaivers(r) {
			suite.Properties = append(suite.Properties, junitProperty{"waiver", Safe(n.word + ": " + n.text)})
		}
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		all.Errors += suite.Errors
		all.Skipped += suite.Skipped
		all.Suites = append(all.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func junitServer(s *exvet.ServerReport, name string, exit exvet.Exit) junitSuite {
	suite := junitSuite{
		Name: name, Hostname: Safe(s.Server.Name), Timestamp: s.Snapshot.CollectedAt.UTC().Format(time.RFC3339),
		Tests: len(s.Results) + len(s.Skipped), Time: "0",
		Properties: []junitProperty{
			{"source", Safe(s.Source)}, {"product", Safe(s.Server.Product)}, {"build", Safe(s.Server.Build)},
			{"coverage", percent(s.Summary.Coverage)}, {"snapshot_sha256", Safe(s.Snapshot.SHA256)},
		},
	}
	if left := leftOut(s); left != "" {
		suite.Properties = append(suite.Properties, junitProperty{"what_if", Safe(left)})
		suite.Name += " (" + Safe(left) + ")"
	}
	for _, result := range s.Results {
		c := junitRule(name, result, exit)
		switch {
		case c.Failure != nil:
			suite.Failures++
		case c.Error != nil:
			suite.Errors++
		case c.Skipped != nil:
			suite.Skipped++
		}
		suite.Cases = append(suite.Cases, c)
	}
	for _, rule := range s.Skipped {
		suite.Skipped++
		suite.Cases = append(suite.Cases, junitCase{Classname: name + "." + Safe(rule.ID), Name: Safe(rule.ID + " " + rule.Title), Time: "0",
			Skipped: &junitOutcome{Message: Safe(whoSkipped(rule))}})
	}
	return suite
}

func junitRule(server string, result exvet.Result, exit exvet.Exit) junitCase {
	c := junitCase{Classname: server + "." + Safe(result.ID), Name: Safe(result.ID + " " + result.Title), Time: "0"}
	stance := Safe(string(result.Stance))
	switch {
	case exit.Counts(result):
		c.Failure = &junitOutcome{count(len(result.Findings), "finding") + ": " + stance, stance, junitFindings(result)}
	case result.Status == exvet.Error:
		c.Error = &junitOutcome{"the rule failed", "error", Safe(result.Error)}
	case result.Status == exvet.Unknown && exit.LeavesOpen(result):
		c.Error = &junitOutcome{"unknown: required facts were not seen", "unknown", junitMissing(result)}
	case result.Status == exvet.Unknown:
		c.Skipped = &junitOutcome{"unknown: " + Safe(firstMissing(result)), "", junitMissing(result)}
	case result.Status == exvet.Waived:
		c.Skipped = &junitOutcome{"waived: each finding is covered by a waiver", "", junitFindings(result)}
	case result.Status == exvet.NotApplicable:
		c.Skipped = &junitOutcome{Message: "not for this server"}
	}
	if c.Failure == nil && c.Skipped == nil && len(result.Findings) > 0 {
		c.Out = &junitText{junitFindings(result)} // a supported integration, or below --fail-on
	}
	return c
}

// junitFindings lists findings in lines of their own.
func junitFindings(result exvet.Result) string {
	var b strings.Builder
	for _, f := range result.Findings {
		fmt.Fprintf(&b, "%s: %s\n", Safe(string(f.Severity)), Safe(f.Message))
		for _, e := range f.Evidence {
			fmt.Fprintf(&b, "    %s: %s\n", Safe(e.Ref), Safe(e.Value))
		}
		if f.Waiver != nil {
			fmt.Fprintf(&b, "    %s\n", Safe(waiverLine(f.Waiver)))
		}
	}
	if result.Alternative != "" {
		fmt.Fprintf(&b, "instead: %s\n", Safe(result.Alternative))
	}
	return b.String()
}

func junitMissing(result exvet.Result) string {
	var b strings.Builder
	for _, m := range result.Missing {
		fmt.Fprintf(&b, "%s: %s\n", Safe(strings.Join(m.Facts, ", ")), Safe(m.Error()))
	}
	return b.String()
}

func firstMissing(result exvet.Result) string {
	if len(result.Missing) == 0 {
		return "facts were not seen"
	}
	return result.Missing[0].Error()
}
