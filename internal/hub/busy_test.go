package hub

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// hold keeps everybody else from writing to a hub's database until the function it gives is called.
func (r *running) hold(t *testing.T, database string) func() {
	t.Helper()
	driver, address, statements := "sqlite", r.Database, []string{"BEGIN IMMEDIATE"}
	if database != "" {
		driver, address, statements = "pgx", database, []string{"BEGIN", "LOCK TABLE servers IN EXCLUSIVE MODE"}
	}
	other, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := other.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		if _, err := conn.ExecContext(context.Background(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if _, err := conn.ExecContext(context.Background(), "ROLLBACK"); err != nil {
			t.Error(err)
		}
		_, _ = conn.Close(), other.Close() // nothing was written
	}
}

// TestBusy: when more comes than the hub keeps waiting while its database is held up, it answers 429 and says when to come again; then all is
// stored, once.
func TestBusy(t *testing.T) { eachDatabase(t, testBusy) }

func testBusy(t *testing.T, database string) {
	hub := start(t, Options{Database: database})
	hub.Intake.Patience = 300 * time.Millisecond
	const agents, each = 4, 80 // more than the hub takes in before it has stored some
	release := func() {}
	var held sync.Once
	defer func() { held.Do(release) }()
	var all []*agent
	for i := range agents {
		all = append(all, hub.enrol(t, fmt.Sprintf("EX%02d", i)))
	}
	release = hub.hold(t, database)
	var asked, wrong atomic.Int64
	var sending sync.WaitGroup
	for _, a := range all {
		for n := range each {
			body := zipped(t, jsonOf(t, []any{event(t, fmt.Sprintf("d-%d", n), n%50, judged(a.name, nil))}))
			sending.Go(func() {
				for {
					request, err := http.NewRequest("POST", hub.url+"/logs", bytes.NewReader(body))
					if err != nil {
						t.Error(err)
						return
					}
					request.Header = a.header()
					response, err := hub.client.Do(request)
					if err != nil {
						wrong.Add(1)
						continue
					}
					_ = response.Body.Close()
					switch response.StatusCode {
					case http.StatusOK:
						return
					case http.StatusTooManyRequests, http.StatusServiceUnavailable:
						if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err != nil || seconds < 5 || seconds > 60 {
							t.Errorf("%d with Retry-After %q", response.StatusCode, response.Header.Get("Retry-After"))
						}
						if response.StatusCode == http.StatusTooManyRequests {
							asked.Add(1)
						}
						time.Sleep(500 * time.Millisecond) // a test has no half minute
					default:
						t.Errorf("answered %d", response.StatusCode)
						return
					}
				}
			})
		}
	}
	for range 200 { // until the first are turned away
		if asked.Load() > 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	held.Do(release)
	sending.Wait()
	hub.counted(t, agents*each)
	if asked.Load() == 0 {
		t.Error("no upload was asked to come again: the test proves nothing")
	}
	t.Logf("%d reports stored once; 429 was answered %d times", agents*each, asked.Load())
}
