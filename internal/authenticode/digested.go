package authenticode

import (
	"cmp"
	"context"
	"crypto"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
)

// A Digested is a file whose digests were computed when all of it was at hand; now only parts of it may be. Who lies about
// a digest can make no signature fit that was not made for it: it is as if another file lay there.
type Digested interface {
	Digests() Digests
}

// Digests are the digests of one file, in lower-case hexadecimal.
type Digests struct {
	SHA256     string            `json:"sha256"`                // of the whole file
	Image      map[string]string `json:"image"`                 // by name of the function: Authenticode's of an image, plain of another file
	WrongPages bool              `json:"wrong_pages,omitempty"` // page hashes are not the image's
}

// A Part is some octets of a file.
type Part struct {
	At   int64  `json:"at"`
	Data []byte `json:"data"`
}

// Outline takes out of a file what Verify and ReadVersion need of it: its digests, and the parts they look at. What is
// wrong with the file they find in the outline, too. The error is that of the reader or of the context.
func Outline(ctx context.Context, file io.ReaderAt, size int64) (Digests, []Part, error) {
	img, err := readImage(file, size)
	var wrong brokenError
	switch {
	case err == nil:
	case errors.Is(err, errNotPE), errors.As(err, &wrong):
		img = nil
	default:
		return Digests{}, nil, err
	}
	sums, err := digest(ctx, file, size, img, outlined)
	if err != nil {
		return Digests{}, nil, err
	}
	found := Digests{SHA256: sums.file, Image: map[string]string{}}
	for hash, sum := range sums.image {
		found.Image[hashName(hash)] = hex.EncodeToString(sum)
	}
	looker, err := New(Options{})
	if err != nil {
		return Digests{}, nil, err
	}
	verdict, err := looker.Verify(ctx, file, size)
	if err != nil {
		return Digests{}, nil, err
	}
	found.WrongPages = slices.ContainsFunc(verdict.Signatures, func(s Signature) bool { return slices.Contains(s.Flags, PageHashMismatch) })
	parts := &partReader{file: file, digests: found}
	if _, err := looker.Verify(ctx, parts, size); err != nil {
		return Digests{}, nil, err
	}
	_, _ = ReadVersion(ctx, parts, size) // what it cannot read now it could not read before
	return found, parts.merged(), nil
}

// outlined are the functions signatures and catalogs use.
var outlined = []crypto.Hash{crypto.SHA1, crypto.SHA256, crypto.SHA384, crypto.SHA512}

// digests gives what digest would compute.
func (d Digests) digests(hashes []crypto.Hash) (digests, error) {
	found := digests{file: d.SHA256, image: map[crypto.Hash][]byte{}}
	for _, hash := range hashes {
		sum, err := hex.DecodeString(d.Image[hashName(hash)])
		if err != nil || len(sum) != hash.Size() {
			return digests{}, fmt.Errorf("its %s digest is not held", hashName(hash))
		}
		found.image[hash] = sum
	}
	return found, nil
}

// A partReader remembers which parts of a file were read.
type partReader struct {
	file    io.ReaderAt
	digests Digests
	parts   []Part
}

func (p *partReader) Digests() Digests { return p.digests }

func (p *partReader) ReadAt(b []byte, at int64) (int, error) {
	n, err := p.file.ReadAt(b, at)
	p.parts = append(p.parts, Part{At: at, Data: slices.Clone(b[:n])})
	return n, err
}

// merged gives the parts in order, none within or over another.
func (p *partReader) merged() []Part {
	slices.SortStableFunc(p.parts, func(a, b Part) int { return cmp.Compare(a.At, b.At) })
	var all []Part
	for _, part := range p.parts {
		if len(all) == 0 || part.At > all[len(all)-1].At+int64(len(all[len(all)-1].Data)) {
			all = append(all, part)
			continue
		}
		last := &all[len(all)-1]
		if beyond := part.At + int64(len(part.Data)) - last.At - int64(len(last.Data)); beyond > 0 {
			last.Data = append(last.Data, part.Data[int64(len(part.Data))-beyond:]...)
		}
	}
	return all
}
