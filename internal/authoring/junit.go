package authoring

import (
	"encoding/xml"
	"fmt"
	"strings"
)

type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string       `xml:"classname,attr"`
	Name    string       `xml:"name,attr"`
	File    string       `xml:"file,attr"`
	Line    int          `xml:"line,attr"`
	Time    string       `xml:"time,attr"`
	Failure *junitReason `xml:"failure,omitempty"`
	Error   *junitReason `xml:"error,omitempty"`
	Skipped *junitReason `xml:"skipped,omitempty"`
	Output  string       `xml:"system-out,omitempty"`
}

type junitReason struct {
	Message string `xml:"message,attr,omitempty"`
}

// JUnit is the tests as JUnit's XML: a suite a package, a case a test or row of a table.
func (t *Tested) JUnit() ([]byte, error) {
	suites := junitSuites{}
	for _, test := range t.Tests {
		last := len(suites.Suites) - 1
		if last < 0 || suites.Suites[last].Name != test.Package {
			suites.Suites = append(suites.Suites, junitSuite{Name: test.Package})
			last++
		}
		suite := &suites.Suites[last]
		for i, one := range test.junit() {
			if i > 0 {
				one.Time = seconds(0) // a table has one duration
			}
			suite.add(one)
		}
	}
	for i := range suites.Suites {
		suites.Suites[i].Time = seconds(t.took(suites.Suites[i].Name))
	}
	content, err := xml.MarshalIndent(suites, "", "  ")
	return append([]byte(xml.Header), append(content, '\n')...), err
}

func (t *Tested) took(suite string) (total float64) {
	for _, test := range t.Tests {
		if test.Package == suite {
			total += test.Seconds
		}
	}
	return total
}

func (s *junitSuite) add(one junitCase) {
	s.Tests++
	switch {
	case one.Failure != nil:
		s.Failures++
	case one.Error != nil:
		s.Errors++
	case one.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, one)
}

func (r TestResult) junit() []junitCase {
	whole := junitCase{
		Class: r.Package, Name: r.Name, File: r.File, Line: r.Line, Time: seconds(r.Seconds), Output: strings.ToValidUTF8(r.Output, "\uFFFD"),
	}
	switch r.Outcome {
	case skipped:
		whole.Skipped = &junitReason{}
	case broken:
		whole.Error = &junitReason{Message: r.Error}
	case failed:
		whole.Failure = &junitReason{Message: fmt.Sprintf("%s:%d: %s", r.File, r.Line, verb(r))}
	}
	if len(r.Cases) == 0 || r.Outcome == broken {
		return []junitCase{whole}
	}
	var cases []junitCase
	for i, row := range r.Cases {
		one := whole
		one.Name, one.Failure = fmt.Sprintf("%s[%s]", r.Name, row.Name), nil
		if row.Fail {
			one.Failure = &junitReason{Message: fmt.Sprintf("%s:%d: fails for %s", r.File, r.Line, row.Name)}
		}
		if i > 0 {
			one.Output = ""
		}
		cases = append(cases, one)
	}
	return cases
}

func seconds(s float64) string { return fmt.Sprintf("%.6f", s) }
