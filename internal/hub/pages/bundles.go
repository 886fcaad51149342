package pages

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/hub/shelf"
	"github.com/exvet/exvet/internal/hub/store"
)

// A Bundles is the page of the bundles: what each ring serves, and how canary stands against stable.
type Bundles struct {
	Files    []BundleFile        `json:"bundles"`
	Rings    []store.RingSummary `json:"rings"`
	Compared []RingRow           `json:"compared"` // rules that end otherwise in canary than in stable
	Canary   store.RingSummary   `json:"canary"`
	Stable   store.RingSummary   `json:"stable"`
	Dir      string              `json:"directory"`
	URL      string              `json:"-"`
	Registry string              `json:"registry,omitempty"`
}

// A BundleFile is one bundle in its rings.
type BundleFile struct {
	File    string        `json:"file"`
	Rings   []shelf.Entry `json:"rings"`
	Canary  *shelf.Entry  `json:"-"`
	Differs bool          `json:"differs"`     // canary serves another one than stable
	History []shelf.Past  `json:"history"`     // of stable
	Next    int           `json:"next_serial"` // the lowest that every ring takes
}

// A RingRow compares a rule between canary and stable, in parts of the servers that reported.
type RingRow struct {
	Rule   string  `json:"rule"`
	Title  string  `json:"title"`
	Canary Parts   `json:"canary"`
	Stable Parts   `json:"stable"`
	Gap    float64 `json:"-"`
}

// Parts of servers on which a rule found something, could not say, or failed.
type Parts struct {
	Found   float64 `json:"found"`
	Unknown float64 `json:"unknown"`
	Error   float64 `json:"error"`
}

// Rings that are compared.
const (
	canary = "canary"
	stable = "stable"
)

// leastGap is how much of the servers a rule's outcome must differ on to be shown.
const leastGap = 0.005

func (s *Site) bundles(r *http.Request) (any, error) {
	b := Bundles{Dir: s.Shelf.Dir(), URL: s.URL, Registry: s.Registry, Compared: []RingRow{}}
	entries, err := s.Shelf.List()
	if err != nil {
		return nil, err
	}
	if b.Files, err = s.bundleFiles(entries); err != nil {
		return nil, err
	}
	if b.Rings, err = s.ringSummaries(r.Context()); err != nil {
		return nil, err
	}
	for _, ring := range b.Rings {
		switch ring.Ring {
		case canary:
			b.Canary = ring
		case stable:
			b.Stable = ring
		}
	}
	if b.Canary.Reported == 0 || b.Stable.Reported == 0 {
		return b, nil
	}
	b.Compared, err = s.compare(r, b.Canary.Reported, b.Stable.Reported)
	return b, err
}

func (s *Site) bundleFiles(entries []shelf.Entry) ([]BundleFile, error) {
	files := []BundleFile{}
	for _, entry := range entries {
		if len(files) == 0 || files[len(files)-1].File != entry.File {
			past, err := s.Shelf.History(stable + "/" + entry.File)
			if err != nil {
				return nil, err
			}
			files = append(files, BundleFile{File: entry.File, History: past})
		}
		file := &files[len(files)-1]
		file.Rings = append(file.Rings, entry)
	}
	for i := range files {
		inStable := ""
		for j, entry := range files[i].Rings {
			files[i].Next = max(files[i].Next, entry.Serial+1)
			switch entry.Ring {
			case canary:
				files[i].Canary = &files[i].Rings[j]
			case stable:
				inStable = entry.Digest
			}
		}
		files[i].Differs = files[i].Canary != nil && files[i].Canary.Digest != inStable
	}
	return files, nil
}

func (s *Site) compare(r *http.Request, inCanary, inStable int) ([]RingRow, error) {
	counts, err := s.ringRules(r.Context())
	if err != nil {
		return nil, err
	}
	rows := map[string]*RingRow{}
	for _, c := range counts {
		if rows[c.Rule] == nil {
			rows[c.Rule] = &RingRow{Rule: c.Rule, Title: c.Rule}
		}
		parts, of := &rows[c.Rule].Canary, inCanary
		if c.Ring == stable {
			parts, of = &rows[c.Rule].Stable, inStable
		}
		part := float64(c.Servers) / float64(of)
		switch exvet.Status(c.Status) {
		case exvet.Found:
			parts.Found = part
		case exvet.Unknown:
			parts.Unknown = part
		case exvet.Error:
			parts.Error = part
		}
	}
	all := []RingRow{}
	for _, row := range rows {
		row.Gap = max(abs(row.Canary.Found-row.Stable.Found), abs(row.Canary.Unknown-row.Stable.Unknown), abs(row.Canary.Error-row.Stable.Error))
		if row.Gap >= leastGap {
			all = append(all, *row)
		}
	}
	slices.SortFunc(all, func(a, b RingRow) int {
		return cmp.Or(cmp.Compare(b.Canary.Error, a.Canary.Error), cmp.Compare(b.Gap, a.Gap), cmp.Compare(a.Rule, b.Rule))
	})
	return all[:min(len(all), pageRows)], nil
}

func abs(f float64) float64 { return max(f, -f) }

// Bundle serves a bundle: to agents, and to operators who look.
func (s *Site) Bundle(w http.ResponseWriter, r *http.Request) {
	file, entry, err := s.Shelf.File(r.PathValue("path"))
	if errors.Is(err, fs.ErrNotExist) {
		http.Error(w, `{"error": "bundle/not-found: no such bundle is served; its path is RING/NAME.tar.gz"}`, http.StatusNotFound)
		return
	}
	if err != nil {
		s.Log.Error("serve a bundle", "path", r.PathValue("path"), "error", err)
		http.Error(w, `{"error": "hub/bundles: the bundle cannot be read now"}`, http.StatusServiceUnavailable)
		return
	}
	defer file.Close()
	w.Header().Set("ETag", `"`+entry.Digest+`"`)
	w.Header().Set("Content-Type", "application/gzip")
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, "", time.Time{}, file)
}

// PutBundle takes a signed bundle from an operator: PUT /bundles/canary/acme.tar.gz.
func (s *Site) PutBundle(w http.ResponseWriter, r *http.Request) {
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, shelf.MaxSize))
	if err != nil {
		answerJSON(w, http.StatusRequestEntityTooLarge, map[string]string{"error": fmt.Sprintf("bundle/too-large: more than %d bytes, or cut off", shelf.MaxSize)})
		return
	}
	entry, err := s.Shelf.Put(r.PathValue("path"), content)
	if err != nil {
		answerJSON(w, s.status(err), map[string]string{"error": s.text(err)})
		return
	}
	s.Gate.Audit(r, "put a bundle", entry.Path, "serial "+strconv.Itoa(entry.Serial)+", sha256 "+entry.Digest)
	answerJSON(w, http.StatusOK, entry)
}

// Promote serves in stable what canary serves.
func (s *Site) Promote(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	from, to := cmp.Or(r.PostFormValue("from"), canary), cmp.Or(r.PostFormValue("to"), stable)
	entry, err := s.Shelf.Promote(r.PostFormValue("file"), from, to, r.PostFormValue("digest"))
	if err != nil {
		s.back(w, r, "/bundles", "", s.text(err))
		return
	}
	s.Gate.Audit(r, "promoted a bundle", entry.Path, fmt.Sprintf("from %s, revision %s, serial %d, sha256 %s", from, entry.Revision, entry.Serial, entry.Digest))
	s.back(w, r, "/bundles", fmt.Sprintf("%s now serves revision %s, serial %d.", entry.Path, entry.Revision, entry.Serial), "")
}
