package orgdata

import (
	"slices"
	"strings"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/jsonnet"
)

const badWaiver = "waiver/malformed"

// waiverKeys are the keys of a waiver.
var waiverKeys = [...]string{"rule", "subject", "server", "reason", "owner", "expires", "ticket", "disposition"}

// ReadWaivers reads a file of waivers, {"waivers": [...]} in YAML, JSON or Jsonnet. One that does not keep to the form is an
// exvet.Refusal with file and line.
func ReadWaivers(file string, options jsonnet.Options) ([]exvet.Waiver, error) {
	value, source, err := Read(badWaiver, file, options)
	if err != nil {
		return nil, err
	}
	r := &reader{source: source, reason: badWaiver}
	top := r.object("", value, "a file of waivers", "waivers")
	if _, ok := top.fields["waivers"]; !ok {
		r.refuse("", "no waivers; write the entries below \"waivers:\"")
	}
	waivers := r.waivers("/waivers", top.fields["waivers"])
	return waivers, r.err
}

// Waivers reads the waivers a bundle holds at a pointer of its data.
func Waivers(source Source, pointer string, value any) ([]exvet.Waiver, error) {
	r := &reader{source: source, reason: badWaiver}
	waivers := r.waivers(pointer, value)
	return waivers, r.err
}

func (r *reader) waivers(pointer string, value any) []exvet.Waiver {
	waivers, first := []exvet.Waiver{}, map[string]string{}
	r.list(pointer, value, "waivers", func(pointer string, member any) {
		waiver := r.waiver(pointer, member)
		key := strings.ToLower(waiver.Rule + "\x00" + waiver.Subject + "\x00" + waiver.Server)
		if other, ok := first[key]; ok {
			r.refuse(pointer, "repeats the entry at %s: the same rule, subject and server; keep one of them", r.source.where(other))
		}
		first[key] = pointer
		waivers = append(waivers, waiver)
	})
	return waivers
}

func (r *reader) waiver(pointer string, value any) exvet.Waiver {
	entry := r.object(pointer, value, "a waiver", waiverKeys[:]...)
	waiver := exvet.Waiver{
		Rule: entry.text("rule", true), Subject: entry.text("subject", true), Server: entry.text("server", false),
		Reason: entry.text("reason", true), Owner: entry.text("owner", true), Expires: entry.text("expires", true),
		Ticket: entry.text("ticket", false), Disposition: entry.oneOf("disposition", "accepted", Dispositions()...),
		Source: r.source.where(pointer),
	}
	if err := CheckDate(waiver.Expires); r.err == nil && err != nil {
		r.refuse(below(pointer, "expires"), "expires %s", err)
	}
	return waiver
}

// Dispositions lists what a waiver may say of what was found.
func Dispositions() []string { return []string{"accepted", "mitigated", "false_positive", "planned"} }

// CheckDisposition refuses a text that is no disposition; name is what it was given as.
func CheckDisposition(name, text string) error {
	if !slices.Contains(Dispositions(), text) {
		return exvet.Refuse("usage/waiver", "%s %q is not one of %s", name, text, strings.Join(Dispositions(), ", "))
	}
	return nil
}

// CheckDate refuses a text that is no day.
func CheckDate(text string) error {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return dateError(text)
	}
	return nil
}

type dateError string

func (e dateError) Error() string {
	return "\"" + string(e) + "\" is no date; write it as 2026-12-31"
}
