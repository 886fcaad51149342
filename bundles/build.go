package bundles

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"path"
	"slices"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"golang.org/x/mod/semver"

	"github.com/exvet/exvet"
)

// BuildOptions say what the manifest of a built bundle says.
type BuildOptions struct {
	Revision  string    // "" is that of the manifest, or else the start of the digest
	Serial    int       // 0 is that of the manifest, or else BuiltAt in seconds since 1970
	MinEngine string    // "" is that of the manifest, or else the version of this exvet
	NotAfter  time.Time // zero is that of the manifest
	BuiltAt   time.Time
}

// Build writes the bundle as an archive, and gives it as it is read back. The same files and options give the same bytes.
func (b *Bundle) Build(ctx context.Context, options BuildOptions) (archive []byte, built *Bundle, err error) {
	if options.MinEngine != "" && !semver.IsValid("v"+options.MinEngine) {
		return nil, nil, exvet.Refuse("bundle/manifest", "minimum engine %q is no version such as 0.2.0", options.MinEngine)
	}
	if options.Serial < 0 || options.Serial > maxSerial {
		return nil, nil, exvet.Refuse("bundle/manifest", "serial %d is not between 1 and %d", options.Serial, maxSerial)
	}
	plain := b.plain()
	stamp := b.Stamp
	stamp.BuiltAt, stamp.SnapshotFormat = options.BuiltAt.UTC().Truncate(time.Second), exvet.SnapshotFormat
	if stamp.Serial = cmp.Or(options.Serial, stamp.Serial); stamp.Serial == 0 {
		stamp.Serial = int(max(stamp.BuiltAt.Unix(), 1))
	}
	if stamp.MinEngine = cmp.Or(options.MinEngine, stamp.MinEngine); stamp.MinEngine == "" {
		stamp.MinEngine = release(exvet.Version)[1:]
	}
	if !options.NotAfter.IsZero() {
		stamp.NotAfter = options.NotAfter
	}
	if !stamp.NotAfter.IsZero() && !stamp.NotAfter.After(stamp.BuiltAt) {
		return nil, nil, exvet.Refuse("bundle/manifest", "not-after %s is before the bundle is built, %s",
			stamp.NotAfter.Format(time.RFC3339), stamp.BuiltAt.Format(time.RFC3339))
	}
	plain.Manifest.Metadata = stamp.metadata(b.manifest.Metadata)
	if plain.Manifest.Revision = cmp.Or(options.Revision, b.Info.Revision); plain.Manifest.Revision == "" {
		plain.Manifest.Revision = b.Info.Digest[len("sha256:"):][:12]
	}
	if archive, err = pack(plain); err != nil {
		return nil, nil, err
	}
	if len(archive) > MaxArchive {
		return nil, nil, tooLarge("the bundle")
	}
	built, err = Trust{AllowUnsigned: true}.Archive(ctx, b.Info.Name, archive, Either)
	return archive, built, err
}

// plain gives the bundle as OPA writes it.
func (b *Bundle) plain() *bundle.Bundle {
	manifest := b.manifest
	roots := slices.Sorted(slices.Values(b.Roots))
	manifest.Roots = &roots
	if manifest.RegoVersion == nil {
		manifest.SetRegoVersion(ast.RegoV1)
	}
	plain := &bundle.Bundle{Manifest: manifest, Data: b.Data}
	for _, name := range slices.Sorted(maps.Keys(b.sources)) {
		if path.Ext(name) == bundle.RegoExt {
			plain.Modules = append(plain.Modules, bundle.ModuleFile{URL: "/" + name, Path: "/" + name, Raw: b.sources[name]})
		}
	}
	return plain
}

// pack writes an archive: no times, no owners, files in order.
func pack(plain *bundle.Bundle) ([]byte, error) {
	var archive bytes.Buffer
	err := bundle.NewWriter(&archive).Write(*plain)
	return archive.Bytes(), err
}
