package engine

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/exvet/exvet"
)

// header reads what a report repeats of a snapshot.
func header(input ast.Object) (exvet.ServerReport, error) {
	report := exvet.ServerReport{Notes: []string{}, Collected: map[string]exvet.Section{}}
	for _, part := range []struct {
		key  string
		into any
	}{
		{"server", &report.Server}, {"collected", &report.Collected}, {"collected_at", &report.Snapshot.CollectedAt},
	} {
		if term := input.Get(ast.StringTerm(part.key)); term != nil {
			if err := as(term, part.into); err != nil {
				return report, exvet.Refuse("snapshot/format", "%q does not have its form: %w", part.key, err)
			}
		}
	}
	facts, _ := input.Get(ast.StringTerm("facts")).Value.(ast.Object)
	for _, name := range slices.Sorted(maps.Keys(report.Collected)) {
		section := report.Collected[name]
		switch section.Status {
		case exvet.Complete, exvet.Partial:
			// Rules would find nothing in facts that are not there.
			if term := facts.Get(ast.StringTerm(name)); term == nil || !isObject(term) {
				return report, exvet.Refuse("snapshot/format", "section %q is %s and has no facts", name, section.Status)
			}
		case exvet.Failed, exvet.Absent:
		default:
			return report, exvet.Refuse("snapshot/format", "section %q has the unknown status %q", name, section.Status)
		}
		section.Missing = noNull(section.Missing)
		report.Collected[name] = section
	}
	report.Snapshot.CollectedAt = report.Snapshot.CollectedAt.UTC().Truncate(time.Second)
	return report, nil
}

func isObject(term *ast.Term) bool {
	_, ok := term.Value.(ast.Object)
	return ok
}

// as turns a term into a Go value, by way of JSON: for the few small values that are not findings.
func as(term *ast.Term, into any) error {
	plain, err := ast.JSON(term.Value)
	if err != nil {
		return err
	}
	content, err := json.Marshal(plain)
	if err != nil {
		return err
	}
	return util.Unmarshal(content, into)
}

// read takes status and missing facts from the verdict on a rule, and the findings as the rule gives them: the policies
// would drop a malformed one. It refuses what does not have its form.
func read(pair *ast.Term, result *exvet.Result) error {
	both, ok := pair.Value.(*ast.Array)
	if !ok || both.Len() != 2 {
		return fmt.Errorf("answer is %s, not a verdict with findings", ast.ValueName(pair.Value))
	}
	object, ok := both.Elem(0).Value.(ast.Object)
	if !ok {
		return fmt.Errorf("verdict is %s, not an object", ast.ValueName(both.Elem(0).Value))
	}
	if err := sameRule(object, result.About); err != nil {
		return err
	}
	status, err := text(object, "status")
	if err != nil {
		return err
	}
	switch result.Status = exvet.Status(status); result.Status {
	case exvet.NotApplicable, exvet.Found, exvet.Unknown, exvet.Clear:
	default:
		return fmt.Errorf("status is %q", status)
	}
	if missing := object.Get(ast.StringTerm("missing")); missing != nil {
		if err := as(missing, &result.Missing); err != nil {
			return fmt.Errorf("read what is missing: %w", err)
		}
	}
	result.Missing = noNull(result.Missing)
	err = each(both.Elem(1), func(term *ast.Term) error {
		finding, err := readFinding(term, result.Severity)
		result.Findings = append(result.Findings, finding)
		return err
	})
	if err != nil {
		return err
	}
	if err := consistent(*result); err != nil {
		return err
	}
	slices.SortStableFunc(result.Findings, func(a, b exvet.Finding) int {
		return cmp.Or(cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Message, b.Message))
	})
	return nil
}

// consistent refuses a status that its findings or missing facts contradict: it would pass in silence.
func consistent(result exvet.Result) error {
	findings, missing := len(result.Findings), len(result.Missing)
	switch result.Status {
	case exvet.Found:
		if findings > 0 {
			return nil
		}
	case exvet.Unknown:
		if findings == 0 && missing > 0 {
			return nil
		}
	case exvet.Clear:
		if findings == 0 && missing == 0 {
			return nil
		}
	default:
		return nil
	}
	return fmt.Errorf("status is %q with %d findings and %d missing", result.Status, findings, missing)
}

