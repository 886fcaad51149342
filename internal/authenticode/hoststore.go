package authenticode

import (
	"encoding/binary"
	"errors"
)

// StoreCertificate takes the certificate, as DER, out of a value of the registry where Windows keeps its
// certificate stores: SystemCertificates\ROOT\Certificates\<thumbprint>, value Blob. The blob is a row of
// properties, each with its number, a reserved number and its length before its octets.
func StoreCertificate(blob []byte) ([]byte, error) {
	const header, certificate = 12, 32
	for len(blob) >= header {
		property, length := binary.LittleEndian.Uint32(blob), uint64(binary.LittleEndian.Uint32(blob[8:]))
		blob = blob[header:]
		if length > uint64(len(blob)) {
			return nil, errors.New("read certificate of a store: cut off")
		}
		if property == certificate {
			return blob[:length], nil
		}
		blob = blob[length:]
	}
	return nil, errors.New("read certificate of a store: no certificate in it")
}
