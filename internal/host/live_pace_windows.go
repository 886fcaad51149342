package host

import (
	"context"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/windows"
)

// gentleShare is how much of one processor a gentle scan takes while it reads. The rest up to a tenth is for what
// happens between two looks at the clock.
const gentleShare = 0.08

// A pace holds reading up until this process has used no more than a share of one processor. A nil pace never waits.
type pace struct {
	ctx   context.Context
	share float64
	began time.Time // of this process: what it used before the first look counts, too

	mu     sync.Mutex
	looked time.Time
}

func newPace(ctx context.Context, share float64) *pace {
	began, _ := processTimes()
	return &pace{ctx: ctx, share: share, began: began}
}

// wait returns when it is the reader's turn again.
func (p *pace) wait() {
	const between = 5 * time.Millisecond
	if p == nil {
		return
	}
	p.mu.Lock() // all readers wait for the one that looks
	defer p.mu.Unlock()
	now := time.Now()
	if now.Sub(p.looked) < between {
		return
	}
	p.looked = now
	_, used := processTimes()
	rest := time.Duration(float64(used)/p.share) - now.Sub(p.began)
	if rest <= 0 {
		return
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.ctx.Done():
	}
	p.looked = time.Now()
}

// processTimes gives when this process began, and what all its threads have used.
func processTimes() (began time.Time, used time.Duration) {
	var created, exited, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(windows.CurrentProcess(), &created, &exited, &kernel, &user); err != nil {
		return time.Now(), 0
	}
	ticks := func(t windows.Filetime) int64 { return int64(t.HighDateTime)<<32 | int64(t.LowDateTime) }
	return time.Unix(0, created.Nanoseconds()), time.Duration(ticks(kernel)+ticks(user)) * 100
}

// oneProcessor keeps this process to one processor at a time, and gives what undoes that.
func oneProcessor() func() error {
	before := runtime.GOMAXPROCS(1)
	return func() error {
		runtime.GOMAXPROCS(before)
		return nil
	}
}
