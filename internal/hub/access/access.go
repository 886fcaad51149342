// Package access says who may do what: agents by token or certificate, people by session or key.
package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/exvet/exvet/internal/hub/store"
)

// A Role is what a person may do. Each may do what those before it may.
type Role string

// The roles.
const (
	Viewer   Role = "viewer"   // look
	Operator Role = "operator" // enrol and revoke agents, promote bundles
	Admin    Role = "admin"    // users, keys, audit log
)

// Roles lists the roles, least first.
func Roles() []Role { return []Role{Viewer, Operator, Admin} }

// May reports whether a role may do what another may.
func (r Role) May(do Role) bool {
	return slices.Contains(Roles(), r) && slices.Index(Roles(), r) >= slices.Index(Roles(), do)
}

// A Gate knows who is asking.
type Gate struct {
	DB       *store.DB
	Log      *slog.Logger
	Sessions *scs.SessionManager
	OIDC     *OIDC // nil: local users only
	CA       *Authority

	cross  *http.CrossOriginProtection
	logins *limits // by address, and by name
	codes  *limits // by address
	asks   *limits // by person
}

// NewGate makes a gate. Sessions last a working day.
func NewGate(db *store.DB, log *slog.Logger, ca *Authority) *Gate {
	sessions := scs.New()
	sessions.Store = store.Sessions{DB: db}
	sessions.HashTokenInStore = true
	sessions.Lifetime = 12 * time.Hour
	sessions.Cookie.Name = "__Host-exvet"
	sessions.Cookie.Secure = true
	sessions.Cookie.HttpOnly = true
	sessions.Cookie.SameSite = http.SameSiteLaxMode
	g := &Gate{DB: db, Log: log, Sessions: sessions, CA: ca, cross: http.NewCrossOriginProtection(),
		logins: newLimits(time.Minute/10, 10), codes: newLimits(time.Minute/20, 20), asks: newLimits(time.Second/20, 200)}
	sessions.ErrorFunc = func(w http.ResponseWriter, _ *http.Request, err error) {
		log.Error("session", "error", err)
		http.Error(w, "the hub cannot read sessions now; try again", http.StatusServiceUnavailable)
	}
	return g
}

// secret draws a text nobody guesses: 256 bits.
func secret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// identifier draws the public part of a token.
func identifier() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// digest is what is stored of a secret that nobody guesses.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// token makes "PREFIX-ID-SECRET".
func token(prefix string) (whole, id, sum string) {
	id = identifier()
	whole = prefix + id + "-" + secret()
	return whole, id, digest(whole)
}

// bearer gives id and digest of a token with a prefix in the request's Authorization.
func bearer(r *http.Request, prefix string) (id, sum string, ok bool) {
	whole, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || !strings.HasPrefix(whole, prefix) || len(whole) > 200 {
		return "", "", false
	}
	id, _, ok = strings.Cut(strings.TrimPrefix(whole, prefix), "-")
	return id, digest(whole), ok
}

// Origin is the address a request comes from.
func Origin(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// audit writes a line of the audit log. What cannot be written there goes to the log.
func (g *Gate) audit(r *http.Request, actor, action, target, detail string) {
	entry := store.Entry{At: time.Now(), Actor: actor, Origin: Origin(r), Action: action, Target: target, Detail: detail}
	if err := g.DB.Audit(r.Context(), entry); err != nil {
		g.Log.Error("write the audit log", "error", err, "actor", actor, "action", action, "target", target)
	}
}

// Audit writes a line of the audit log for the person who asks.
func (g *Gate) Audit(r *http.Request, action, target, detail string) {
	actor := ""
	if person := PersonOf(r); person != nil {
		actor = person.Name
	}
	g.audit(r, actor, action, target, detail)
}
