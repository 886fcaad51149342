package bundles

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/bundle"

	"github.com/exvet/exvet"
)

// A Kind says what a bundle is to be.
type Kind int

// The kinds.
const (
	Organisations Kind = iota // it owns org/<name>
	Cores                     // it owns exvet and replaces the embedded rules
	Either                    // whichever of the two its manifest names
)

// CoreScope is the scope of a core bundle's signature: the key of an organisation that signs with another scope makes no core.
const CoreScope = "exvet-core"

// Trust says which archives are believed.
type Trust struct {
	Keys          []Key
	KeyID         string   // if set, the only key, whatever id a signature names
	Scope         string   // of the signature of an organisation's bundle
	Roots         []string // an organisation's bundle may own; none is all below org
	AllowUnsigned bool
	MinSerial     int
	Engine        string    // version of this exvet; "" asks nothing
	Now           time.Time // zero asks nothing
}

// Open reads a bundle from a local path: a directory, which is its author's working copy and needs no signature, or an archive.
func (t Trust) Open(ctx context.Context, name string, kind Kind) (*Bundle, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, exvet.Refuse("bundle/not-found", "read %q: %w", name, err)
	case err == nil && !info.IsDir():
		file, err := os.Open(name)
		if err != nil {
			return nil, exvet.Refuse("bundle/not-found", "read %q: %w", name, err)
		}
		defer file.Close()
		if info.Mode().IsRegular() && info.Size() > MaxArchive {
			return nil, tooLarge(name)
		}
		files, err := unpack(ctx, name, file)
		if err != nil {
			return nil, err
		}
		return t.archive(files, name, kind)
	case kind == Cores, kind == Either && holdsCore(name):
		return LoadCore(ctx, name)
	}
	return Load(ctx, name)
}

// holdsCore tells a working copy of policies/ from an organisation's directory.
func holdsCore(directory string) bool {
	info, err := os.Stat(filepath.Join(directory, coreRoot, "rules"))
	return err == nil && info.IsDir()
}

