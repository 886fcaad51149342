package authenticode

import (
	"bytes"
	"context"
	"crypto"
	"errors"
)

// A foundSignature is a signature embedded in an image, not judged yet.
type foundSignature struct {
	where string // Embedded or Nested
	sd    *signedData
	data  indirectData
	err   error // why it cannot be read
}

// readSignatures reads every signature embedded in an image, and flags what else its certificate table holds.
// Its error is a read error.
func readSignatures(img *image, result *Result) ([]foundSignature, error) {
	if img == nil || img.table == (span{}) {
		return nil, nil
	}
	if img.table.to < img.size {
		result.flag(Overlay)
	}
	table := make([]byte, img.table.to-img.table.from)
	if err := img.read(table, img.table.from); err != nil {
		return nil, err
	}
	entries, dirty, err := readTable(table)
	if dirty {
		result.flag(NonzeroPadding)
	}
	var found []foundSignature
	for _, entry := range entries {
		if entry.kind != kindSignedData {
			result.flag(OtherCertificate)
			continue
		}
		rest := appendSignature(&found, entry.der, 0)
		if !zero(rest) {
			result.flag(NonzeroPadding)
		}
	}
	if err != nil || len(found) == 0 {
		if err == nil {
			err = errors.New("the certificate table holds no signature")
		}
		found = append(found, foundSignature{where: Embedded, err: err})
	}
	if len(found) > maxSignatures {
		found = found[:maxSignatures]
		result.flag(TooManySignatures)
	}
	return found, nil
}

// appendSignature reads a signature and those nested in it, and returns the octets after it.
func appendSignature(found *[]foundSignature, der []byte, depth int) []byte {
	if len(*found) > maxSignatures {
		return nil
	}
	f := foundSignature{where: Embedded}
	if depth > 0 {
		f.where = Nested
	}
	var rest []byte
	f.sd, rest, f.err = readSignedData(der)
	if f.err == nil {
		f.data, f.err = f.sd.imageDigest()
	}
	*found = append(*found, f)
	if f.sd == nil || depth == maxNested {
		return rest
	}
	for i := range f.sd.signers {
		for _, nested := range f.sd.signers[i].nested {
			appendSignature(found, nested, depth+1)
		}
	}
	return rest
}

// imageDigest reads what an embedded signature is of.
func (sd *signedData) imageDigest() (indirectData, error) {
	if len(sd.signers) != 1 {
		return indirectData{}, errors.New("not exactly one signer")
	}
	if sd.contentType != oidIndirectData {
		return indirectData{}, errors.New("signs something else than a file")
	}
	data, err := readIndirectData(sd.content)
	if err == nil && data.kind != oidPEImageData {
		err = errors.New("signs another kind of file than an image")
	}
	return data, err
}

// judgeEmbedded judges one embedded signature. Its error is a read error.
func (v *Verifier) judgeEmbedded(ctx context.Context, w *work, img *image, f foundSignature, sums digests) (Signature, error) {
	s := Signature{Found: f.where, Flags: []string{}}
	if f.err != nil {
		s.Status, s.Reason = Malformed, f.err.Error()
		return s, nil
	}
	s.Digest = hashName(f.data.hash)
	if f.data.hash == crypto.SHA1 {
		s.flag(SHA1Digest)
	}
	v.judge(w, f.sd, &s)
	if s.Status == BadSignature || s.Status == Malformed {
		return s, nil
	}
	switch {
	case f.data.hash == 0:
		s.refuse(BadSignature, "digest algorithm is not accepted")
		return s, nil
	case !bytes.Equal(f.data.digest, sums.image[f.data.hash]):
		s.refuse(HashMismatch, "the file is not what was signed")
		return s, nil
	case img.table.to != img.size:
		s.refuse(HashMismatch, "%d octets after the certificate table, which no signer left there", img.size-img.table.to)
		return s, nil
	}
	if f.data.pages.hash != 0 {
		err := f.data.pages.check(ctx, img)
		if errors.Is(err, errPages) {
			s.flag(PageHashMismatch)
		} else if err != nil {
			return s, err
		}
	}
	return s, nil
}
