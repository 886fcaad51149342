package bundles

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/exvet/exvet"
)

// MaxArchive is the size in bytes of the largest archive that is read, on disk or from a network.
const MaxArchive = 64 << 20

// maxName is the length of the longest file name in an archive.
const maxName = 1024

// unpack reads a gzip-compressed tar, all of its files by slash-separated name, into memory and nowhere else. What is too large,
// is damaged, or names a file outside the bundle is an exvet.Refusal.
func unpack(ctx context.Context, archive string, r io.Reader) (tree, error) {
	packed := &bounded{r: r, left: MaxArchive}
	unzipped, err := gzip.NewReader(packed)
	if errors.Is(err, errTooLarge) {
		return nil, tooLarge(archive)
	}
	if err != nil {
		return nil, exvet.Refuse("bundle/archive", "%s is no gzip-compressed tar archive; pass what exvet bundle build or opa build writes", archive)
	}
	stream := &bounded{r: unzipped, left: maxSize}
	files, err := untar(ctx, archive, tar.NewReader(stream))
	if err == nil {
		_, err = io.Copy(io.Discard, stream) // to the checksum at its end
	}
	var refusal *exvet.Refusal
	switch {
	case err == nil:
		return files, nil
	case errors.As(err, &refusal), ctx.Err() != nil:
		return nil, err
	case errors.Is(err, errTooLarge):
		return nil, tooLarge(archive)
	}
	return nil, untrusted("bundle/damaged", "%s is damaged: %w; fetch it again", archive, err)
}

func untar(ctx context.Context, archive string, r *tar.Reader) (tree, error) {
	files := tree{}
	for entries, size := 0, int64(0); ; entries++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if entries >= maxEntries {
			return nil, exvet.Refuse("bundle/too-large", "%s holds more than %d files", archive, maxEntries)
		}
		name, err := inside(header)
		if err != nil {
			return nil, exvet.Refuse("bundle/path", "%s: %w; a bundle is made of plain files with names below its top", archive, err)
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		if size += header.Size; header.Size > maxFileSize || size > maxSize {
			return nil, tooLarge(archive)
		}
		if _, ok := files[name]; ok {
			return nil, exvet.Refuse("bundle/path", "%s holds %q twice", archive, name)
		}
		var content bytes.Buffer
		if _, err := io.Copy(&content, r); err != nil {
			return nil, err
		}
		files[name] = content.Bytes()
	}
}

// inside gives an entry's name below the top of the bundle. OPA begins names with "/", tar with "./".
func inside(header *tar.Header) (string, error) {
	name, relative := strings.CutPrefix(header.Name, "./")
	if !relative {
		name = strings.TrimPrefix(name, "/")
	}
	switch header.Typeflag {
	case tar.TypeReg:
	case tar.TypeDir:
		if name = strings.TrimSuffix(name, "/"); name == "" {
			return "", nil
		}
	case tar.TypeXGlobalHeader:
		return "", nil
	default:
		return "", fmt.Errorf("%q is a link or device", header.Name)
	}
	if !fs.ValidPath(name) || len(name) > maxName || strings.ContainsFunc(name, odd) {
		return "", fmt.Errorf("%q leads outside the bundle or is no name of a file", header.Name)
	}
	if base := path.Base(name); base != name && (base == signaturesFile || base == manifestFile) {
		return "", fmt.Errorf("%q is not at the top", header.Name)
	}
	return name, nil
}

// odd reports characters that mean something else to some system that may unpack the bundle.
func odd(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' || r == ':' || r == utf8.RuneError }

var errTooLarge = errors.New("too large")

func tooLarge(archive string) error {
	return exvet.Refuse("bundle/too-large", "%s is larger than a bundle may be: %d MiB, or %d MiB unpacked", archive, MaxArchive>>20, maxSize>>20)
}

// bounded fails with errTooLarge when more is read than is left.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errTooLarge
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		return n, errTooLarge
	}
	return n, err
}

// untrusted is the refusal of a bundle whose signature or age says no.
func untrusted(reason, format string, args ...any) error {
	return &exvet.Refusal{Code: exvet.ExitUntrusted, Reason: reason, Err: fmt.Errorf(format, args...)}
}
