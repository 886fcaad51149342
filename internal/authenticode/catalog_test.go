package authenticode

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"testing"
)

// catalogs indexes catalogs by made paths, in order.
func catalogs(t testing.TB, contents map[string][]byte) *Catalogs {
	t.Helper()
	index := NewCatalogs(func(path string) ([]byte, error) {
		if contents[path] == nil {
			return nil, fs.ErrNotExist
		}
		return contents[path], nil
	})
	var paths []string
	for path := range contents {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		if err := index.Add(path, contents[path]); err != nil {
			t.Fatal(err)
		}
	}
	return index
}

func TestVerifyCatalog(t *testing.T) {
	w := makeWorld(t)
	pe, script := makePE(3_000, ""), []byte("Write-Host hello\r\n")
	odd := append(makePE(3_000, ""), "abc"...) // not a multiple of eight
	first, second := peDigest(crypto.SHA1, pe), peDigest(crypto.SHA256, pe)
	other := peDigest(crypto.SHA256, makePE(9_000, ""))
	good := signing{by: w.microsoft}.catalog(t, crypto.SHA256, other, second)
	late := signing{by: w.old, unsigned: token(t, w.stamper, day(2021))}.catalog(t, crypto.SHA256, second)
	stamped := signing{by: w.old, unsigned: token(t, w.stamper, day(2019))}.catalog(t, crypto.SHA256, second)
	forged := signing{by: w.fake}.catalog(t, crypto.SHA256, second)
	tampered := bytes.ReplaceAll(signing{by: w.microsoft}.catalog(t, crypto.SHA256, other), other, second)
	tests := []struct {
		name     string
		file     []byte
		catalogs map[string][]byte
		want     string
		from     string
	}{
		{"second version", pe, map[string][]byte{"a.cat": good}, "catalog microsoft microsoft-2010 []", "a.cat"},
		{"first version", pe, map[string][]byte{"a.cat": signing{by: w.microsoft}.catalog(t, crypto.SHA1, first)}, "catalog microsoft microsoft-2010 []", "a.cat"},
		{"third party", pe, map[string][]byte{"a.cat": signing{by: w.contoso}.catalog(t, crypto.SHA256, second)}, "catalog host-store []", "a.cat"},
		{"drivers", pe, map[string][]byte{"a.cat": signing{by: w.drivers}.catalog(t, crypto.SHA256, second)}, "catalog microsoft-2010 [signed-for-others]", "a.cat"},
		{"padded", odd, map[string][]byte{"a.cat": signing{by: w.microsoft}.catalog(t, crypto.SHA256, peDigest(crypto.SHA256, odd))}, "catalog microsoft microsoft-2010 []", "a.cat"},
		{"expired, good stamp", pe, map[string][]byte{"a.cat": stamped}, "catalog microsoft microsoft-2010 []", "a.cat"},
		{"expired, late stamp", pe, map[string][]byte{"a.cat": late}, "unsigned  [false-catalog]", ""},
		{"false", pe, map[string][]byte{"a.cat": forged}, "unsigned  [false-catalog]", ""},
		{"tampered", pe, map[string][]byte{"a.cat": tampered}, "unsigned  [false-catalog]", ""},
		{"false and good", pe, map[string][]byte{"a.cat": forged, "b.cat": good}, "catalog microsoft microsoft-2010 [false-catalog]", "b.cat"},
		{"not listed", pe, map[string][]byte{"a.cat": signing{by: w.microsoft}.catalog(t, crypto.SHA256, other)}, "unsigned  []", ""},
		{"no catalogs", pe, map[string][]byte{}, "unsigned  []", ""},
		{"no image", script, map[string][]byte{"a.cat": signing{by: w.microsoft}.catalog(t, crypto.SHA256, sum(crypto.SHA256, script))}, "catalog microsoft microsoft-2010 [not-pe]", "a.cat"},
		{"no image, not listed", script, map[string][]byte{"a.cat": good}, "unknown  [not-pe]", ""},
		{"embedded signature untrusted", embedIn(pe, nil, signing{by: w.fake}.spc(t, pe)), map[string][]byte{"a.cat": good}, "catalog microsoft microsoft-2010 []", "a.cat"},
		{"embedded signature of another file", embedIn(pe, nil, signing{by: w.microsoft}.spc(t, makePE(9, ""))), map[string][]byte{"a.cat": good}, "catalog microsoft microsoft-2010 [digest-mismatch]", "a.cat"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := w.verifier(catalogs(t, test.catalogs))
			for range 2 { // the second time the catalog is in memory
				result := verify(t, v, test.file)
				if got := result.short(); got != test.want || result.Catalog != test.from {
					t.Errorf("got %s by %q (%s), want %s by %q", got, result.Catalog, result.Reason, test.want, test.from)
				}
			}
		})
	}
}

