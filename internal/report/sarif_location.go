package report

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/exvet/exvet"
)

// sarifLocations gives a finding one location, its first evidence that is a file or else its first, and the
// others as related ones.
func sarifLocations(f exvet.Finding) (main, related []sarifLocation) {
	first := 0
	for i, e := range f.Evidence {
		if strings.HasPrefix(e.Ref, "file:") {
			first = i
			break
		}
	}
	if len(f.Evidence) == 0 {
		ref := f.Subject
		if ref == "" {
			ref = "server"
		}
		return []sarifLocation{{Physical: sarifPlace(ref, 0), Logical: []sarifLogical{{Safe(f.Subject)}}}}, nil
	}
	for i, e := range f.Evidence {
		at := sarifEvidence(e)
		if i == first {
			main = append(main, at)
			continue
		}
		at.ID = len(related) + 1
		at.Message = &sarifMessage{sarifText(e.Value).Text}
		related = append(related, at)
	}
	return main, related
}

func sarifEvidence(e exvet.Evidence) sarifLocation {
	path, line := splitLine(e.Ref)
	at := sarifLocation{Physical: sarifPlace(path, line), Logical: []sarifLogical{{Safe(e.Ref)}}}
	if at.Physical.Region != nil && e.Value != "" {
		at.Physical.Region.Snippet = &sarifMessage{Safe(e.Value)}
	}
	return at
}

// splitLine parts "file:C:\x.config:38" into the file and 38. A reference without a line has line 0.
func splitLine(ref string) (string, int) {
	if at := strings.LastIndexByte(ref, ':'); at > len("file:") && strings.HasPrefix(ref, "file:") {
		if line, err := strconv.Atoi(ref[at+1:]); err == nil && line > 0 {
			return ref[:at], line
		}
	}
	return ref, 0
}

// sarifPlace is a reference as a URI: a file as one of the server's disk, "file:///C:/x.config", and anything
// else as a path, "registry/HKLM/SOFTWARE/...". A line is a region.
func sarifPlace(ref string, line int) *sarifPhysical {
	place := &sarifPhysical{Artifact: sarifArtifact{uri(ref)}}
	if line > 0 {
		place.Region = &sarifRegion{StartLine: line}
	}
	return place
}

func uri(ref string) string {
	if path, ok := strings.CutPrefix(ref, "file:"); ok {
		slashed := strings.ReplaceAll(path, `\`, "/")
		if share, ok := strings.CutPrefix(slashed, "//"); ok {
			host, rest, _ := strings.Cut(share, "/")
			return "file://" + url.PathEscape(host) + "/" + escapePath(rest)
		}
		if len(slashed) >= 2 && slashed[1] == ':' {
			return "file:///" + slashed[:1] + ":" + escapePath(slashed[2:])
		}
		return "file:///" + escapePath(strings.TrimPrefix(slashed, "/"))
	}
	kind, rest, _ := strings.Cut(ref, ":")
	return escapePath(kind) + "/" + escapePath(strings.ReplaceAll(rest, `\`, "/"))
}

// escapePath keeps the slashes and percent-encodes whatever else a path of a URI does not hold.
func escapePath(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		parts[i] = strings.ReplaceAll(url.PathEscape(part), ":", "%3A")
	}
	return strings.Join(parts, "/")
}
