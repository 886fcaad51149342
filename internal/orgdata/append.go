package orgdata

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/jsonnet"
)

// Append gives the text of a YAML file of waivers with one more at its end; the rest of the text stays as it is, comments too.
// A file that does not exist is begun. What cannot be written to safely is an exvet.Refusal.
func Append(file string, waiver exvet.Waiver) ([]byte, error) {
	if ext := strings.ToLower(filepath.Ext(file)); ext != ".yaml" && ext != ".yml" {
		return nil, exvet.Refuse("waiver/not-yaml", "%s is no YAML file; name a .yaml file, or write the entry into it by hand", file)
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return append([]byte("waivers:\n"), entry(waiver, "  ")...), nil
	}
	if err != nil {
		return nil, exvet.Refuse(badWaiver, "read %q: %w", file, err)
	}
	before, err := ReadWaivers(file, jsonnet.Options{})
	if err != nil {
		return nil, err
	}
	if at := slices.IndexFunc(before, func(w exvet.Waiver) bool { return sameKey(w, waiver) }); at >= 0 {
		return nil, exvet.Refuse("waiver/repeated", "%s waives the same rule, subject and server; change that entry", before[at].Source)
	}
	longer, ok := grow(text, waiver)
	if !ok || !holds(longer, append(before, waiver)) {
		return nil, exvet.Refuse("waiver/layout", "%s: the list of waivers is not laid out one entry below the other; write the entry into it by hand", file)
	}
	return longer, nil
}

func sameKey(a, b exvet.Waiver) bool {
	return strings.EqualFold(a.Rule, b.Rule) && strings.EqualFold(a.Subject, b.Subject) && strings.EqualFold(a.Server, b.Server)
}

// grow puts an entry behind the last line, in the indent of those before.
func grow(text []byte, waiver exvet.Waiver) ([]byte, bool) {
	var document yaml.Node
	if yaml.Unmarshal(text, &document) != nil || len(document.Content) != 1 || len(document.Content[0].Content) != 2 {
		return nil, false
	}
	list, indent := document.Content[0].Content[1], "  "
	grown := slices.Clone(text)
	switch {
	case list.Style&yaml.FlowStyle == 0 && len(list.Content) > 0:
		indent = strings.Repeat(" ", list.Column-1)
	case len(list.Content) == 0 && list.Kind == yaml.SequenceNode:
		// waivers: []
		start := 0
		for range list.Line - 1 {
			start += bytes.IndexByte(grown[start:], '\n') + 1
		}
		open := start + bytes.IndexByte(grown[start:], '[')
		end := open + bytes.IndexByte(grown[open:], ']')
		if open < start || end < open {
			return nil, false
		}
		grown = append(bytes.TrimRight(grown[:open:open], " "), grown[end+1:]...)
	case list.Kind == yaml.ScalarNode && list.ShortTag() == "!!null":
	default:
		return nil, false
	}
	if len(grown) > 0 && grown[len(grown)-1] != '\n' {
		grown = append(grown, '\n')
	}
	return append(grown, entry(waiver, indent)...), true
}

// entry writes one waiver as a member of a list.
func entry(waiver exvet.Waiver, indent string) []byte {
	mapping := &yaml.Node{Kind: yaml.MappingNode}
	for i, value := range []string{waiver.Rule, waiver.Subject, waiver.Server, waiver.Reason, waiver.Owner, waiver.Expires, waiver.Ticket, waiver.Disposition} {
		if value == "" {
			continue
		}
		scalar := &yaml.Node{}
		scalar.SetString(value)
		if waiverKeys[i] == "expires" {
			scalar.Tag = "!!timestamp" // written without quotes
		}
		mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: waiverKeys[i]}, scalar)
	}
	text, err := yaml.Marshal(mapping)
	if err != nil {
		return nil // what was written is read again
	}
	var b bytes.Buffer
	for i, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		lead := "  "
		if i == 0 {
			lead = "- "
		}
		if line != "" {
			b.WriteString(indent + lead + line)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// holds reports whether a text says what is wanted, in order.
func holds(text []byte, want []exvet.Waiver) bool {
	var document struct{ Waivers []map[string]string }
	if yaml.Unmarshal(text, &document) != nil || len(document.Waivers) != len(want) {
		return false
	}
	return slices.EqualFunc(document.Waivers, want, func(got map[string]string, w exvet.Waiver) bool {
		return got["rule"] == w.Rule && got["subject"] == w.Subject && got["server"] == w.Server &&
			strings.TrimSpace(got["reason"]) == strings.TrimSpace(w.Reason) && got["owner"] == w.Owner && got["expires"] == w.Expires
	})
}
