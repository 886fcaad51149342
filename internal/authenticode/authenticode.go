// Package authenticode says who signed a Windows file, and whether that can be believed, from the file, the
// catalogs beside it and roots that are part of the program: without the operating system and without a network.
package authenticode

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Options say what a Verifier goes by.
type Options struct {
	At        time.Time // when signatures without a time stamp must be valid: the time of the evidence
	HostRoots [][]byte  // DER certificates of the host's root stores; what cannot be read is left out
	Catalogs  *Catalogs // nil: the evidence holds none
	Denied    []Denial
}

// A Verifier judges files. Several goroutines may use one.
type Verifier struct {
	at       time.Time
	trust    *trust
	catalogs *Catalogs
}

// New makes a Verifier. Its only error is a program built with other roots than those pinned.
func New(options Options) (*Verifier, error) {
	pinned, err := pinnedRoots()
	if err != nil {
		return nil, err
	}
	var host []*x509.Certificate
	for _, der := range options.HostRoots {
		if root := readCertificate(der); root != nil {
			host = append(host, root)
		}
	}
	return &Verifier{at: options.At, trust: newTrust(pinned, host, options.Denied), catalogs: options.Catalogs}, nil
}

// Verify judges one file. Whatever is wrong with the file is in the Result; the error is that of the reader or
// of the context.
func (v *Verifier) Verify(ctx context.Context, file io.ReaderAt, size int64) (Result, error) {
	result := Result{Revocation: RevocationNotChecked, Signatures: []Signature{}}
	result.Flags = []string{}
	img, err := readImage(file, size)
	var wrong brokenError
	switch {
	case errors.Is(err, errNotPE):
		img = nil
		result.flag(NotPE)
	case errors.As(err, &wrong):
		sums, err := digest(ctx, file, size, nil, nil)
		result.Status, result.Reason, result.SHA256 = Malformed, wrong.Error(), sums.file
		return result, err
	case err != nil:
		return Result{}, err
	}
	found, err := readSignatures(img, &result)
	if err != nil {
		return Result{}, err
	}
	sums, err := digest(ctx, file, size, img, v.hashes(found))
	if err != nil {
		return Result{}, err
	}
	result.SHA256 = sums.file
	w := newWork()
	for _, f := range found {
		s, err := v.judgeEmbedded(ctx, w, img, f, sums)
		if err != nil {
			return Result{}, err
		}
		result.Signatures = append(result.Signatures, s)
	}
	result.decide(v.catalogs != nil)
	if v.catalogs == nil || result.Status.Good() {
		return result, nil
	}
	if len(found) > 0 {
		if sums, err = digest(ctx, file, size, img, v.catalogs.hashes()); err != nil {
			return Result{}, err
		}
	}
	for _, hash := range v.catalogs.hashes() {
		result.Signatures = append(result.Signatures, v.judgeCatalogs(hash, sums.image[hash])...)
	}
	result.decide(true)
	return result, nil
}

// hashes lists the hash functions needed to judge some signatures, or to look for catalogs if there are none.
func (v *Verifier) hashes(found []foundSignature) []crypto.Hash {
	if len(found) == 0 && v.catalogs != nil {
		return v.catalogs.hashes()
	}
	var hashes []crypto.Hash
	for _, f := range found {
		if f.data.hash != 0 && !slices.Contains(hashes, f.data.hash) {
			hashes = append(hashes, f.data.hash)
		}
	}
	return hashes
}

// decide takes the signature to go by. A catalog that vouches for nothing may have been put there by anyone:
// it does not decide, and is a flag. catalogs says whether there were any to look in.
func (r *Result) decide(catalogs bool) {
	flags, chosen := r.Flags, -1
	best := Signature{Status: Unsigned, Reason: "no embedded signature, and no catalog vouches for the file"}
	switch {
	case slices.Contains(flags, NotPE):
		best.Status, best.Reason = Unknown, "no image: signatures in files of other kinds are not read"
	case !catalogs:
		best.Status, best.Reason = Unknown, "no embedded signature, and no catalogs to look in"
	}
	for i := range r.Signatures {
		s := &r.Signatures[i]
		if s.Found == InCatalog && !s.Status.Good() {
			flags = append(flags, FalseCatalog)
		} else if chosen < 0 || s.rank() < best.rank() {
			best, chosen = *s, i
		}
	}
	for i, s := range r.Signatures {
		if i != chosen && s.Status == HashMismatch {
			flags = append(flags, DigestMismatch)
		}
		if i != chosen && s.Status == Denied {
			flags = append(flags, DeniedSignature)
		}
	}
	best.Flags = append([]string{}, best.Flags...)
	best.flag(flags...)
	r.Signature, r.chosen = best, chosen
}

// judge checks everything about a signature but what it is of.
func (v *Verifier) judge(w *work, sd *signedData, s *Signature) {
	fail := func(status Status, err error) { s.Status, s.Reason = status, err.Error() }
	if err := sd.readCertificates(); err != nil {
		fail(Malformed, err)
		return
	}
	if sd.unreadable > 0 {
		s.flag(BadCertificates)
	}
	si := &sd.signers[0]
	if si.foreign {
		s.flag(UnsignedAttributes)
	}
	if leaf := si.certificate(sd.certificates); leaf != nil {
		s.signer(leaf)
	}
	leaf, err := sd.verify(si)
	if err != nil {
		fail(BadSignature, err)
		return
	}
	stamped, flags := v.trust.stamps(w, sd, si)
	s.flag(flags...)
	at := v.at
	if stamped != nil {
		s.Timestamp, s.TimestampBy, s.TimestampAnchor = stamped.at.UTC().Format(time.RFC3339), stamped.by, stamped.path.anchor
		if !lifetimeSigning(leaf) {
			at = stamped.at
		}
	}
	found, err := v.trust.chain(w, leaf, sd.certificates, at, x509.ExtKeyUsageCodeSigning)
	switch {
	case errors.Is(err, errDenied):
		fail(Denied, err)
		return
	case errors.Is(err, errExpired):
		fail(Expired, err)
		return
	case err != nil:
		fail(UntrustedRoot, err)
		return
	}
	if found.pinned && !at.Equal(v.at) && !stamped.path.pinned {
		// Whoever adds a root to the host's stores can stamp any time: without the stamp, or as the host says.
		if now, err := v.trust.chain(w, leaf, sd.certificates, v.at, x509.ExtKeyUsageCodeSigning); err != nil || !now.pinned {
			found.pinned, found.anchor = false, HostStore
		}
	}
	s.Status, s.Anchor = Valid, found.anchor
	if found.legacy {
		s.Status = ValidLegacySHA1
	}
	if found.pinned && byMicrosoft(leaf) {
		if s.Microsoft = !forOthers(leaf); !s.Microsoft {
			s.flag(SignedForOthers)
		}
	}
}

// lifetimeSigning reports whether a signature ends with its certificate, time stamp or not.
func lifetimeSigning(certificate *x509.Certificate) bool {
	for _, usage := range certificate.UnknownExtKeyUsage {
		if usage.String() == "1.3.6.1.4.1.311.10.3.13" {
			return true
		}
	}
	return false
}

// refuse takes back a good status, for what a signature is of is not the file.
func (s *Signature) refuse(status Status, format string, args ...any) {
	s.Status, s.Microsoft, s.Anchor = status, false, ""
	s.Reason = fmt.Sprintf(format, args...)
}
