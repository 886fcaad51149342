package hub

import (
	"context"
	"time"
)

// How often the hub looks after itself.
const (
	deliverEvery = 5 * time.Second
	watchEvery   = time.Minute
	pruneEvery   = time.Hour
	waiverNotice = 14 * 24 * time.Hour
)

// work delivers notices, counts, and removes what is old, until the context ends. Hubs of one database do so side by side.
func (h *Hub) work(ctx context.Context) {
	deliver, look, prune := time.NewTicker(deliverEvery), time.NewTicker(watchEvery), time.NewTicker(pruneEvery)
	defer deliver.Stop()
	defer look.Stop()
	defer prune.Stop()
	h.log(ctx, "count findings", h.DB.Count(ctx, time.Now()))
	h.log(ctx, "count the fleet", h.Site.Warm(ctx))
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-deliver.C:
			_, err := h.Teller.Deliver(ctx, now)
			h.log(ctx, "deliver notices", err)
		case now := <-look.C:
			h.log(ctx, "count findings", h.DB.Count(ctx, now))
			h.log(ctx, "count the fleet", h.Site.Warm(ctx)) // nobody who comes after a quiet hour waits for it
			h.log(ctx, "look for silent servers and ending waivers", h.Teller.Look(ctx, now, h.Silent, waiverNotice))
		case now := <-prune.C:
			h.log(ctx, "remove what is old", h.DB.Prune(ctx, now.Add(-h.Keep), now))
		}
	}
}

func (h *Hub) log(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		h.Log.Error(what, "error", err)
	}
}
