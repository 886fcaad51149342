package access

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limits hold back whoever asks too often, by a key.
type limits struct {
	every rate.Limit
	burst int
	mu    sync.Mutex
	byKey map[string]*rate.Limiter
}

// maxKeys bounds how many are remembered. When there are more, all begin anew.
const maxKeys = 20_000

func newLimits(every time.Duration, burst int) *limits {
	return &limits{every: rate.Every(every), burst: burst, byKey: map[string]*rate.Limiter{}}
}

func (l *limits) allow(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	limiter := l.byKey[key]
	if limiter == nil {
		if len(l.byKey) >= maxKeys {
			clear(l.byKey)
		}
		limiter = rate.NewLimiter(l.every, l.burst)
		l.byKey[key] = limiter
	}
	return limiter.Allow()
}
