package pages

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// A liveCounter asks the database for its version once for all who follow.
type liveCounter struct {
	mu      sync.Mutex
	version string
	asked   time.Time
	stop    chan struct{}
}

// How often pages that follow are told of news, and the connection is used so that nothing between cuts it off.
const (
	liveEvery  = 3 * time.Second
	livePing   = 25 * time.Second
	liveAtMost = 2 * time.Hour
)

func (s *Site) version(ctx context.Context) (string, error) {
	s.live.mu.Lock()
	defer s.live.mu.Unlock()
	if time.Since(s.live.asked) < liveEvery {
		return s.live.version, nil
	}
	version, err := s.DB.Version(ctx)
	if err == nil {
		s.live.version, s.live.asked = version, time.Now()
	}
	return version, err
}

func (s *Site) stopping() chan struct{} {
	s.live.mu.Lock()
	defer s.live.mu.Unlock()
	if s.live.stop == nil {
		s.live.stop = make(chan struct{})
	}
	return s.live.stop
}

// Stop ends the connections of pages that follow.
func (s *Site) Stop() {
	stop := s.stopping()
	s.stopOnce.Do(func() { close(stop) })
}

// Events tells a page that follows when there is something new: server-sent events.
func (s *Site) Events(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would keep them
	last, said := "", time.Time{}
	ctx, cancel := context.WithTimeout(r.Context(), liveAtMost)
	defer cancel()
	stop := s.stopping()
	ticker := time.NewTicker(liveEvery)
	defer ticker.Stop()
	for {
		version, err := s.version(ctx)
		switch {
		case err == nil && version != last:
			_, err = fmt.Fprintf(w, "event: version\ndata: %s\n\n", version)
			last, said = version, time.Now()
		case time.Since(said) > livePing:
			_, err = fmt.Fprint(w, ": still here\n\n")
			said = time.Now()
		default:
			err = nil
		}
		if err != nil || control.Flush() != nil {
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		case <-stop:
			return
		}
	}
}