// Archive reads a bundle from an archive in memory; name is what errors call it.
func (t Trust) Archive(ctx context.Context, name string, content []byte, kind Kind) (*Bundle, error) {
	files, err := unpack(ctx, name, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	return t.archive(files, name, kind)
}

func (t Trust) archive(files tree, name string, kind Kind) (*Bundle, error) {
	checked, err := t.check(files, name, kind)
	if err != nil {
		return nil, err
	}
	counted, err := files.counted()
	if err != nil {
		return nil, within(name, err)
	}
	load := tree.organised
	if checked.Core {
		load = tree.core
	}
	loaded, err := load(counted, path.Clean(name))
	if err != nil {
		return nil, err
	}
	loaded.Info.SignedBy, loaded.Info.Trust = checked.SignedBy, exvet.TrustSigned
	if checked.SignedBy == "" {
		loaded.Info.Trust = exvet.TrustUnsigned
	}
	return loaded, nil
}

// A Checked archive is to be believed: its signature is verified, and it is neither old nor for another engine.
type Checked struct {
	Core     bool
	Roots    []string
	Revision string
	Stamp    Stamp
	SignedBy string // id of the key
}

// Check does what Archive does before it looks at the rules, which takes a tenth of the time.
func (t Trust) Check(ctx context.Context, name string, content []byte, kind Kind) (Checked, error) {
	files, err := unpack(ctx, name, bytes.NewReader(content))
	if err != nil {
		return Checked{}, err
	}
	return t.check(files, name, kind)
}

// Fits refuses an archive that is too large, damaged, or holds something other than plain files. It believes nothing.
func Fits(ctx context.Context, name string, content []byte) error {
	_, err := unpack(ctx, name, bytes.NewReader(content))
	return err
}

func (t Trust) check(files tree, name string, kind Kind) (Checked, error) {
	manifest, err := files.stamped(name)
	if err != nil {
		return Checked{}, err
	}
	core := kind == Cores || kind == Either && slices.Contains(*manifest.Roots, coreRoot)
	scope := t.Scope
	admission := Admission{Name: name, Roots: []string{"org"}, MinSerial: t.MinSerial, Engine: t.Engine, Now: t.Now}
	switch {
	case core:
		scope, admission.Roots = CoreScope, []string{coreRoot}
	case len(t.Roots) > 0:
		admission.Roots = t.Roots
	}
	if err := admission.checkRoots(manifest); err != nil {
		return Checked{}, err
	}
	by, err := t.verify(files, name, scope)
	if err != nil {
		return Checked{}, err
	}
	if err := admission.Check(manifest); err != nil {
		return Checked{}, err
	}
	stamp, err := StampOf(manifest)
	return Checked{Core: core, Roots: *manifest.Roots, Revision: manifest.Revision, Stamp: stamp, SignedBy: by}, err
}

// stamped gives the manifest of an archive, which must have one: OPA takes a bundle without roots for one that owns everything.
func (t tree) stamped(name string) (bundle.Manifest, error) {
	if _, ok := t[manifestFile]; !ok {
		return bundle.Manifest{}, exvet.Refuse("bundle/manifest", "%s holds no %s; build it with exvet bundle build", name, manifestFile)
	}
	if err := affordable(manifestFile, t[manifestFile]); err != nil {
		return bundle.Manifest{}, within(name, err)
	}
	manifest, _, err := t.manifest(name)
	if err == nil && manifest.Roots == nil {
		err = Admission{Name: name, Roots: []string{"org/<name>"}}.checkRoots(manifest)
	}
	return manifest, err
}

// verify gives the id of the key that signed the files, all of them, or "" where no signature is asked for.
func (t Trust) verify(files tree, name, scope string) (by string, err error) {
	content, signed := files[signaturesFile]
	switch {
	case t.AllowUnsigned && (!signed || len(t.Keys) == 0):
		return "", nil
	case !signed:
		return "", untrusted("bundle/signature-missing", "%s is not signed; sign it with exvet bundle sign, or pass --allow-unsigned", name)
	case len(t.Keys) == 0:
		return "", untrusted("bundle/signature-key", "%s is signed and no key is there to verify it; pass --verification-key FILE", name)
	}
	said, err := signatureOf(content)
	if err != nil {
		return "", untrusted("bundle/signature-invalid", "%s: %w", name, err)
	}
	key, listed, err := t.verified(said, scope)
	if err != nil {
		return "", untrusted("bundle/signature-invalid", "%s: %s; it was changed, or another key or scope signed it", name, oneLine(err))
	}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if file == signaturesFile {
			continue
		}
		if err := affordable(file, files[file]); err != nil {
			return "", within(name, err)
		}
		if err := bundle.VerifyBundleFile(file, *bytes.NewBuffer(files[file]), listed); err != nil {
			return "", untrusted("bundle/signature-invalid", "%s: %s; it was changed after it was signed", name, oneLine(err))
		}
	}
	if len(listed) > 0 {
		return "", untrusted("bundle/signature-invalid", "%s: %q is signed and not there", name, slices.Min(slices.Collect(maps.Keys(listed))))
	}
	return key, nil
}

// verified finds the key that made a signature: the one it names, or else any.
func (t Trust) verified(said Signature, scope string) (by string, listed map[string]bundle.FileInfo, err error) {
	keys := t.Keys
	named := cmp.Or(t.KeyID, said.KeyID)
	if i := slices.IndexFunc(keys, func(k Key) bool { return k.ID == named }); i >= 0 {
		keys = keys[i : i+1]
	} else if t.KeyID != "" {
		return "", nil, errors.New("no key has the id " + t.KeyID)
	}
	var first error
	for _, key := range keys {
		config := bundle.NewVerificationConfig(map[string]*bundle.KeyConfig{key.ID: key.config}, key.ID, scope, nil)
		if listed, err = bundle.VerifyBundleSignature(said.config, config); err == nil {
			return key.ID, listed, nil
		}
		if first == nil || strings.Contains(err.Error(), "scope") {
			first = err // the signature itself is good
		}
	}
	return "", nil, first
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