// sameRule refuses an about that says other than the METADATA what the status depends on.
func sameRule(verdict ast.Object, about exvet.About) error {
	for _, want := range []struct {
		key   string
		value *ast.Term
	}{
		{"id", ast.StringTerm(about.ID)}, {"needs", list(about.Needs)}, {"roles", list(about.Roles)},
		{"since", ast.StringTerm(about.Since)}, {"until", ast.StringTerm(about.Until)},
	} {
		if got := verdict.Get(ast.StringTerm(want.key)); got == nil || !got.Equal(want.value) {
			return fmt.Errorf("about.%s differs from METADATA; write about := rule.about(rego.metadata.chain())", want.key)
		}
	}
	return nil
}

func list(texts []string) *ast.Term {
	terms := make([]*ast.Term, len(texts))
	for i, text := range texts {
		terms[i] = ast.StringTerm(text)
	}
	return ast.ArrayTerm(terms...)
}

// readFinding takes one finding; severity is that of its rule.
func readFinding(term *ast.Term, severity exvet.Severity) (exvet.Finding, error) {
	finding := exvet.Finding{Severity: severity, Evidence: []exvet.Evidence{}}
	object, ok := term.Value.(ast.Object)
	if !ok {
		return finding, fmt.Errorf("a finding is %s, not an object", ast.ValueName(term.Value))
	}
	err := object.Iter(func(key, value *ast.Term) error {
		var err error
		name, _ := key.Value.(ast.String)
		switch name {
		case "subject":
			finding.Subject, err = text(object, "subject")
		case "message":
			finding.Message, err = text(object, "message")
		case "binary":
			finding.Binary, err = text(object, "binary")
		case "integration":
			finding.Integration, err = text(object, "integration")
		case "severity":
			var graded string
			graded, err = text(object, "severity")
			finding.Severity = exvet.Severity(graded)
		case "evidence":
			finding.Evidence, err = readEvidence(value)
		default:
			err = fmt.Errorf("unknown key %s", key)
		}
		return err
	})
	switch {
	case err != nil:
	case finding.Subject == "":
		err = errors.New("no subject")
	case finding.Message == "":
		err = errors.New("no message")
	case finding.Severity.Rank() < 0:
		err = fmt.Errorf("severity is %q", finding.Severity)
	}
	if err != nil {
		return finding, fmt.Errorf("malformed finding %s: %w", strconv.Quote(finding.Subject), err)
	}
	return finding, nil
}

func readEvidence(list *ast.Term) ([]exvet.Evidence, error) {
	evidence := []exvet.Evidence{}
	err := each(list, func(term *ast.Term) error {
		object, ok := term.Value.(ast.Object)
		if !ok || object.Len() != 2 {
			return fmt.Errorf("evidence is %s, not {ref, value}", term)
		}
		ref, err := text(object, "ref")
		if err != nil {
			return err
		}
		value, err := text(object, "value")
		evidence = append(evidence, exvet.Evidence{Ref: ref, Value: value})
		return err
	})
	return evidence, err
}

// each calls visit for the members of an array, in order, or of a set, sorted.
func each(term *ast.Term, visit func(*ast.Term) error) error {
	switch list := term.Value.(type) {
	case *ast.Array:
		return list.Iter(visit)
	case ast.Set:
		return list.Iter(visit)
	}
	return fmt.Errorf("%s is not a list", term)
}

func text(object ast.Object, key string) (string, error) {
	term := object.Get(ast.StringTerm(key))
	if term == nil {
		return "", fmt.Errorf("no %s", key)
	}
	value, ok := term.Value.(ast.String)
	if !ok {
		return "", fmt.Errorf("%s is %s, not a string", key, ast.ValueName(term.Value))
	}
	return string(value), nil
}

// noNull puts empty lists where JSON held null.
func noNull(missing []exvet.Missing) []exvet.Missing {
	if missing == nil {
		return []exvet.Missing{}
	}
	for i := range missing {
		if missing[i].Facts == nil {
			missing[i].Facts = []string{}
		}
	}
	return missing
}
