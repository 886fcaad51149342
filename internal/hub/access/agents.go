package access

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/hub/store"
)

const agentPrefix = "exvet-agent-"

// How long tokens of agents and codes of enrolment last, and an old token after a new one was drawn.
const (
	tokenLife = 365 * 24 * time.Hour
	CodeLife  = 24 * time.Hour
	grace     = time.Hour
)

// Agent says which server a request comes from, by its token or its certificate: nil where it shows neither, or one that is
// no longer good.
func (g *Gate) Agent(r *http.Request) (*store.Agent, error) {
	if id, sum, ok := bearer(r, agentPrefix); ok {
		return g.DB.AgentWith(r.Context(), id, sum, time.Now())
	}
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 {
		return nil, nil
	}
	leaf, root := r.TLS.VerifiedChains[0][0], r.TLS.VerifiedChains[0][len(r.TLS.VerifiedChains[0])-1]
	if root.Equal(g.CA.Certificate) {
		print := Fingerprint(leaf.Raw)
		return g.DB.AgentWith(r.Context(), certificateID(print), print, time.Now())
	}
	// An authority of the organisation's: it says the name, and the hub must know it.
	for _, name := range namesOf(leaf) {
		agent, err := g.DB.AgentNamed(r.Context(), name)
		if err != nil || agent != nil {
			return agent, err
		}
	}
	return nil, nil
}

func certificateID(fingerprint string) string { return "certificate-" + fingerprint[:32] }

// namesOf lists what a certificate may call its server, in lower case: each name, and its first label.
func namesOf(leaf *x509.Certificate) []string {
	var all []string
	for _, name := range append(leaf.DNSNames[:len(leaf.DNSNames):len(leaf.DNSNames)], leaf.Subject.CommonName) {
		name = strings.ToLower(name)
		short, _, _ := strings.Cut(name, ".")
		if name != "" {
			all = append(all, name, short)
		}
	}
	return all
}

// CheckName refuses what cannot be the name of a server.
func CheckName(name string) error {
	bad := strings.IndexFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(`/\<>"'&`, r) })
	if strings.TrimSpace(name) != name || name == "" || len(name) > 100 || bad >= 0 {
		return exvet.Refuse("hub/name", "%q is no name of a server: up to 100 letters, digits and signs such as EX01 or ex01.contoso.example", name)
	}
	return nil
}

// NewCode makes a one-time code with which a server of a name is enrolled.
func NewCode(ctx context.Context, db *store.DB, name, maker string) (string, error) {
	if err := CheckName(name); err != nil {
		return "", err
	}
	var b [15]byte
	_, _ = rand.Read(b[:]) // never fails
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])
	code := strings.Join([]string{text[:6], text[6:12], text[12:18], text[18:]}, "-")
	return code, db.AddCode(ctx, digest(code), name, maker, time.Now().Add(CodeLife))
}

// An Enrolment is what an agent asks with.
type Enrolment struct {
	Code    string `json:"code"`
	Request string `json:"certificate_request,omitempty"` // PEM: for a certificate in place of a token
}

// Credentials are what an agent gets, once.
type Credentials struct {
	Server      string    `json:"server"`
	Token       string    `json:"token,omitempty"`
	Certificate string    `json:"certificate,omitempty"` // PEM
	Expires     time.Time `json:"expires_at"`
}

// Enrol takes POST /enrol: a one-time code for credentials.
func (g *Gate) Enrol(w http.ResponseWriter, r *http.Request) {
	if !g.codes.allow(Origin(r)) {
		refuse(w, http.StatusTooManyRequests, "hub/busy: too many codes were tried from here; wait a minute")
		return
	}
	var ask Enrolment
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&ask); err != nil {
		refuse(w, http.StatusBadRequest, "enrol/malformed: "+err.Error())
		return
	}
	name, err := g.DB.UseCode(r.Context(), digest(strings.ToUpper(strings.TrimSpace(ask.Code))), time.Now())
	if err != nil {
		g.broken(w, "use a code", err)
		return
	}
	if name == "" {
		g.audit(r, "", "enrolment refused", "", "no such code, or it was used or is over")
		refuse(w, http.StatusForbidden, "enrol/code: no such code, or it was used or is over; ask for a new one")
		return
	}
	id, err := g.DB.AddServer(r.Context(), name, time.Now())
	if err != nil {
		g.broken(w, "enrol", err)
		return
	}
	g.issue(w, r, store.Agent{Server: id, Name: name}, ask.Request, "enrolled")
}

// Rotate takes POST /enrol/rotate from an agent: new credentials, after which the ones it came with last an hour.
func (g *Gate) Rotate(w http.ResponseWriter, r *http.Request, agent store.Agent) {
	var ask Enrolment
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&ask); err != nil {
		refuse(w, http.StatusBadRequest, "enrol/malformed: "+err.Error())
		return
	}
	if agent.Credential == "" {
		refuse(w, http.StatusConflict, "enrol/foreign: this certificate is not the hub's to renew; ask the authority that issued it")
		return
	}
	if err := g.DB.Shorten(r.Context(), agent.Credential, time.Now().Add(grace)); err != nil {
		g.broken(w, "rotate credentials", err)
		return
	}
	g.issue(w, r, agent, ask.Request, "rotated credentials")
}

// TokenFor draws a token of an agent, and what is stored of it.
func TokenFor(agent store.Agent, now time.Time) (string, store.Credential) {
	whole, id, sum := token(agentPrefix)
	return whole, store.Credential{ID: id, Server: agent.Server, Kind: store.KindToken, Digest: sum, Made: now, Expires: now.Add(tokenLife)}
}

func (g *Gate) issue(w http.ResponseWriter, r *http.Request, agent store.Agent, request, action string) {
	now := time.Now()
	given := Credentials{Server: agent.Name}
	var row store.Credential
	if request != "" {
		certificate, print, expires, err := g.CA.ForAgent(agent.Name, []byte(request), now)
		if err != nil {
			refuse(w, http.StatusBadRequest, "enrol/request: "+err.Error()+"; ask for a new code")
			return
		}
		row = store.Credential{ID: certificateID(print), Server: agent.Server, Kind: store.KindCertificate, Digest: print, Made: now, Expires: expires}
		given.Certificate = string(certificate)
	} else {
		given.Token, row = TokenFor(agent, now)
	}
	given.Expires = row.Expires.UTC()
	if err := g.DB.AddCredential(r.Context(), row); err != nil {
		g.broken(w, "store credentials", err)
		return
	}
	g.audit(r, agent.Name, action, agent.Name, fmt.Sprintf("%s %s", row.Kind, row.ID))
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(given) // the agent may have gone
}

func (g *Gate) broken(w http.ResponseWriter, what string, err error) {
	g.Log.Error(what, "error", err)
	refuse(w, http.StatusServiceUnavailable, "hub/store: "+what+" failed; try again")
}

func refuse(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": text}) // whoever asked may have gone
}
