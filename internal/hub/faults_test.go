package hub

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/exvet/exvet/internal/hub/store"
)

func restoring(database, file string) (int, error) {
	db, err := store.Open(context.Background(), database)
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }() // what was restored is committed
	in, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	return db.Restore(context.Background(), in)
}

func restore(t *testing.T, database, file string) int {
	t.Helper()
	n, err := restoring(database, file)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// insist sends an upload until it is answered by 2xx, as agents do, and gives how often it was asked to come again.
func (a *agent) insist(t *testing.T, body []byte) (again int) {
	for range 300 {
		request, err := http.NewRequest("POST", a.hub.url+"/logs", bytes.NewReader(body))
		if err != nil {
			t.Error(err)
			return again
		}
		request.Header = a.header()
		response, err := a.hub.client.Do(request)
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return again
			}
			if response.StatusCode < 500 && response.StatusCode != http.StatusTooManyRequests && response.StatusCode != http.StatusUnauthorized {
				t.Errorf("answered %d", response.StatusCode)
				return again
			}
		}
		again++
		time.Sleep(time.Duration(20+rand.IntN(80)) * time.Millisecond)
	}
	t.Errorf("never stored")
	return again
}

// TestDatabaseRestarts: PostgreSQL dies while agents send; every report is stored once.
func TestDatabaseRestarts(t *testing.T) {
	hub := start(t, Options{Database: postgres(t)})
	const agents, each = 8, 12
	var all sync.WaitGroup
	again := make([]int, agents)
	for i := range agents {
		ex := hub.enrol(t, fmt.Sprintf("EX%02d", i))
		var bodies [][]byte
		for n := range each {
			bodies = append(bodies, zipped(t, jsonOf(t, []any{event(t, fmt.Sprintf("d-%d", n), n, judged(ex.name, map[string][]string{"EXV-T-000": {fmt.Sprint("pool:", n)}}))})))
		}
		all.Go(func() {
			for _, body := range bodies {
				again[i] += ex.insist(t, body)
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
	for range 2 {
		time.Sleep(250 * time.Millisecond)
		clusterMade.kill()
		if err := clusterMade.start(); err != nil {
			t.Fatal(err)
		}
	}
	all.Wait()
	hub.counted(t, agents*each)
	sum := 0
	for _, n := range again {
		sum += n
	}
	if sum == 0 {
		t.Error("no upload met the restarts: the test proves nothing")
	}
	t.Logf("%d reports stored once; %d uploads were sent again", agents*each, sum)
}

// TestTwoHubs: two hubs of one database take the same reports; each is stored once, and both show it.
func TestTwoHubs(t *testing.T) {
	database := postgres(t)
	one := start(t, Options{Database: database})
	two := start(t, Options{Database: database})
	if one.First == nil || two.First != nil {
		t.Fatal("not exactly one hub made the first log-in")
	}
	var all sync.WaitGroup
	for i := range 6 {
		ex := one.enrol(t, fmt.Sprintf("EX%02d", i))
		other := *ex
		other.hub = two
		for n := range 5 {
			body := zipped(t, jsonOf(t, []any{event(t, fmt.Sprintf("d-%d", n), n, judged(ex.name, map[string][]string{"EXV-T-000": {"pool:A", fmt.Sprint("pool:", n)}}))}))
			all.Go(func() { ex.insist(t, body) })
			all.Go(func() { other.insist(t, body) })
		}
	}
	all.Wait()
	one.counted(t, 30)
	two.counted(t, 30)
	for i := range 6 {
		if got := two.serverNamed(t, fmt.Sprintf("EX%02d", i)); got.Report != "d-4" || got.Findings != 2 {
			t.Errorf("got %+v", got)
		}
	}
	admin := two.browser(t, one.First.Name, one.First.Password)
	one.page(t, &http.Client{Transport: one.client.Transport, Jar: admin.Jar}, "/servers") // each hub's certificate is its own; sessions are not
}

// TestFullDisk: while nothing can be written, uploads are asked to come again; then they are stored.
func TestFullDisk(t *testing.T) {
	hub := start(t, Options{})
	ex01 := hub.enrol(t, "EX01")
	big := map[string][]string{}
	for i := range 3000 {
		big["EXV-T-000"] = append(big["EXV-T-000"], fmt.Sprintf("file:C:\\inetpub\\%d.dll", i))
	}
	if err := hub.DB.LimitSize(context.Background(), 0); err != nil { // no page more than there are
		t.Fatal(err)
	}
	body := zipped(t, jsonOf(t, []any{event(t, "d-1", 1, judged("EX01", big))}))
	if got := ex01.sendRaw(t, body); got.Status != http.StatusServiceUnavailable {
		t.Errorf("on a full disk: %+v, want 503", got)
	}
	hub.counted(t, 0)
	if err := hub.DB.LimitSize(context.Background(), 1<<30); err != nil {
		t.Fatal(err)
	}
	if got := ex01.sendRaw(t, body); got.Status != http.StatusOK || got.Stored != 1 {
		t.Errorf("with room again: %+v", got)
	}
	hub.counted(t, 1)
}
