package authenticode

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
)

// chunk is how much of a file is in memory at a time.
const chunk = 256 << 10

// A digests is what was computed of one file's contents.
type digests struct {
	file  string                 // SHA-256 of the whole file, lower-case hexadecimal
	image map[crypto.Hash][]byte // Authenticode digest of a PE image, plain digest of any other file
}

// digest reads a file once, front to back. For a PE image the digests asked for are Authenticode's; with img
// nil they are those of the whole file.
func digest(ctx context.Context, file io.ReaderAt, size int64, img *image, hashes []crypto.Hash) (digests, error) {
	if known, ok := file.(Digested); ok {
		return known.Digests().digests(hashes)
	}
	spans := []span{{0, size}}
	if img != nil {
		spans = img.hashed()
	}
	whole := sha256.New()
	parts := make([]hash.Hash, len(hashes))
	for i, h := range hashes {
		parts[i] = h.New()
	}
	buffer := make([]byte, min(size, chunk))
	for at := int64(0); at < size; {
		if err := ctx.Err(); err != nil {
			return digests{}, err
		}
		b := buffer[:min(size-at, chunk)]
		if n, err := file.ReadAt(b, at); n < len(b) {
			if err == nil || errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return digests{}, fmt.Errorf("read %d octets at %d: %w", len(b), at, err)
		}
		whole.Write(b)
		for _, s := range spans {
			if from, to := max(s.from, at), min(s.to, at+int64(len(b))); from < to {
				for _, part := range parts {
					part.Write(b[from-at : to-at])
				}
			}
		}
		at += int64(len(b))
	}
	sums := digests{file: hex.EncodeToString(whole.Sum(nil)), image: map[crypto.Hash][]byte{}}
	for i, part := range parts {
		if img != nil && img.table == (span{}) {
			// A signature would begin at the next multiple of eight: what is signed, here by a catalog, is padded.
			part.Write(make([]byte, (8-size%8)%8))
		}
		sums.image[hashes[i]] = part.Sum(nil)
	}
	return sums, nil
}

// pageHashes are the digests a signature holds of each page of an image: 4 octets of file offset and a digest,
// again and again; the last entry tells the end, its digest is zero.
type pageHashes struct {
	hash  crypto.Hash // 0: the signature has none
	table []byte
}

// errPages means that the page hashes of a signature are not those of the image.
var errPages = errors.New("page hashes do not match")

// check computes the pages' digests again. Its errors are errPages and read errors.
func (p pageHashes) check(ctx context.Context, img *image) error {
	if known, ok := img.file.(Digested); ok {
		if known.Digests().WrongPages {
			return errPages
		}
		return nil
	}
	entry := 4 + p.hash.Size()
	if len(p.table)%entry != 0 || img.page < 512 || img.page > 1<<20 {
		return errPages
	}
	want, got := p.table, make([]byte, 0, entry)
	same := func(at int64, sum []byte) bool {
		got = append(append(got[:0], byte(at), byte(at>>8), byte(at>>16), byte(at>>24)), sum...)
		ok := len(want) >= entry && bytes.Equal(want[:entry], got)
		want = want[min(entry, len(want)):]
		return ok
	}
	sum, err := p.headers(img)
	if err != nil {
		return err
	}
	if !same(0, sum) {
		return errPages
	}
	end, read := img.headers, int64(0)
	for _, s := range img.sections {
		if read += s.raw.to - s.raw.from; read > img.size {
			return errPages // sections over one another: work without end
		}
		err := p.section(ctx, img, s.raw, same)
		if err != nil {
			return err
		}
		if s.raw.to > s.raw.from {
			end = s.raw.to
		}
	}
	if !same(end, make([]byte, p.hash.Size())) || len(want) > 0 {
		return errPages
	}
	return nil
}

// headers is the digest of the first page: the headers as the Authenticode digest sees them, and zeros.
func (p pageHashes) headers(img *image) ([]byte, error) {
	if img.headers > img.page || img.headers < img.directory+8 {
		return nil, errPages
	}
	page := make([]byte, img.page)
	if err := img.read(page[:img.headers], 0); err != nil {
		return nil, err
	}
	if img.directory > 0 {
		page = slices.Delete(page, int(img.directory), int(img.directory)+8)
	}
	page = slices.Delete(page, int(img.checksum), int(img.checksum)+4)
	h := p.hash.New()
	h.Write(page)
	return h.Sum(nil), nil
}

// section compares the pages of one section.
func (p pageHashes) section(ctx context.Context, img *image, s span, same func(int64, []byte) bool) error {
	buffer := make([]byte, max(chunk/img.page, 1)*img.page)
	h, zeros := p.hash.New(), make([]byte, img.page)
	for at := s.from; at < s.to; at += int64(len(buffer)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		b := buffer[:min(s.to-at, int64(len(buffer)))]
		if err := img.read(b, at); err != nil {
			return err
		}
		for i := int64(0); i < int64(len(b)); i += img.page {
			page := b[i:min(i+img.page, int64(len(b)))]
			h.Reset()
			h.Write(page)
			h.Write(zeros[len(page):])
			if !same(at+i, h.Sum(nil)) {
				return errPages
			}
		}
	}
	return nil
}
