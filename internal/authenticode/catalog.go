package authenticode

import (
	"crypto"
	"errors"
)

// readCatalog reads a security catalog: a signed list of files' digests.
func readCatalog(der []byte) (*signedData, error) {
	sd, _, err := readSignedData(der)
	if err != nil {
		return nil, err
	}
	if sd.contentType != oidTrustList {
		return nil, errors.New("read catalog: not a trust list")
	}
	return sd, nil
}

// members calls each for every member of a catalog, in order, and stops at its error.
func (sd *signedData) members(each func(hash crypto.Hash, digest []byte) error) error {
	p := parse(sd.content)
	usage := p.enter(tagSequence, "catalog's usage")
	if oid := usage.oid("catalog's usage"); *p.err == nil && oid != oidCatalogList {
		return errors.New("read catalog: a trust list for another use")
	}
	p.optional(tagOctetString, "catalog's identifier")
	p.optional(tagInteger, "catalog's number")
	p.time("catalog's time")
	p.optional(tagUTCTime, "catalog's next time")
	p.optional(tagGeneralizedTime, "catalog's next time")
	kind, _ := p.algorithm("catalog's kind")
	if *p.err == nil && kind != oidCatalogMember && kind != oidCatalogMemberV2 {
		return errors.New("read catalog: of no known version")
	}
	list, ok := p.optional(tagSequence, "members")
	members := p.within(list)
	for ok && !members.empty() {
		hash, digest := members.member()
		if *p.err == nil && hash != 0 {
			if err := each(hash, digest); err != nil {
				return err
			}
		}
	}
	return *p.err
}

// member reads one member: the digest it is found by, and its hash function, 0 for a member without.
func (p *parser) member() (crypto.Hash, []byte) {
	member := p.enter(tagSequence, "member")
	id := member.take(tagOctetString, "member's identifier").body
	var data indirectData
	if !member.empty() {
		attributes(member.enter(tagSet, "member's attributes"), func(oid string, values parser) {
			if oid == oidIndirectData && !values.empty() {
				inner := values.enter(tagSequence, "member's digest")
				data = inner.indirectData()
			}
		})
	}
	if data.hash != 0 {
		return data.hash, data.digest
	}
	switch len(id) { // a catalog of the second version may name its members by digest alone
	case crypto.SHA1.Size():
		return crypto.SHA1, id
	case crypto.SHA256.Size():
		return crypto.SHA256, id
	}
	return 0, nil
}

// A digestKey is the first octets of a digest. To make a file that shares them with a member of someone else's
// catalog takes 2^100 tries and more.
type digestKey [16]byte

// A verifiedCatalog is a catalog with the verdict about its signature.
type verifiedCatalog struct {
	path      string
	signature Signature
	members   map[digestKey]bool
}

// What looking for the catalogs of one file may ask for.
const (
	maxTried       = 16      // catalogs: anyone who writes to their folder can list a file in many
	maxKeptMembers = 1 << 17 // of a catalog that is kept in memory
)

// judgeCatalogs judges the catalogs that list a digest, up to the first whose signature is good.
func (v *Verifier) judgeCatalogs(hash crypto.Hash, digest []byte) []Signature {
	var signatures []Signature
	for _, at := range v.catalogs.find(digest) {
		catalog := v.openCatalog(at, digestKey(digest))
		s := catalog.signature
		if !catalog.members[digestKey(digest)] && s.Status != Malformed {
			continue // not the catalog that was indexed any more
		}
		s.Digest, s.Flags = hashName(hash), append([]string{}, s.Flags...)
		signatures = append(signatures, s)
		if s.Status.Good() {
			break
		}
	}
	return signatures
}

// openCatalog reads and verifies a catalog that should hold a digest, or returns what was found the last time.
func (v *Verifier) openCatalog(path string, digest digestKey) *verifiedCatalog {
	if kept := v.catalogs.verified(path); kept != nil {
		return kept
	}
	catalog := &verifiedCatalog{path: path, members: map[digestKey]bool{}}
	s := &catalog.signature
	s.Found, s.Catalog = InCatalog, path
	whole, err := v.verifyCatalog(catalog, digest)
	if err != nil {
		s.refuse(Malformed, "%s", err)
	} else if s.Status == Valid {
		s.Status = Catalog
	}
	if whole {
		v.catalogs.keep(catalog)
	}
	return catalog
}

// verifyCatalog reads a catalog from the evidence once more, and judges its signature. whole reports that all
// its members are in memory, rather than only the one asked for.
func (v *Verifier) verifyCatalog(catalog *verifiedCatalog, digest digestKey) (whole bool, err error) {
	der, err := v.catalogs.open(catalog.path)
	if err != nil {
		return true, err
	}
	if len(der) > MaxCatalog {
		return true, errors.New("catalog is longer than exvet reads")
	}
	sd, err := readCatalog(der)
	if err != nil {
		return true, err
	}
	if len(sd.signers) != 1 {
		return true, errors.New("catalog has not exactly one signer")
	}
	count := 0
	err = sd.members(func(_ crypto.Hash, member []byte) error {
		if count++; count <= maxKeptMembers || digestKey(member) == digest {
			catalog.members[digestKey(member)] = true
		}
		return nil
	})
	if err != nil {
		return true, err
	}
	v.judge(newWork(), sd, &catalog.signature)
	return count <= maxKeptMembers, nil
}

// Members gives the digest of each file a catalog lists, until each says false. Nothing is verified.
func Members(der []byte, each func(digest []byte) bool) error {
	sd, err := readCatalog(der)
	if err != nil {
		return err
	}
	stop := errors.New("stop")
	err = sd.members(func(_ crypto.Hash, digest []byte) error {
		if !each(digest) {
			return stop
		}
		return nil
	})
	if errors.Is(err, stop) {
		return nil
	}
	return err
}
