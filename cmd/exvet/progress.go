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
	read    int      // files of the last section
	total   int
	width   int // of the line shown
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

// files counts the files that were read.
func (p *progress) files(read, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.read, p.total = read, total
}

// line says what is being read: "reading iis, events: 3 s".
func (p *progress) line() string {
	switch {
	case len(p.waiting) == 0:
		return ""
	case p.total > 0:
		return fmt.Sprintf("reading %s, %d of %d files: %d s", strings.Join(p.waiting, ", "), p.read, p.total, int(time.Since(p.began).Seconds()))
	}
	return fmt.Sprintf("reading %s: %d s", strings.Join(p.waiting, ", "), int(time.Since(p.began).Seconds()))
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
