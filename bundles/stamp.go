package bundles

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/bundle"
	"golang.org/x/mod/semver"

	"github.com/exvet/exvet"
)

// A Stamp is what a bundle's manifest says below metadata: which of several bundles is newer, and who may use it.
// The zero value of a field says nothing.
type Stamp struct {
	Serial         int       // rises with each that is published
	MinEngine      string    // lowest version of exvet: "0.2.0"
	SnapshotFormat int       // of the snapshots its rules read
	BuiltAt        time.Time // to the second
	NotAfter       time.Time // must not be taken into use later
}

// Names of a Stamp's fields below metadata.
const (
	serialKey   = "serial"
	engineKey   = "min_engine"
	formatKey   = "snapshot_format"
	builtKey    = "built_at"
	notAfterKey = "not_after"
)

const maxSerial = 1 << 53 // JSON readers elsewhere lose digits above

// StampOf reads the stamp of a manifest. A value of another form is an exvet.Refusal.
func StampOf(manifest bundle.Manifest) (Stamp, error) {
	var stamp Stamp
	var err error
	refuse := func(key, want string) {
		if err == nil {
			err = exvet.Refuse("bundle/manifest", "%s: metadata.%s is %v, not %s", manifestFile, key, manifest.Metadata[key], want)
		}
	}
	number := func(key string) int {
		value, ok := manifest.Metadata[key]
		n, isNumber := whole(value)
		if ok && !isNumber {
			refuse(key, "a whole number")
		}
		return n
	}
	text := func(key string) string {
		value, ok := manifest.Metadata[key]
		s, isText := value.(string)
		if ok && !isText {
			refuse(key, "a string")
		}
		return s
	}
	at := func(key string) time.Time {
		s := text(key)
		if s == "" {
			return time.Time{}
		}
		t, bad := time.Parse(time.RFC3339, s)
		if bad != nil {
			refuse(key, "a time such as 2026-12-31T00:00:00Z")
		}
		return t.UTC()
	}
	stamp.Serial, stamp.SnapshotFormat = number(serialKey), number(formatKey)
	if stamp.MinEngine = text(engineKey); stamp.MinEngine != "" && !semver.IsValid("v"+stamp.MinEngine) {
		refuse(engineKey, "a version such as 0.2.0")
	}
	stamp.BuiltAt, stamp.NotAfter = at(builtKey), at(notAfterKey)
	return stamp, err
}

func whole(value any) (int, bool) {
	var n float64
	switch value := value.(type) {
	case json.Number:
		i, err := value.Int64()
		if err != nil {
			return 0, false
		}
		n = float64(i)
	case float64:
		n = value
	case int:
		n = float64(value)
	default:
		return 0, false
	}
	return int(n), n == math.Trunc(n) && n >= 0 && n <= maxSerial
}

// metadata puts the stamp among what a manifest says already.
func (s Stamp) metadata(existing map[string]any) map[string]any {
	all := map[string]any{}
	for key, value := range existing {
		if !slices.Contains([]string{serialKey, engineKey, formatKey, builtKey, notAfterKey}, key) {
			all[key] = value
		}
	}
	all[serialKey], all[engineKey], all[formatKey] = s.Serial, s.MinEngine, s.SnapshotFormat
	all[builtKey] = s.BuiltAt.UTC().Format(time.RFC3339)
	if !s.NotAfter.IsZero() {
		all[notAfterKey] = s.NotAfter.UTC().Format(time.RFC3339)
	}
	return all
}

// An Admission says which bundles may be taken into use, by what their manifests say. A manifest is to be believed only when
// its signature was verified.
type Admission struct {
	Name      string    // of the bundle, for errors
	Roots     []string  // what it may own below data; none asks nothing
	MinSerial int       // the highest seen so far; lower is a replay
	Engine    string    // version of this exvet; "" asks nothing
	Now       time.Time // zero asks no not-after: a bundle in use stays in use
}

// Check refuses a manifest that is not to be admitted: replayed, expired, for another engine, or claiming a root that is not its own.
func (a Admission) Check(manifest bundle.Manifest) error {
	if err := a.checkRoots(manifest); err != nil {
		return err
	}
	stamp, err := StampOf(manifest)
	if err != nil {
		return within(a.Name, err)
	}
	return stamp.admit(a)
}

func (a Admission) checkRoots(manifest bundle.Manifest) error {
	if len(a.Roots) == 0 {
		return nil
	}
	if manifest.Roots == nil || len(*manifest.Roots) == 0 {
		return exvet.Refuse("bundle/root-claimed", "%s: its manifest names no roots and so claims everything; it may own %q", a.Name, a.Roots)
	}
	for _, root := range *manifest.Roots {
		if !bundle.RootPathsContain(a.Roots, strings.Trim(root, "/")) {
			return exvet.Refuse("bundle/root-claimed", "%s: root %q is outside %q", a.Name, root, a.Roots)
		}
	}
	return nil
}

func (s Stamp) admit(a Admission) error {
	switch {
	case a.Engine != "" && s.MinEngine != "" && semver.Compare(release(a.Engine), "v"+s.MinEngine) < 0:
		return otherEngine("%s needs exvet %s, this is %s; update exvet", a.Name, s.MinEngine, a.Engine)
	case a.Engine != "" && s.SnapshotFormat != 0 && s.SnapshotFormat != exvet.SnapshotFormat:
		return otherEngine("%s judges snapshots of format %d, this exvet makes format %d", a.Name, s.SnapshotFormat, exvet.SnapshotFormat)
	case s.Serial < a.MinSerial:
		return untrusted("bundle/replayed", "%s has the serial %d, and %d was seen before; fetch the current one", a.Name, s.Serial, a.MinSerial)
	case !a.Now.IsZero() && !s.NotAfter.IsZero() && a.Now.After(s.NotAfter):
		return untrusted("bundle/expired", "%s was good until %s; fetch the current one", a.Name, s.NotAfter.Format(time.RFC3339))
	}
	return nil
}

func otherEngine(format string, args ...any) error {
	return &exvet.Refusal{Code: exvet.ExitWrongBuild, Reason: "bundle/engine", Err: fmt.Errorf(format, args...)}
}

// release is a version without what follows its three numbers: a build on the way to 0.2.0 can do what 0.2.0 can.
func release(version string) string {
	canonical := semver.Canonical("v" + version)
	return strings.TrimSuffix(canonical, semver.Prerelease(canonical))
}
