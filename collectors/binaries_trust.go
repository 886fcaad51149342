package collectors

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/authenticode"
)

// A trust is what signatures are judged by: roots that are part of the program, the host's own, and its catalogs.
type trust struct {
	verifier *authenticode.Verifier
	stores   bool // the host's root stores were seen
	catalogs bool // its catalogs were seen
	lost     int  // catalogs that could not be read
}

func newTrust(ctx context.Context, host exvet.Host, now time.Time) (*trust, error) {
	t := &trust{}
	roots := t.readStores(host.Registry())
	catalogs, err := t.readCatalogs(ctx, host)
	if err != nil {
		return nil, err
	}
	t.verifier, err = authenticode.New(authenticode.Options{At: now, HostRoots: roots, Catalogs: catalogs})
	return t, err
}

// maxRoots bounds the certificates of all stores.
const maxRoots = 10_000

// readStores reads the certificates the host takes for roots. What is there beside them is not.
func (t *trust) readStores(registry exvet.Registry) [][]byte {
	var roots [][]byte
	for _, store := range []string{
		`HKLM\SOFTWARE\Microsoft\SystemCertificates\ROOT`, `HKLM\SOFTWARE\Microsoft\SystemCertificates\AuthRoot`,
		`HKLM\SOFTWARE\Microsoft\EnterpriseCertificates\Root`, `HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\Root`,
	} {
		list, err := registry.Key(store + `\Certificates`)
		t.stores = t.stores || err == nil && list != nil && len(list.Keys) > 0
		for _, thumbprint := range sorted(list) {
			key, _ := registry.Key(store + `\Certificates\` + thumbprint)
			blob, ok := key.Value("Blob")
			if !ok || len(roots) == maxRoots {
				continue
			}
			if der, err := authenticode.StoreCertificate(blob.Data); err == nil {
				roots = append(roots, der)
			}
		}
	}
	return roots
}

// Limits of the folder of catalogs.
const (
	maxCatalogs     = 100_000
	maxCatalogBytes = 4 << 30
)

// readCatalogs indexes every catalog of the host, nil if there are none to look in.
func (t *trust) readCatalogs(ctx context.Context, host exvet.Host) (*authenticode.Catalogs, error) {
	files := host.Files()
	root, ok := exvet.FSPath(environment(files).SystemRoot + `\System32\CatRoot`)
	if !ok {
		return nil, nil
	}
	index := authenticode.NewCatalogs(func(name string) ([]byte, error) { return fs.ReadFile(files, name) })
	count, left := 0, int64(maxCatalogBytes)
	err := fs.WalkDir(files, root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && name == root:
			return fs.SkipAll
		case err != nil:
			t.lost++
			return nil
		case entry.IsDir() || !strings.EqualFold(path.Ext(name), ".cat"):
			return nil
		}
		count++
		der, err := t.catalog(files, name, entry, left)
		if err != nil || count > maxCatalogs {
			t.lost++
			return nil
		}
		left -= int64(len(der))
		// Windows cannot read a broken catalog either: what it does not list, nothing lists.
		_ = index.Add(name, der)
		return nil
	})
	if errors.Is(err, context.DeadlineExceeded) {
		t.lost, err = t.lost+1, nil
	}
	if t.catalogs = count > 0; !t.catalogs {
		return nil, err
	}
	return index, err
}

func (*trust) catalog(files fs.FS, name string, entry fs.DirEntry, left int64) ([]byte, error) {
	info, err := entry.Info()
	if err != nil {
		return nil, err
	}
	if info.Size() > min(left, authenticode.MaxCatalog) {
		return nil, errors.New("too large")
	}
	return fs.ReadFile(files, name)
}

// judged gives what may be said of a file, as far as the host was seen: without its root stores nobody knows whether a
// chain that ends nowhere ends there, and without a catalog nobody knows what it lists. Microsoft's name is on no
// certificate under a root of the host's, whatever the host says.
func (t *trust) judged(result authenticode.Result) (authenticode.Signature, []authenticode.Signature) {
	s := result.Signature
	switch {
	case s.Status == authenticode.UntrustedRoot && !t.stores && !strings.EqualFold(strings.TrimSpace(s.SubjectO), "Microsoft Corporation"):
		s.Status = authenticode.Unknown
		s.Reason = "the signature ends at no root that is part of exvet, and the root stores of the host were not seen"
	case s.Status == authenticode.Unsigned && t.lost > 0:
		s.Status, s.Reason = authenticode.Unknown, "no embedded signature, and not all catalogs could be read"
	}
	return s, result.Others()
}
