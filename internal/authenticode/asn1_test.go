package authenticode

import (
	"crypto"
	"math/big"
	"slices"
)

// der writes one DER element.
func der(tag byte, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	head := []byte{tag}
	switch n := len(body); {
	case n < 0x80:
		head = append(head, byte(n))
	case n < 1<<8:
		head = append(head, 0x81, byte(n))
	case n < 1<<16:
		head = append(head, 0x82, byte(n>>8), byte(n))
	default:
		head = append(head, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	return append(head, body...)
}

func seq(parts ...[]byte) []byte { return der(tagSequence, parts...) }

func set(parts ...[]byte) []byte { return der(tagSet, parts...) }

func octets(b []byte) []byte { return der(tagOctetString, b) }

func oid(encoded string) []byte { return der(tagOID, []byte(encoded)) }

func number(n byte) []byte { return der(tagInteger, []byte{n}) }

func algorithm(encoded string) []byte { return seq(oid(encoded), []byte{5, 0}) }

// integer writes a number that is not negative.
func integer(n *big.Int) []byte {
	b := n.Bytes()
	if len(b) == 0 || b[0]&0x80 != 0 {
		b = append([]byte{0}, b...)
	}
	return der(tagInteger, b)
}

func attribute(encoded string, values ...[]byte) []byte { return seq(oid(encoded), set(values...)) }

func hashOID(hash crypto.Hash) string {
	return map[crypto.Hash]string{crypto.MD5: oidMD5, crypto.SHA1: oidSHA1, crypto.SHA256: oidSHA256, crypto.SHA384: oidSHA384}[hash]
}

func sum(hash crypto.Hash, b []byte) []byte {
	h := hash.New()
	h.Write(b)
	return h.Sum(nil)
}
