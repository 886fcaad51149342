package bundles

import (
	"bytes"
	"context"
	"maps"
	"slices"
)

// An Inspected archive is what it says of itself. Nothing of it is verified.
type Inspected struct {
	Bundle    *Bundle
	Signature *Signature // nil: it is not signed
	Files     []string   // all of them, sorted
}

// Inspect reads an archive without trusting it.
func Inspect(ctx context.Context, name string, archive []byte) (Inspected, error) {
	files, err := unpack(ctx, name, bytes.NewReader(archive))
	if err != nil {
		return Inspected{}, err
	}
	seen := Inspected{Files: slices.Sorted(maps.Keys(files))}
	if content, ok := files[signaturesFile]; ok {
		said, err := signatureOf(content)
		if err != nil {
			return Inspected{}, untrusted("bundle/signature-invalid", "%s: %w", name, err)
		}
		seen.Signature = &said
	}
	seen.Bundle, err = Trust{AllowUnsigned: true}.archive(files, name, Either)
	return seen, err
}
