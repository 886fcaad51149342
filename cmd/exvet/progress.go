package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/exvet/exvet/collectors"
)

// A progress is one line on a terminal that says what is being read. Elsewhere it is silent.
type progress struct {
	to    io.Writer
	began time.Time
	ticks *time.Ticker
	over  chan struct{}
	ended sync.WaitGroup

	mu      sync.Mutex
	waiting []string // sections that are not done
	read    string   // how many files were read
	width   int      // of the line shown
}

// newProgress begins to show what is read, until end.
func newProgress(to io.Writer) *progress {
	p := &progress{began: time.Now(), over: make(chan struct{})}
	for _, collector := range collectors.All() {
		p.waiting = append(p.waiting, collector.Name)
	}
	if file, ok := to.(*os.File); !ok || !term.IsTerminal(int(file.Fd())) {
		return p
	}
	p.to = to
	p.ticks = time.NewTicker(250 * time.Millisecond)
	p.ended.Go(func() {
		for {
			select {
			case <-p.ticks.C:
				p.show()
			case <-p.over:
				return
			}
		}
	})
	return p
}

// done takes a section off the line.
func (p *progress) done(section string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = slices.DeleteFunc(p.waiting, func(name string) bool { return name == section })
}

// files says how many files were read of those whose signatures are looked at.
func (p *progress) files(done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.read = fmt.Sprintf(" (%d of %d files)", done, total)
	if done == total {
		p.read = ""
	}
}

// line says what is being read: "reading iis, events: 3 s".
func (p *progress) line() string {
	if len(p.waiting) == 0 {
		return ""
	}
	return fmt.Sprintf("reading %s%s: %d s", strings.Join(p.waiting, ", "), p.read, int(time.Since(p.began).Seconds()))
}

func (p *progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := p.line()
	if len(text) > 78 {
		text = text[:75] + "..."
	}
	fmt.Fprintf(p.to, "\r%-*s", p.width, text)
	p.width = len(text)
}

// end takes the line away.
func (p *progress) end() {
	if p.to == nil {
		return
	}
	p.ticks.Stop()
	close(p.over)
	p.ended.Wait()
	fmt.Fprintf(p.to, "\r%*s\r", p.width, "")
}
