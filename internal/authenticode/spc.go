package authenticode

import (
	"bytes"
	"crypto"
	"errors"
)

// pageHashClass is the class of a moniker that holds page hashes: a6b586d5-b4a1-2466-ae05-a217da8e60d6.
const pageHashClass = "\xa6\xb5\x86\xd5\xb4\xa1\x24\x66\xae\x05\xa2\x17\xda\x8e\x60\xd6"

// An indirectData is what an Authenticode signature signs: the digest of a file.
type indirectData struct {
	kind   string // object identifier of the kind of file
	hash   crypto.Hash
	digest []byte
	pages  pageHashes
}

// readIndirectData reads the contents of an SpcIndirectDataContent.
func readIndirectData(content []byte) (indirectData, error) {
	p := parse(content)
	d := p.indirectData()
	if *p.err == nil && !p.empty() {
		p.fail(errors.New("read indirect data: more than belongs"))
	}
	return d, *p.err
}

func (p *parser) indirectData() indirectData {
	var d indirectData
	data := p.enter(tagSequence, "kind of file")
	d.kind = data.oid("kind of file")
	if d.kind == oidPEImageData && !data.empty() {
		d.pages = readPageHashes(data.enter(tagSequence, "image data"))
	}
	info := p.enter(tagSequence, "digest")
	oid, _ := info.algorithm("digest algorithm")
	d.hash = hashOf(oid)
	d.digest = info.take(tagOctetString, "digest").body
	if *p.err == nil && d.hash != 0 && len(d.digest) != d.hash.Size() {
		p.fail(errors.New("read digest: of the wrong length"))
	}
	return d
}

// readPageHashes reads the page hashes from an SpcPeImageData that has them.
func readPageHashes(p parser) pageHashes {
	p.optional(tagBitString, "flags")
	link, ok := p.optional(tagExplicit0, "file")
	if !ok {
		return pageHashes{}
	}
	choice := p.within(link)
	moniker, ok := choice.optional(tagExplicit1, "moniker")
	if !ok {
		return pageHashes{} // names a file, by custom "<<<Obsolete>>>"
	}
	object := p.within(moniker)
	class := object.take(tagOctetString, "moniker's class")
	data := object.take(tagOctetString, "moniker's data")
	if string(class.body) != pageHashClass {
		return pageHashes{}
	}
	var pages pageHashes
	set := p.within(data)
	attributes(set.enter(tagSet, "page hashes"), func(oid string, values parser) {
		table := values.take(tagOctetString, "page hashes").body
		switch oid {
		case oidPageHashSHA1:
			pages = pageHashes{crypto.SHA1, table}
		case oidPageHashSHA256:
			pages = pageHashes{crypto.SHA256, table}
		}
	})
	return pages
}

// A tableEntry is the contents of one WIN_CERTIFICATE.
type tableEntry struct {
	kind uint16 // 2: a CMS SignedData
	der  []byte
}

// kindSignedData is the kind of WIN_CERTIFICATE that holds a SignedData.
const kindSignedData = 2

// readTable splits a certificate table. dirty reports octets that are not zero where only padding belongs.
func readTable(table []byte) (entries []tableEntry, dirty bool, err error) {
	const header = 8
	for len(table) >= header {
		length := int(uint32(table[0]) | uint32(table[1])<<8 | uint32(table[2])<<16 | uint32(table[3])<<24)
		if length == 0 && zero(table) {
			return entries, dirty, nil
		}
		if length < header || length > len(table) {
			return entries, dirty, broken("certificate of %d octets where %d are left", length, len(table))
		}
		if len(entries) == maxSignatures {
			return entries, dirty, broken("more than %d certificates", maxSignatures)
		}
		entries = append(entries, tableEntry{uint16(table[6]) | uint16(table[7])<<8, table[header:length]})
		next := min((length+7)&^7, len(table))
		dirty = dirty || !zero(table[length:next])
		table = table[next:]
	}
	return entries, dirty || !zero(table), nil
}

// zero reports whether every octet is zero.
func zero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }
