package authenticode

import (
	"crypto/x509"
	"errors"
	"testing"
	"time"
)

// What is remembered answers the same question alone: the same certificates, the same usage, a time they are all valid at.
func TestMemory(t *testing.T) {
	root := issue(t, nil, request{subject: named("Root", "Test"), ca: true, from: day(2010), to: day(2035)})
	pca := issue(t, root, request{subject: named("PCA", "Test"), ca: true, from: day(2011), to: day(2030)})
	leaf := issue(t, pca, request{subject: named("Leaf", "Test"), from: day(2020), to: day(2028)})
	asked := func(pinned []anchor, host []*x509.Certificate) *trust { return newTrust(pinned, host, nil) }
	for name, known := range map[string]*trust{
		"pinned": asked([]anchor{{"microsoft-2010", root.certificate}}, nil), "host": asked(nil, []*x509.Certificate{root.certificate}),
	} {
		t.Run(name, func(t *testing.T) {
			chain := func(at time.Time, usage x509.ExtKeyUsage, others ...*x509.Certificate) error {
				_, err := known.chain(newWork(), leaf.certificate, others, at, usage)
				return err
			}
			for _, test := range []struct {
				name string
				err  error
				want error
			}{
				{"good", chain(day(2026), x509.ExtKeyUsageCodeSigning, pca.certificate), nil},
				{"again", chain(day(2026), x509.ExtKeyUsageCodeSigning, pca.certificate), nil},
				{"at another time", chain(day(2027), x509.ExtKeyUsageCodeSigning, pca.certificate), nil},
				{"before", chain(day(2019), x509.ExtKeyUsageCodeSigning, pca.certificate), errExpired},
				{"after", chain(day(2029), x509.ExtKeyUsageCodeSigning, pca.certificate), errExpired},
				{"without what lies between", chain(day(2026), x509.ExtKeyUsageCodeSigning), errUntrusted},
				{"another usage", chain(day(2026), x509.ExtKeyUsageTimeStamping, pca.certificate), errUntrusted},
			} {
				if !errors.Is(test.err, test.want) {
					t.Errorf("%s: got %v, want %v", test.name, test.err, test.want)
				}
			}
		})
	}
}

func TestMemoryIsBounded(t *testing.T) {
	var m memory
	for i := range maxRemembered * 2 {
		m.keep([32]byte{byte(i), byte(i >> 8), byte(i >> 16)}, path{})
	}
	if len(m.paths) > maxRemembered {
		t.Errorf("%d chains", len(m.paths))
	}
}
