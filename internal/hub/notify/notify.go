// Package notify tells people what is new: by webhook and by mail, each thing once a channel, tried until it arrives.
package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/hub/store"
)

// Options name the channels. None is asked unless it is named.
type Options struct {
	Webhooks []string // https://... addresses
	Secret   string   // signs what goes to webhooks

	SMTP     string // HOST:PORT
	TLS      string // starttls, tls or none
	User     string
	Password string
	From     string
	To       []string
}

// Kinds of notices.
const (
	KindFindings   = "findings"   // new unsupported or security findings
	KindActivation = "activation" // a bundle was refused
	KindSilent     = "silent"     // a server has not been heard of
	KindWaiver     = "waiver"     // a waiver is about to end
	KindFailure    = "failure"    // a scan failed
	KindTest       = "test"
)

// A Message is what is told, and the body of a webhook.
type Message struct {
	Kind     string   `json:"kind"`
	Title    string   `json:"title"`
	Server   string   `json:"server,omitempty"`
	Lines    []string `json:"lines"`
	Link     string   `json:"link"`
	Occurred string   `json:"occurred_at"` // RFC 3339
}

// A Teller makes notices and delivers them.
type Teller struct {
	db     *store.DB
	log    *slog.Logger
	o      Options
	url    string // of the hub
	client *http.Client
}

// New makes a teller, and refuses options that make no sense.
func New(db *store.DB, log *slog.Logger, o Options, url string) (*Teller, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	return &Teller{db: db, log: log, o: o, url: url, client: &http.Client{
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// channels names each channel: "webhook 1", "mail".
func (t *Teller) channels() []string {
	var all []string
	for i := range t.o.Webhooks {
		all = append(all, "webhook "+strconv.Itoa(i+1))
	}
	if t.o.SMTP != "" {
		all = append(all, "mail")
	}
	return all
}

// Channels names the channels for people.
func (t *Teller) Channels() []string { return t.channels() }

func (t *Teller) notices(key string, m Message, now time.Time) []store.Notice {
	m.Occurred = now.UTC().Format(time.RFC3339)
	if m.Lines == nil {
		m.Lines = []string{}
	}
	body, err := json.Marshal(m)
	if err != nil {
		t.log.Error("write a notice", "error", err)
		return nil
	}
	var all []store.Notice
	for _, channel := range t.channels() {
		all = append(all, store.Notice{Kind: m.Kind, Key: key, Channel: channel, Body: string(body), Made: now})
	}
	return all
}

func (t *Teller) link(server int64) string {
	return t.url + "/servers/" + strconv.FormatInt(server, 10)
}

// maxLines is how many things one message lists.
const maxLines = 20

// Changes tells of new unsupported and security findings of a report, and of a scan that failed: once for each reason, until a scan is done
// again.
func (t *Teller) Changes(server string, u *store.Upload, changes []store.Change) []store.Notice {
	if u.Error != "" {
		return t.notices(fmt.Sprintf("%d %s", u.Server, key(u.After+"\x00"+u.Error)), Message{
			Kind: KindFailure, Title: server + ": a scan failed", Server: server, Lines: []string{u.Error}, Link: t.link(u.Server)}, u.Received)
	}
	var lines []string
	n := 0
	least := min(store.StanceRank(exvet.Unsupported), store.StanceRank(exvet.Security))
	for _, c := range changes {
		if (c.State != store.ChangeNew && c.State != store.ChangeUnwaived) || c.Stance < least {
			continue
		}
		if n++; n <= maxLines {
			lines = append(lines, fmt.Sprintf("%s %s %s: %s", store.StanceOf(c.Stance), store.SeverityOf(c.Severity), c.Rule, c.Subject))
		}
	}
	if n == 0 {
		return nil
	}
	if n > maxLines {
		lines = append(lines, fmt.Sprintf("and %d more", n-maxLines))
	}
	return t.notices(fmt.Sprintf("%d %s", u.Server, u.Decision), Message{
		Kind: KindFindings, Title: fmt.Sprintf("%s: %s", server, count(n, "new finding")), Server: server, Lines: lines, Link: t.link(u.Server)}, u.Received)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Activations tells of bundles an agent refused: each reason once a server.
func (t *Teller) Activations(name string, server int64, states []store.BundleState, now time.Time) []store.Notice {
	var all []store.Notice
	for _, state := range states {
		if state.Code == "" {
			continue
		}
		all = append(all, t.notices(fmt.Sprintf("%d %s %s", server, state.Name, key(state.Revision+state.Reason)), Message{
			Kind: KindActivation, Title: fmt.Sprintf("%s: the bundle %s was refused", name, state.Name), Server: name,
			Lines: []string{state.Reason, "revision " + state.Revision + " answers"}, Link: t.link(server)}, now)...)
	}
	return all
}

// key makes a text short enough for a key.
func key(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// Look tells of servers that have not been heard of since a time, and of waivers that end soon. It tells each once.
func (t *Teller) Look(ctx context.Context, now time.Time, silent, waivers time.Duration) error {
	if len(t.channels()) == 0 {
		return nil
	}
	quiet, err := t.db.SilentServers(ctx, now.Add(-silent), 1000)
	if err != nil {
		return err
	}
	var all []store.Notice
	for _, s := range quiet {
		all = append(all, t.notices(fmt.Sprintf("%d %d", s.ID, s.Seen.UnixMilli()), Message{
			Kind: KindSilent, Title: s.Name + " is silent", Server: s.Name, Lines: []string{"last heard of at " + s.Seen.Format(time.RFC3339)}, Link: t.link(s.ID)}, now)...)
	}
	ending, err := t.db.EndingWaivers(ctx, now, now.Add(waivers), 1000)
	if err != nil {
		return err
	}
	for _, w := range ending {
		all = append(all, t.notices(key(w.Rule+"\x00"+w.Subject+"\x00"+w.Owner)+" "+w.Expires, Message{
			Kind: KindWaiver, Title: fmt.Sprintf("the waiver of %s %s ends on %s", w.Rule, w.Subject, w.Expires),
			Lines: []string{"owner " + w.Owner, count(w.Servers, "server"), w.Reason}, Link: t.url + "/waivers"}, now)...)
	}
	return t.db.AddNotices(ctx, all)
}

// Test makes a notice on every channel.
func (t *Teller) Test(ctx context.Context, now time.Time) error {
	return t.db.AddNotices(ctx, t.notices(strconv.FormatInt(now.UnixNano(), 10), Message{
		Kind: KindTest, Title: "exvet hub: a test", Lines: []string{"This channel works."}, Link: t.url}, now))
}
