package authenticode

import (
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"slices"
)

// A Status is what became of a signature, and so of a file.
type Status string

// The states of a signature and of a file.
const (
	Valid           Status = "valid"             // embedded signature over the file, chain to a trusted root
	ValidLegacySHA1 Status = "valid-legacy-sha1" // likewise, with a link signed over SHA-1 under a pinned Microsoft root
	Catalog         Status = "catalog"           // a catalog lists the file, and the catalog's signature is valid
	UntrustedRoot   Status = "untrusted-root"    // the chain ends at no trusted root, or does not allow signing code
	Expired         Status = "expired"           // good at another time, and no time stamp says it was made then
	Denied          Status = "denied"            // a certificate of the chain is on the deny list
	HashMismatch    Status = "hash-mismatch"     // the file is not what was signed
	BadSignature    Status = "bad-signature"     // the signature is not of the certificate it names
	Malformed       Status = "malformed"         // signature or image cannot be read
	Unsigned        Status = "unsigned"          // no embedded signature, and no valid catalog among those there are
	Unknown         Status = "unknown"           // no embedded signature, and no catalogs in the evidence to look in
)

// What else is worth knowing of a file or a signature.
const (
	NonzeroPadding     = "nonzero-padding"             // octets hidden in the padding of the certificate table: no signature covers them
	Overlay            = "overlay-after-certificates"  // octets after the certificate table
	PageHashMismatch   = "page-hash-mismatch"          // page hashes are not the image's, though the digest is
	OtherCertificate   = "other-certificate-type"      // the certificate table holds something that is no SignedData
	DigestMismatch     = "digest-mismatch"             // one of several signatures is not of this file
	DeniedSignature    = "denied-signature"            // one of several signatures is by a denied certificate
	TooManySignatures  = "too-many-signatures"         // not all were looked at
	SHA1Digest         = "sha1-digest"                 // the file is bound to the signature by SHA-1 only
	TimestampUntrusted = "timestamp-untrusted"         // a time stamp by nobody trusted; it counts for nothing
	TimestampInvalid   = "timestamp-invalid"           // a time stamp of something else
	TimestampMalformed = "timestamp-malformed"         // a time stamp that cannot be read
	UnsignedAttributes = "unknown-unsigned-attributes" // data beside the signature that no signature covers
	SignedForOthers    = "signed-for-others"           // Microsoft signed what others wrote
	FalseCatalog       = "false-catalog"               // a catalog lists the file, and its signature is not valid
	NotPE              = "not-pe"                      // no image: only catalogs can speak for it
	BadCertificates    = "unreadable-certificates"     // certificates in the signature that cannot be read
	maxSignatures      = 8                             // of one file
	maxNested          = 4                             // signatures within signatures
)

// RevocationNotChecked is what every Result says of revocation: no network is used.
const RevocationNotChecked = "not-checked"

// Where a signature was found.
const (
	Embedded  = "embedded"
	Nested    = "nested"
	InCatalog = "catalog"
)

// A Result is what is known of one file's authenticity. Its first fields are those of the signature to go by.
type Result struct {
	Signature
	SHA256     string      `json:"sha256"`     // of the whole file, lower-case hexadecimal
	Revocation string      `json:"revocation"` // RevocationNotChecked
	Signatures []Signature `json:"signatures"` // every signature, in the order found

	chosen int // index of the signature to go by, below zero for none
}

// Others are the signatures beside the one to go by.
func (r *Result) Others() []Signature {
	others := append([]Signature{}, r.Signatures...)
	if r.chosen >= 0 && r.chosen < len(others) {
		others = slices.Delete(others, r.chosen, r.chosen+1)
	}
	return others
}

// A Signature is one signature of a file. Texts that are not known are empty.
type Signature struct {
	Status          Status   `json:"status" jsonschema:"enum=valid,enum=valid-legacy-sha1,enum=catalog,enum=untrusted-root,enum=expired,enum=denied,enum=hash-mismatch,enum=bad-signature,enum=malformed,enum=unsigned,enum=unknown"`
	Microsoft       bool     `json:"microsoft"`        // Microsoft's own code: valid under a pinned root, by Microsoft's exact name
	Found           string   `json:"found"`            // "embedded", "nested" or "catalog"; "" without a signature
	Catalog         string   `json:"catalog"`          // path of the catalog that lists the file
	SubjectCN       string   `json:"subject_cn"`       // common name of the signer; claimed, unless the status is good
	SubjectO        string   `json:"subject_o"`        // organisation of the signer, likewise
	IssuerCN        string   `json:"issuer_cn"`        // common name of who issued the signer's certificate
	Serial          string   `json:"serial"`           // of the signer's certificate, lower-case hexadecimal
	Anchor          string   `json:"anchor"`           // root the verdict rests on: "microsoft-2010", ..., "host-store"
	Digest          string   `json:"digest"`           // hash function the file is bound by: "sha256"
	Timestamp       string   `json:"timestamp"`        // time of a time stamp that verifies, RFC 3339, UTC
	TimestampBy     string   `json:"timestamp_by"`     // common name of who stamped
	TimestampAnchor string   `json:"timestamp_anchor"` // root of the time stamp
	Flags           []string `json:"flags"`            // sorted
	Reason          string   `json:"reason"`           // why the status is not a good one: one line, for people
}

// Good reports whether the signature vouches for the file.
func (s Status) Good() bool { return s == Valid || s == ValidLegacySHA1 || s == Catalog }

// rank orders signatures: the least decides about a file. Among those that vouch for nothing, what says most
// about tampering comes first.
func (s *Signature) rank() int {
	order := []Status{Valid, Catalog, ValidLegacySHA1, Denied, HashMismatch, BadSignature, Malformed, Expired, UntrustedRoot}
	rank := 2 * slices.Index(order, s.Status)
	if s.Digest == hashName(crypto.SHA1) {
		rank++
	}
	if s.Microsoft {
		return rank - 100
	}
	if s.Status.Good() && s.Anchor != HostStore {
		return rank - 50
	}
	return rank
}

// flag adds a flag, once.
func (s *Signature) flag(flags ...string) {
	for _, flag := range flags {
		if at, found := slices.BinarySearch(s.Flags, flag); !found {
			s.Flags = slices.Insert(s.Flags, at, flag)
		}
	}
}

// signer notes whose certificate it is.
func (s *Signature) signer(certificate *x509.Certificate) {
	s.SubjectCN, s.IssuerCN = certificate.Subject.CommonName, certificate.Issuer.CommonName
	if len(certificate.Subject.Organization) > 0 {
		s.SubjectO = certificate.Subject.Organization[0]
	}
	s.Serial = hex.EncodeToString(certificate.SerialNumber.Bytes())
}
