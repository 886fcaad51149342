package collectors

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/authenticode"
)

// A binaryCache keeps what was found out of files that have not changed since: by path, size, times and the disk's own
// number of the file, and by everything a signature is judged by. A file whose source gives it no number is not kept,
// as nothing would tell it from another in its place. Whoever can write to the folder can say anything of files.
type binaryCache struct {
	folder string
	trust  string // fingerprint of what signatures are judged by
}

// A cachedBinary is one file of the cache.
type cachedBinary struct {
	Sum string          `json:"sum"` // SHA-256 of Row: what was cut off or overwritten is not used
	Row json.RawMessage `json:"row"`
}

type cachedRow struct {
	SHA256    string                   `json:"sha256"`
	Signature authenticode.Signature   `json:"signature"`
	Others    []authenticode.Signature `json:"others"`
	Version   *authenticode.Version    `json:"version"`
}

// place is the file of the cache for a file, "" for one that is not kept.
func (c *binaryCache) place(row *mentionedFile, info fs.FileInfo) string {
	numbered, ok := info.(interface{ FileID() string })
	if c.folder == "" || !ok || numbered.FileID() == "" {
		return ""
	}
	key := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d\x00%d\x00%s\x00%s\x00%s", exvet.Version, row.file.name, info.Size(),
		info.ModTime().UnixNano(), row.Created, numbered.FileID(), c.trust))
	name := hex.EncodeToString(key[:])
	return filepath.Join(c.folder, name[:2], name+".json")
}

// load fills in a row from the cache.
func (c *binaryCache) load(place string, row *mentionedFile) bool {
	const most = 1 << 20
	info, err := os.Stat(place)
	if place == "" || err != nil || info.Size() > most {
		return false
	}
	text, err := os.ReadFile(place)
	if err != nil {
		return false
	}
	var kept cachedBinary
	var found cachedRow
	if json.Unmarshal(text, &kept) != nil || kept.Sum != sumOf(kept.Row) || json.Unmarshal(kept.Row, &found) != nil {
		return false
	}
	row.SHA256, row.Signature, row.Others, row.Version = found.SHA256, found.Signature, found.Others, found.Version
	return true
}

// store keeps a row. A cache that cannot be written to costs time only.
func (c *binaryCache) store(place string, row *mentionedFile) {
	if place == "" || os.MkdirAll(filepath.Dir(place), 0o700) != nil {
		return
	}
	found, err := json.Marshal(cachedRow{row.SHA256, row.Signature, row.Others, row.Version})
	if err != nil {
		return
	}
	text, err := json.Marshal(cachedBinary{sumOf(found), found})
	if err != nil {
		return
	}
	file, err := os.CreateTemp(filepath.Dir(place), "new-*")
	if err != nil {
		return
	}
	_, err = file.Write(text)
	if closed := file.Close(); err != nil || closed != nil || os.Rename(file.Name(), place) != nil {
		os.Remove(file.Name())
	}
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// fingerprint sums up what signatures are judged by: the day, the host's roots, its catalogs.
func (t *trust) fingerprint(now time.Time) string {
	return sumOf(fmt.Appendf(nil, "%s %x %d", now.UTC().Format(time.DateOnly), t.sum.Sum(nil), t.lost))
}
