package decision

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/exvet/exvet"
)

// Parts of a report that Mask takes out.
const (
	MaskSubject  = "subject"  // of findings, and what integrations consist of
	MaskMessage  = "message"  // of findings
	MaskEvidence = "evidence" // of findings, and what could not be seen
	MaskServer   = "server"   // the name of the server
)

// Maskable lists the parts of a report that may be masked.
func Maskable() []string { return []string{MaskSubject, MaskMessage, MaskEvidence, MaskServer} }

// masked stands where a text is taken out.
const masked = "(masked)"

// Mask takes parts out of a report. A subject becomes its kind and a keyed hash: the same each time, so that changes are seen,
// and nothing to anybody without the key.
func Mask(report *exvet.Report, parts []string, key []byte) {
	if len(parts) == 0 {
		return
	}
	m := mask{parts: parts, key: key}
	for i := range report.Servers {
		server := &report.Servers[i]
		m.one(MaskServer, &server.Server.Name)
		for j := range server.Results {
			m.result(&server.Results[j])
		}
		for name, section := range server.Collected {
			m.missing(section.Missing)
			server.Collected[name] = section
		}
		for j := range server.Integrations {
			m.integration(&server.Integrations[j])
		}
		if slices.Contains(parts, MaskEvidence) {
			server.Notes = []string{}
		}
	}
	report.Differences = nil
}

type mask struct {
	parts []string
	key   []byte
}

func (m mask) result(result *exvet.Result) {
	m.missing(result.Missing)
	if slices.Contains(m.parts, MaskMessage) && result.Error != "" {
		result.Error = masked
	}
	for i := range result.Findings {
		finding := &result.Findings[i]
		m.subject(&finding.Subject)
		m.one(MaskSubject, &finding.Binary)
		if slices.Contains(m.parts, MaskMessage) {
			finding.Message = masked
		}
		if slices.Contains(m.parts, MaskEvidence) {
			finding.Evidence = []exvet.Evidence{}
		}
	}
}

func (m mask) missing(all []exvet.Missing) {
	if !slices.Contains(m.parts, MaskEvidence) {
		return
	}
	for i := range all {
		all[i].Reason, all[i].Scope, all[i].File, all[i].Line = masked, "", "", 0
	}
}

func (m mask) integration(i *exvet.Integration) {
	m.one(MaskSubject, &i.File)
	for _, list := range [][]string{i.Folders, i.Files, i.Services, i.Modules, i.Agents, i.Registry} {
		for j := range list {
			m.one(MaskSubject, &list[j])
		}
	}
	for j := range i.Methods {
		m.subject(&i.Methods[j].Subject)
	}
}

// subject leaves the kind: "pool:NAME" becomes "pool:" and a hash.
func (m mask) subject(text *string) {
	kind, rest, ok := strings.Cut(*text, ":")
	if !ok {
		m.one(MaskSubject, text)
		return
	}
	m.one(MaskSubject, &rest)
	*text = kind + ":" + rest
}

func (m mask) one(part string, text *string) {
	if *text == "" || !slices.Contains(m.parts, part) {
		return
	}
	hash := hmac.New(sha256.New, m.key)
	hash.Write([]byte(*text))
	*text = hex.EncodeToString(hash.Sum(nil)[:8])
}
