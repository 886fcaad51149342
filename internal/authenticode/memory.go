package authenticode

import (
	"crypto/sha256"
	"crypto/x509"
	"sync"
	"time"
)

// maxRemembered bounds the chains a memory holds.
const maxRemembered = 4_096

// A memory holds chains that were found good, so that a thousand files of one signer cost the work on its certificates
// once. What was asked is the key: the same certificates in the same order, for the same usage. An answer under a pinned
// root holds for any time all of its chain is valid at; under a root of the host's for the time that was asked alone, since at
// another a pinned one might be found first.
type memory struct {
	mu    sync.Mutex
	paths map[[sha256.Size]byte]path
}

// question is what a chain is asked for, but for the time.
func question(leaf *x509.Certificate, others []*x509.Certificate, usage x509.ExtKeyUsage) [sha256.Size]byte {
	h := sha256.New()
	h.Write([]byte{byte(usage), byte(usage >> 8)})
	h.Write(leaf.Raw)
	for _, other := range others {
		h.Write(other.Raw) // DER, whose length stands at its beginning
	}
	return [sha256.Size]byte(h.Sum(nil))
}

func (m *memory) recall(asked [sha256.Size]byte, at time.Time) (path, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found, ok := m.paths[asked]
	return found, ok && !at.Before(found.from) && !at.After(found.to)
}

func (m *memory) keep(asked [sha256.Size]byte, found path) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.paths == nil || len(m.paths) >= maxRemembered {
		m.paths = map[[sha256.Size]byte]path{} // of a server nobody makes that many, and a hostile one must start again
	}
	m.paths[asked] = found
}
