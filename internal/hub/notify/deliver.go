package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/wneessen/go-mail"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/hub/store"
)

func (o Options) check() error {
	for _, each := range o.Webhooks {
		u, err := url.Parse(each)
		if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
			return exvet.Refuse("hub/webhook", "--webhook %q is no address; write https://HOST/PATH", each)
		}
		if u.Scheme == "http" && !loopback(u.Hostname()) {
			return exvet.Refuse("hub/webhook", "--webhook %s would send findings in the clear; write https://", u.Redacted())
		}
	}
	if o.SMTP == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(o.SMTP)
	switch {
	case err != nil:
		return exvet.Refuse("hub/smtp", "--smtp %q: write HOST:PORT", o.SMTP)
	case o.From == "" || len(o.To) == 0:
		return exvet.Refuse("hub/smtp", "--smtp needs --mail-from and --mail-to")
	case o.TLS != "starttls" && o.TLS != "tls" && o.TLS != "none":
		return exvet.Refuse("hub/smtp", "--smtp-tls %q: use starttls, tls or none", o.TLS)
	case o.TLS == "none" && !loopback(host):
		return exvet.Refuse("hub/smtp", "--smtp-tls none is for a mail server on this machine only")
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// How notices are delivered: a hub that dies while it does leaves them to others after a lease; a channel that is down is tried
// again after a minute, two, four, up to six hours, for a week.
const (
	lease    = 2 * time.Minute
	atOnce   = 20
	firstTry = time.Minute
	lastTry  = 6 * time.Hour
	giveUp   = 7 * 24 * time.Hour
)

// Deliver sends what is due and reports how many it tried.
func (t *Teller) Deliver(ctx context.Context, now time.Time) (int, error) {
	due, err := t.db.DueNotices(ctx, now, lease, atOnce)
	if err != nil {
		return 0, err
	}
	for _, n := range due {
		if err := t.send(ctx, n); err != nil {
			again := now.Add(min(firstTry<<min(n.Attempts-1, 20), lastTry))
			if now.Sub(n.Made) > giveUp {
				again = time.Time{}
			}
			t.log.Warn("tell", "channel", n.Channel, "kind", n.Kind, "attempt", n.Attempts, "error", err)
			if err := t.db.NotTold(ctx, n.ID, err.Error(), again); err != nil {
				return len(due), err
			}
			continue
		}
		if err := t.db.Told(ctx, n.ID, now); err != nil {
			return len(due), err
		}
	}
	return len(due), nil
}

func (t *Teller) send(ctx context.Context, n store.Notice) error {
	if n.Channel == "mail" {
		if t.o.SMTP == "" {
			return errors.New("mail is no longer configured")
		}
		return t.mail(ctx, n)
	}
	at, err := strconv.Atoi(strings.TrimPrefix(n.Channel, "webhook "))
	if err != nil || at < 1 || at > len(t.o.Webhooks) {
		return fmt.Errorf("%s is no longer configured", n.Channel)
	}
	return t.hook(ctx, t.o.Webhooks[at-1], n)
}

// hook posts a notice. The receiver leaves out what it knows by X-Exvet-Delivery, and believes what X-Exvet-Signature signs.
func (t *Teller) hook(ctx context.Context, address string, n store.Notice) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader([]byte(n.Body)))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "exvet-hub/"+exvet.Version)
	request.Header.Set("X-Exvet-Delivery", strconv.FormatInt(n.ID, 10))
	if t.o.Secret != "" {
		mac := hmac.New(sha256.New, []byte(t.o.Secret))
		mac.Write([]byte(n.Body))
		request.Header.Set("X-Exvet-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	response, err := t.client.Do(request)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			return fmt.Errorf("post: %w", failed.Err) // without the address: it may hold a secret
		}
		return err
	}
	defer response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return fmt.Errorf("the receiver answered %d", response.StatusCode)
	}
	return nil
}

func (t *Teller) mail(ctx context.Context, n store.Notice) error {
	var m Message
	if err := json.Unmarshal([]byte(n.Body), &m); err != nil {
		return err
	}
	letter := mail.NewMsg()
	if err := letter.From(t.o.From); err != nil {
		return err
	}
	if err := letter.To(t.o.To...); err != nil {
		return err
	}
	letter.Subject("exvet: " + oneLine(m.Title))
	letter.SetMessageIDWithValue(fmt.Sprintf("%d@exvet-hub", n.ID)) // the same for a letter that is sent again
	letter.SetBodyString(mail.TypeTextPlain, text(m))
	host, port, err := net.SplitHostPort(t.o.SMTP)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return err
	}
	options := []mail.Option{mail.WithPort(number), mail.WithTimeout(20 * time.Second)}
	switch t.o.TLS {
	case "tls":
		options = append(options, mail.WithSSL(), mail.WithTLSConfig(&tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}))
	case "none":
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if t.o.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(t.o.User), mail.WithPassword(t.o.Password))
	}
	client, err := mail.NewClient(host, options...)
	if err != nil {
		return err
	}
	return client.DialAndSendWithContext(ctx, letter)
}

// text is a message as a letter. What servers say in it is one line each and prints.
func text(m Message) string {
	var b strings.Builder
	b.WriteString(oneLine(m.Title) + "\n\n")
	for _, line := range m.Lines {
		b.WriteString("  " + oneLine(line) + "\n")
	}
	b.WriteString("\n" + m.Link + "\n")
	return b.String()
}

func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}
