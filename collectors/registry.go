package collectors

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/redact"
)

// Limits of what the registry may put into a snapshot.
const (
	maxText = 4096   // characters of one text
	maxRows = 20_000 // rows of one section
)

// A registryReader reads keys for one section and remembers what it could not see.
type registryReader struct {
	ctx      context.Context
	registry exvet.Registry
	section  string
	gaps     []exvet.Gap
	seen     bool // a key was there, or known not to be
	rows     int
}

func newRegistryReader(ctx context.Context, host exvet.Host, section string) *registryReader {
	return &registryReader{ctx: ctx, registry: host.Registry(), section: section}
}

// copyHives says what to do about a registry that is not in the evidence.
const copyHives = `the registry is not in the evidence: copy %s with its .LOG1 and .LOG2, or put a reg export into exvet\registry`

// key opens a key whose absence is a fact. What cannot be seen leaves tables of the section open; nil is no key.
func (r *registryReader) key(path string, tables ...string) *exvet.RegistryKey {
	return r.scoped(path, "", tables...)
}

// scoped is key for what leaves only a part of a table open.
func (r *registryReader) scoped(path, scope string, tables ...string) *exvet.RegistryKey {
	key, err := r.registry.Key(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.leaveOpen(path, scope, err, tables)
	}
	r.seen = r.seen || !errors.Is(err, exvet.ErrNoEvidence)
	return key
}

func (r *registryReader) leaveOpen(path, scope string, err error, tables []string) {
	missing := exvet.Missing{Reason: err.Error()}
	if errors.Is(err, exvet.ErrNoEvidence) {
		missing.Reason = fmt.Sprintf(copyHives, hiveOf(path))
	} else {
		errors.As(err, &missing)
	}
	missing.Scope, missing.Facts = scope, []string{}
	same := slices.IndexFunc(r.gaps, func(g exvet.Gap) bool {
		return g.Scope == scope && g.Reason == missing.Reason && g.File == missing.File
	})
	if same < 0 {
		same = len(r.gaps)
		r.gaps = append(r.gaps, exvet.Gap{Missing: missing, Cause: err})
	}
	for _, table := range tables {
		if facts := r.section + "." + table; !slices.Contains(r.gaps[same].Facts, facts) {
			r.gaps[same].Facts = append(r.gaps[same].Facts, facts)
		}
	}
}

// hiveOf names the file a key lies in.
func hiveOf(path string) string {
	upper := strings.ToUpper(path) + `\`
	for _, hive := range [][2]string{
		{`HKLM\SYSTEM\`, `Windows\System32\config\SYSTEM`},
		{`HKLM\SOFTWARE\`, `Windows\System32\config\SOFTWARE`},
		{`HKU\S-1-5-18\`, `Windows\System32\config\DEFAULT`},
		{`HKU\S-1-5-19\`, `Windows\ServiceProfiles\LocalService\NTUSER.DAT`},
		{`HKU\S-1-5-20\`, `Windows\ServiceProfiles\NetworkService\NTUSER.DAT`},
	} {
		if strings.HasPrefix(upper, hive[0]) {
			return hive[1]
		}
	}
	return "NTUSER.DAT of the account's profile"
}

// row counts one more row of the section, and reports false when there are too many or time is up.
func (r *registryReader) row() bool {
	if r.ctx.Err() != nil {
		return false
	}
	if r.rows++; r.rows > maxRows {
		r.leaveOpen("", "", fmt.Errorf("more than %d rows", maxRows), nil)
		return false
	}
	return true
}

// done gives everything that was not seen.
func (r *registryReader) done() error {
	failed := []error{r.ctx.Err()}
	for _, found := range r.gaps {
		if len(found.Facts) == 0 {
			found.Facts = []string{r.section}
		}
		slices.Sort(found.Facts)
		failed = append(failed, found)
	}
	return errors.Join(failed...)
}

// absent words, for the whole section, that the evidence held none of the keys that were asked for; nil where it did.
func (r *registryReader) absent() error {
	if r.seen || r.ctx.Err() != nil {
		return nil
	}
	return exvet.Gap{Missing: exvet.Missing{
		Facts:  []string{r.section},
		Reason: fmt.Sprintf(copyHives, `Windows\System32\config\SYSTEM, SOFTWARE and DEFAULT, each`),
	}, Cause: exvet.ErrNoEvidence}
}

// A view is one of the two ways programs see the registry.
type view struct {
	name string // "64" or "32"
	path string
}

// views gives a key as 64-bit and as 32-bit programs see it.
func views(path string) []view {
	found := []view{{"64", path}}
	if narrow, ok := exvet.View32(path); ok {
		found = append(found, view{"32", narrow})
	}
	return found
}

// number gives a number, also where it is written as text.
func number(key *exvet.RegistryKey, name string) (uint64, bool) {
	value, ok := key.Value(name)
	if !ok {
		return 0, false
	}
	if n, ok := value.Number(); ok {
		return n, true
	}
	var n uint64
	if _, err := fmt.Sscan(value.Text(), &n); err != nil { // "0x1" is read, too
		return 0, false
	}
	return n, true
}

// valueRef names a value of a key.
func valueRef(key *exvet.RegistryKey, name string) string { return key.Path + "!" + name }

// shortened bounds a text and takes out secrets.
func shortened(text string) string {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	return redact.Text(text)
}

func shortenedAll(texts []string) []string {
	const most = 200
	short := make([]string, 0, min(len(texts), most))
	for _, text := range texts[:min(len(texts), most)] {
		short = append(short, shortened(text))
	}
	return short
}

// sorted gives the names of the keys below one, in a stable order.
func sorted(key *exvet.RegistryKey) []string {
	if key == nil {
		return nil
	}
	return slices.SortedFunc(slices.Values(key.Keys), func(a, b string) int {
		return strings.Compare(strings.ToLower(a), strings.ToLower(b))
	})
}
