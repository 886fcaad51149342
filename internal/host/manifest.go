package host

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"time"
)

// A Manifest is exvet/manifest.json: what lies in a capture.
type Manifest struct {
	Format     int       `json:"format"`
	Exvet      string    `json:"exvet"` // version
	CapturedAt time.Time `json:"captured_at"`
	Source     string    `json:"source"` // "live" or "evidence"
	Unredacted bool      `json:"unredacted"`
	Binaries   bool      `json:"binaries"`
	Files      []Held    `json:"files"`
	LeftOut    []Held    `json:"left_out"` // files that were read and are not held, with the reason
}

// A Held is one file of a capture.
type Held struct {
	Name   string `json:"name"`
	Size   int64  `json:"size,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// ManifestFile is where a capture has its manifest.
const ManifestFile = "exvet/manifest.json"

// maxManifest bounds it, in bytes.
const maxManifest = 64 << 20

// errNoManifest is a capture without one.
var errNoManifest = errors.New("the capture has no manifest: whether its files were changed since cannot be told")

// checkManifest holds the files of a capture to its manifest. It gives the first that is not what was captured.
func checkManifest(from source, tops []string, limits limits) error {
	for _, top := range tops {
		file, err := from.open(path.Join(top, ManifestFile), maxManifest)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read %s: %s", ManifestFile, reason(err))
		}
		defer file.Close()
		var manifest Manifest
		if err := json.NewDecoder(io.LimitReader(file, maxManifest)).Decode(&manifest); err != nil {
			return fmt.Errorf("read %s: %w", ManifestFile, err)
		}
		for _, held := range manifest.Files {
			if err := checkHeld(from, top, held, limits); err != nil {
				return err
			}
		}
		return nil
	}
	return errNoManifest
}

func checkHeld(from source, top string, held Held, limits limits) error {
	file, err := from.open(path.Join(top, held.Name), max(limits.log, limits.file))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%q was captured and is not there", held.Name)
	}
	if err != nil {
		return fmt.Errorf("read %q: %s", held.Name, reason(err))
	}
	defer file.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, file)
	switch {
	case err != nil:
		return fmt.Errorf("read %q: %s", held.Name, reason(err))
	case size != held.Size || hex.EncodeToString(sum.Sum(nil)) != held.SHA256:
		return fmt.Errorf("%q is not what was captured: its hash is another", held.Name)
	}
	return nil
}
