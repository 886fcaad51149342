package collectors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/regfile/regtest"
)

// TestMutatedServer lets the collectors read hives with random damage: each section alone may fail, and says why.
func TestMutatedServer(t *testing.T) {
	seed := vectors().hives()
	random := rand.New(rand.NewPCG(5, 6))
	start := time.Now()
	for round := range 60 {
		files := map[string][]byte{}
		for _, place := range places {
			hive := bytes.Clone(seed[place[0]])
			for range random.IntN(12) {
				at := random.IntN(len(hive))
				if random.IntN(2) == 0 {
					hive[at] = byte(random.Uint32())
				} else {
					at = min(at&^3, len(hive)-4)
					binary.LittleEndian.PutUint32(hive[at:], uint32(random.IntN(len(hive)))&^7)
				}
			}
			files[place[0]] = hive
		}
		snapshot := look(t, files)
		for name, section := range snapshot.Collected {
			for _, missing := range section.Missing {
				if strings.HasPrefix(missing.Reason, "collector ") {
					t.Fatalf("round %d: %s: %s", round, name, missing.Reason)
				}
			}
		}
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %s", took)
	}
}

// TestEndlessServer has more services, variables and classes than a server can have.
func TestEndlessServer(t *testing.T) {
	system := tree{"Select": {"Current": uint32(1)}}
	many := make([]string, 5000)
	for i := range many {
		many[i] = fmt.Sprintf("V%d=%s", i, strings.Repeat("x", 50))
	}
	for i := range 25_000 {
		system[fmt.Sprintf(`ControlSet001\Services\S%05d`, i)] = values{"Type": uint32(0x10), "ImagePath": `C:\a.exe`}
	}
	for i := range 20 {
		system[fmt.Sprintf(`ControlSet001\Services\S%05d`, i)]["Environment"] = many
	}
	snapshot := look(t, map[string][]byte{"C/Windows/System32/config/SYSTEM": regtest.Hive(system)})
	section := snapshot.Collected["services"]
	if section.Status != exvet.Partial || !strings.Contains(fmt.Sprint(section.Missing), "more than 20000 rows") {
		t.Errorf("got %s %v, want partial: too many rows", section.Status, section.Missing)
	}
	facts := snapshot.Facts["services"].(*Services)
	if rows := len(facts.List) + len(facts.Environment); rows > maxRows {
		t.Errorf("got %d rows", rows)
	}
	var stats runtime.MemStats
	if runtime.ReadMemStats(&stats); stats.Sys > 400<<20 {
		t.Errorf("got %d MB in use", stats.Sys>>20)
	}
}
