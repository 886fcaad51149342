package authenticode

import (
	"crypto"
	_ "crypto/sha1"   // the digests signatures are made over
	_ "crypto/sha256" // likewise
	_ "crypto/sha512" // likewise
)

// Object identifiers, as their encoded octets.
const (
	oidData             = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"         // 1.2.840.113549.1.7.1
	oidSignedData       = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"         // 1.2.840.113549.1.7.2
	oidContentType      = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03"         // 1.2.840.113549.1.9.3
	oidMessageDigest    = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04"         // 1.2.840.113549.1.9.4
	oidSigningTime      = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05"         // 1.2.840.113549.1.9.5
	oidCountersignature = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x06"         // 1.2.840.113549.1.9.6
	oidTSTInfo          = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04" // 1.2.840.113549.1.9.16.1.4
	oidRSA              = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"         // 1.2.840.113549.1.1.1
	oidRSAPSS           = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"         // 1.2.840.113549.1.1.10
	oidSHA1RSA          = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05"         // 1.2.840.113549.1.1.5
	oidSHA256RSA        = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"         // 1.2.840.113549.1.1.11
	oidSHA384RSA        = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c"         // 1.2.840.113549.1.1.12
	oidSHA512RSA        = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d"         // 1.2.840.113549.1.1.13
	oidECKey            = "\x2a\x86\x48\xce\x3d\x02\x01"                 // 1.2.840.10045.2.1
	oidECDSASHA1        = "\x2a\x86\x48\xce\x3d\x04\x01"                 // 1.2.840.10045.4.1
	oidECDSASHA256      = "\x2a\x86\x48\xce\x3d\x04\x03\x02"             // 1.2.840.10045.4.3.2
	oidECDSASHA384      = "\x2a\x86\x48\xce\x3d\x04\x03\x03"             // 1.2.840.10045.4.3.3
	oidECDSASHA512      = "\x2a\x86\x48\xce\x3d\x04\x03\x04"             // 1.2.840.10045.4.3.4
	oidMD5              = "\x2a\x86\x48\x86\xf7\x0d\x02\x05"             // 1.2.840.113549.2.5
	oidSHA1             = "\x2b\x0e\x03\x02\x1a"                         // 1.3.14.3.2.26
	oidSHA256           = "\x60\x86\x48\x01\x65\x03\x04\x02\x01"         // 2.16.840.1.101.3.4.2.1
	oidSHA384           = "\x60\x86\x48\x01\x65\x03\x04\x02\x02"         // 2.16.840.1.101.3.4.2.2
	oidSHA512           = "\x60\x86\x48\x01\x65\x03\x04\x02\x03"         // 2.16.840.1.101.3.4.2.3
	oidIndirectData     = "\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x04"     // 1.3.6.1.4.1.311.2.1.4
	oidPEImageData      = "\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0f"     // 1.3.6.1.4.1.311.2.1.15
	oidNestedSignature  = "\x2b\x06\x01\x04\x01\x82\x37\x02\x04\x01"     // 1.3.6.1.4.1.311.2.4.1
	oidTimestampToken   = "\x2b\x06\x01\x04\x01\x82\x37\x03\x03\x01"     // 1.3.6.1.4.1.311.3.3.1
	oidPageHashSHA1     = "\x2b\x06\x01\x04\x01\x82\x37\x02\x03\x01"     // 1.3.6.1.4.1.311.2.3.1
	oidPageHashSHA256   = "\x2b\x06\x01\x04\x01\x82\x37\x02\x03\x02"     // 1.3.6.1.4.1.311.2.3.2
	oidTrustList        = "\x2b\x06\x01\x04\x01\x82\x37\x0a\x01"         // 1.3.6.1.4.1.311.10.1
	oidCatalogList      = "\x2b\x06\x01\x04\x01\x82\x37\x0c\x01\x01"     // 1.3.6.1.4.1.311.12.1.1
	oidCatalogMember    = "\x2b\x06\x01\x04\x01\x82\x37\x0c\x01\x02"     // 1.3.6.1.4.1.311.12.1.2
	oidCatalogMemberV2  = "\x2b\x06\x01\x04\x01\x82\x37\x0c\x01\x03"     // 1.3.6.1.4.1.311.12.1.3
)

// hashOf is the hash function an object identifier names, 0 for one that is not accepted (MD5 among them).
func hashOf(oid string) crypto.Hash {
	switch oid {
	case oidSHA1:
		return crypto.SHA1
	case oidSHA256:
		return crypto.SHA256
	case oidSHA384:
		return crypto.SHA384
	case oidSHA512:
		return crypto.SHA512
	}
	return 0
}

// hashName is a hash function's name in facts: "sha256".
func hashName(hash crypto.Hash) string {
	switch hash {
	case crypto.SHA1:
		return "sha1"
	case crypto.SHA256:
		return "sha256"
	case crypto.SHA384:
		return "sha384"
	case crypto.SHA512:
		return "sha512"
	}
	return ""
}
