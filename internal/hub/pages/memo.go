package pages

import (
	"context"
	"sync"
	"time"

	"github.com/exvet/exvet/internal/hub/store"
)

// What takes longer than slow to count is shown as it was a moment ago, and counted again meanwhile; never older than staleAtMost.
const (
	slow        = 150 * time.Millisecond
	staleAtMost = 10 * time.Minute
	countTime   = 2 * time.Minute
)

// A memo remembers something that may take long to count over a large fleet.
type memo[T any] struct {
	mu      sync.Mutex
	value   T
	at      time.Time
	took    time.Duration
	running bool
}

func (m *memo[T]) get(ctx context.Context, load func(context.Context) (T, error)) (T, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	age := time.Since(m.at)
	if m.took > slow && age < staleAtMost {
		if age > 20*m.took && !m.running {
			m.running = true
			go m.again(load)
		}
		return m.value, nil
	}
	began := time.Now()
	value, err := load(ctx) // others wait for it, and do not count themselves
	if err == nil {
		m.value, m.at, m.took = value, time.Now(), time.Since(began)
	}
	return value, err
}

func (m *memo[T]) again(load func(context.Context) (T, error)) {
	ctx, cancel := context.WithTimeout(context.Background(), countTime)
	defer cancel()
	began := time.Now()
	value, err := load(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.running = false
	if err == nil {
		m.value, m.at, m.took = value, time.Now(), time.Since(began)
	}
}

// counted is what is counted over the whole fleet.
type counted struct {
	overview     memo[store.Overview]
	rules        memo[[]store.FleetRule]
	integrations memo[[]store.FleetIntegration]
	words        memo[map[string]string]
	gaps         memo[[]store.FleetGap]
	rings        memo[[]store.RingSummary]
	ringRules    memo[[]store.RingRule]
}

func (s *Site) overview(ctx context.Context) (store.Overview, error) {
	return s.counted.overview.get(ctx, func(ctx context.Context) (store.Overview, error) {
		return s.DB.Overview(ctx, time.Now().Add(-s.Silent))
	})
}

func (s *Site) rules(ctx context.Context) ([]store.FleetRule, error) {
	return s.counted.rules.get(ctx, func(ctx context.Context) ([]store.FleetRule, error) { return s.DB.Rules(ctx, "") })
}

func (s *Site) products(ctx context.Context) ([]store.FleetIntegration, error) {
	return s.counted.integrations.get(ctx, func(ctx context.Context) ([]store.FleetIntegration, error) {
		return s.DB.Integrations(ctx, "", maxProducts)
	})
}

// maxWords is how many different words of products are kept in mind.
const maxWords = 20_000

func (s *Site) words(ctx context.Context) (map[string]string, error) {
	return s.counted.words.get(ctx, func(ctx context.Context) (map[string]string, error) { return s.DB.ProductWords(ctx, maxWords) })
}

func (s *Site) gaps(ctx context.Context) ([]store.FleetGap, error) {
	return s.counted.gaps.get(ctx, func(ctx context.Context) ([]store.FleetGap, error) { return s.DB.Gaps(ctx, "", "", maxGaps) })
}

func (s *Site) ringSummaries(ctx context.Context) ([]store.RingSummary, error) {
	return s.counted.rings.get(ctx, s.DB.RingSummaries)
}

func (s *Site) ringRules(ctx context.Context) ([]store.RingRule, error) {
	return s.counted.ringRules.get(ctx, func(ctx context.Context) ([]store.RingRule, error) { return s.DB.RingRules(ctx, canary, stable) })
}

// Warm counts what takes long before somebody waits for it.
func (s *Site) Warm(ctx context.Context) error {
	if _, err := s.overview(ctx); err != nil {
		return err
	}
	if _, err := s.rules(ctx); err != nil {
		return err
	}
	if _, err := s.products(ctx); err != nil {
		return err
	}
	if _, err := s.words(ctx); err != nil {
		return err
	}
	if _, err := s.gaps(ctx); err != nil {
		return err
	}
	if _, err := s.ringSummaries(ctx); err != nil {
		return err
	}
	_, err := s.ringRules(ctx)
	return err
}
