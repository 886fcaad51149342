package evtx

import (
	"bytes"
	"context"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/evtx/evtxtest"
)

// TestMutations damages logs and repairs their checksums. It must read something or nothing, never fail, never be slow.
func TestMutations(t *testing.T) {
	seeds := map[string][]byte{"written": writtenLog(300)}
	real, _ := filepath.Glob(filepath.Join(sharedRoot(), "evidence", "evtx", "*.evtx")) // where they are there
	for _, file := range real {
		if data, err := os.ReadFile(file); err == nil {
			seeds[filepath.Base(file)] = data[:min(len(data), headerSize+2*chunkSize)]
		}
	}
	for name, seed := range seeds {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(6, 1))
			began := time.Now()
			var slowest time.Duration
			for range 300 {
				one := time.Now()
				data := mutate(r, seed)
				for _, query := range []exvet.EventQuery{{}, {Providers: []string{"Application Error"}, IDs: []int{1_007}}} {
					for _, err := range Read(context.Background(), bytes.NewReader(data), query) {
						if err != nil && !strings.Contains(err.Error(), "not an .evtx file") {
							t.Fatal(err)
						}
					}
				}
				slowest = max(slowest, time.Since(one))
			}
			if slowest > 3*time.Second {
				t.Errorf("one log took %s", slowest)
			}
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			if memory.Sys > 200<<20 {
				t.Errorf("%d MB of memory", memory.Sys>>20)
			}
			t.Logf("300 mutations in %s, slowest %s, %d MB of memory", time.Since(began), slowest, memory.Sys>>20)
		})
	}
}

// mutate changes some bytes, numbers and pieces of a log behind its header.
func mutate(r *rand.Rand, seed []byte) []byte {
	data := bytes.Clone(seed)
	within := func() int { return headerSize + r.IntN(len(data)-headerSize-8) }
	if r.IntN(2) == 0 {
		// Where templates and arguments are, which are little of a chunk.
		within = func() int { return firstRecord + r.IntN(4_000) }
	}
	for range 1 + r.IntN(12) {
		at := within()
		switch r.IntN(5) {
		case 0:
			data[at] = byte(r.IntN(256))
		case 1:
			data[at] ^= 1 << r.IntN(8)
		case 2:
			binary.LittleEndian.PutUint32(data[at:], []uint32{0, 1, 0x7fffffff, 0xffffffff, 512, chunkSize - 1, uint32(r.IntN(chunkSize))}[r.IntN(7)])
		case 3:
			binary.LittleEndian.PutUint16(data[at:], []uint16{0, 0xffff, 0x7fff, uint16(r.IntN(1 << 16))}[r.IntN(4)])
		case 4:
			n := min(r.IntN(64), len(data)-at)
			copy(data[at:at+n], data[within():])
		}
	}
	evtxtest.Repair(data)
	return data
}