// A catalog that changes or goes away between being indexed and being asked vouches for nothing.
func TestVerifyCatalogChanged(t *testing.T) {
	w := makeWorld(t)
	pe := makePE(3_000, "")
	good := signing{by: w.microsoft}.catalog(t, crypto.SHA256, peDigest(crypto.SHA256, pe))
	other := signing{by: w.microsoft}.catalog(t, crypto.SHA256, peDigest(crypto.SHA256, makePE(9, "")))
	tests := []struct {
		name string
		now  []byte
		err  error
		want string
	}{
		{"same", good, nil, "catalog microsoft microsoft-2010 []"},
		{"another", other, nil, "unsigned  []"},
		{"broken", good[:100], nil, "unsigned  [false-catalog]"},
		{"gone", nil, errors.New("gone"), "unsigned  [false-catalog]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			index := NewCatalogs(func(string) ([]byte, error) { return test.now, test.err })
			if err := index.Add("a.cat", good); err != nil {
				t.Fatal(err)
			}
			if got := verify(t, w.verifier(index), pe).short(); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// A file listed in very many false catalogs costs a bounded number of verifications.
func TestVerifyManyCatalogs(t *testing.T) {
	w := makeWorld(t)
	pe := makePE(3_000, "")
	bad := signing{by: w.fake}.catalog(t, crypto.SHA256, peDigest(crypto.SHA256, pe))
	opened := 0
	index := NewCatalogs(func(string) ([]byte, error) { opened++; return bad, nil })
	for i := range 200 {
		if err := index.Add(fmt.Sprintf("%03d.cat", i), bad); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := verify(t, w.verifier(index), pe).short(), "unsigned  [false-catalog]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if opened != maxTried {
		t.Errorf("%d catalogs opened, want %d", opened, maxTried)
	}
}

func TestCatalogsAdd(t *testing.T) {
	w := makeWorld(t)
	pe := makePE(3_000, "")
	tests := []struct {
		name string
		der  []byte
		want string
	}{
		{"empty", nil, `index catalog "x.cat": read content info: cut off`},
		{"an image's signature", signing{by: w.microsoft}.spc(t, pe), `index catalog "x.cat": read catalog: not a trust list`},
		{"a list of roots", signing{by: w.microsoft}.signedData(t, oidTrustList, seq(seq(oid(oidData)))), `index catalog "x.cat": read catalog: a trust list for another use`},
		{"good", signing{by: w.microsoft}.catalog(t, crypto.SHA256, peDigest(crypto.SHA256, pe)), "<nil>"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := fmt.Sprint(NewCatalogs(nil).Add("x.cat", test.der)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// One Verifier judges files side by side.
func TestVerifySideBySide(t *testing.T) {
	w := makeWorld(t)
	contents := map[string][]byte{}
	files := map[string][]byte{}
	for i := range 3 * maxKept {
		pe := makePE(1_000+512*i, "")
		path := fmt.Sprintf("%d.cat", i)
		files[path], contents[path] = pe, signing{by: w.microsoft}.catalog(t, crypto.SHA256, peDigest(crypto.SHA256, pe))
	}
	v := w.verifier(catalogs(t, contents))
	var group sync.WaitGroup
	for range 4 {
		for path, file := range files {
			group.Go(func() {
				result, err := v.Verify(context.Background(), bytes.NewReader(file), int64(len(file)))
				if err != nil || result.Catalog != path || !result.Microsoft {
					t.Errorf("%s: got %+v, %v", path, result.Signature, err)
				}
			})
		}
	}
	group.Wait()
}
