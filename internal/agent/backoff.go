package agent

import (
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// A backoff says when to try again.
type backoff struct {
	least, most time.Duration
	failures    int
}

// next gives the time to wait after a failure: twice that of the failure before, a fifth more or less.
func (b *backoff) next() time.Duration {
	wait := b.least
	for range b.failures {
		if wait *= 2; wait >= b.most {
			wait = b.most
			break
		}
	}
	b.failures++
	return spread(wait)
}

func (b *backoff) reset() { b.failures = 0 }

// spread gives a time a fifth longer or shorter, by chance.
func spread(wait time.Duration) time.Duration {
	return time.Duration(float64(wait) * (0.8 + 0.4*rand.Float64()))
}

// phase gives the part of an interval that is a host's own, so that a fleet does not ask all at once.
func phase(id string, interval time.Duration) time.Duration {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(id)) // never fails
	return time.Duration(hash.Sum64() % uint64(interval))
}

// following gives the first time after now that lies on a host's own phase of an interval.
func following(now time.Time, id string, interval time.Duration) time.Time {
	next := now.Truncate(interval).Add(phase(id, interval))
	if !next.After(now) {
		next = next.Add(interval)
	}
	return next
}
