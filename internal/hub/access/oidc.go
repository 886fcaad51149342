package access

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/hub/store"
)

// An OIDC lets people of an identity provider log in.
type OIDC struct {
	Label    string // on the button
	verifier *oidc.IDTokenVerifier
	config   oauth2.Config
	issuer   string
	claim    string
	roles    map[string]Role // by value of the claim
}

// OIDCOptions name an identity provider.
type OIDCOptions struct {
	Issuer, ClientID, ClientSecret string
	Redirect                       string   // https://hub.example/oidc/callback
	Claim                          string   // whose values decide the role: "groups"
	Roles                          []string // VALUE=ROLE; VALUE * stands for everybody
}

// NewOIDC asks the issuer where its services are.
func NewOIDC(ctx context.Context, o OIDCOptions) (*OIDC, error) {
	roles := map[string]Role{}
	for _, each := range o.Roles {
		value, role, ok := strings.Cut(each, "=")
		if !ok || !Role(role).May(Viewer) {
			return nil, exvet.Refuse("hub/oidc-role", "--oidc-role %q: write VALUE=viewer, VALUE=operator or VALUE=admin", each)
		}
		roles[value] = Role(role)
	}
	if len(roles) == 0 {
		return nil, exvet.Refuse("hub/oidc-role", "no --oidc-role: nobody of %s could log in; write --oidc-role GROUP=viewer", o.Issuer)
	}
	provider, err := oidc.NewProvider(ctx, o.Issuer)
	if err != nil {
		return nil, fmt.Errorf("ask %s for its OIDC configuration: %w", o.Issuer, err)
	}
	return &OIDC{
		Label: o.Issuer, issuer: o.Issuer, claim: o.Claim, roles: roles, verifier: provider.Verifier(&oidc.Config{ClientID: o.ClientID}),
		config: oauth2.Config{ClientID: o.ClientID, ClientSecret: o.ClientSecret, Endpoint: provider.Endpoint(), RedirectURL: o.Redirect,
			Scopes: []string{oidc.ScopeOpenID, "profile", "email"}},
	}, nil
}

// Names of what a session holds while somebody is at the provider.
const (
	sessionState    = "oidc state"
	sessionNonce    = "oidc nonce"
	sessionVerifier = "oidc verifier"
)

// Start sends a person to the provider.
func (g *Gate) Start(w http.ResponseWriter, r *http.Request) {
	if g.OIDC == nil {
		http.NotFound(w, r)
		return
	}
	state, nonce, verifier := secret(), secret(), oauth2.GenerateVerifier()
	g.Sessions.Put(r.Context(), sessionState, state)
	g.Sessions.Put(r.Context(), sessionNonce, nonce)
	g.Sessions.Put(r.Context(), sessionVerifier, verifier)
	http.Redirect(w, r, g.OIDC.config.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), http.StatusSeeOther)
}

// Finish takes a person back from the provider. Its error is for the log-in page.
func (g *Gate) Finish(r *http.Request) error {
	if g.OIDC == nil || !g.logins.allow("address "+Origin(r)) {
		return errOften
	}
	state, nonce := g.Sessions.PopString(r.Context(), sessionState), g.Sessions.PopString(r.Context(), sessionNonce)
	verifier := g.Sessions.PopString(r.Context(), sessionVerifier)
	if state == "" || r.URL.Query().Get("state") != state {
		return say("this log-in was not begun here, or is over; begin again")
	}
	if said := r.URL.Query().Get("error"); said != "" {
		return say("the identity provider refused: %q", said)
	}
	granted, err := g.OIDC.config.Exchange(r.Context(), r.URL.Query().Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		g.Log.Warn("OIDC", "error", err)
		return say("the identity provider did not confirm the log-in")
	}
	raw, _ := granted.Extra("id_token").(string)
	id, err := g.OIDC.verifier.Verify(r.Context(), raw)
	if err != nil || id.Nonce != nonce {
		g.Log.Warn("OIDC", "error", err)
		return say("the identity provider's answer is not valid")
	}
	claims := map[string]any{}
	if err := id.Claims(&claims); err != nil {
		return err
	}
	return g.admit(r, id.Subject, claims)
}

// admit begins a session for somebody the provider vouches for, with the role its claims give, each time anew.
func (g *Gate) admit(r *http.Request, subject string, claims map[string]any) error {
	name := subject
	for _, claim := range []string{"preferred_username", "email"} {
		if text, ok := claims[claim].(string); ok && CheckName(text) == nil {
			name = text
			break
		}
	}
	role := g.OIDC.role(claims)
	if role == "" {
		g.audit(r, name, "log-in refused", "", "no role by "+g.OIDC.claim)
		return say("%q may not use this hub: none of its %s has a role here", name, g.OIDC.claim)
	}
	origin := g.OIDC.issuer + " " + subject
	user, err := g.DB.UserFrom(r.Context(), origin)
	if err != nil {
		return err
	}
	if user == nil {
		_, err := g.DB.AddUser(r.Context(), store.User{Name: name, Role: string(role), Origin: origin, Made: time.Now()}, false)
		if errors.Is(err, store.ErrNameTaken) {
			return say("there is another user %q here; ask an admin of this hub", name)
		}
		if err != nil {
			return err
		}
	} else if user.Disabled {
		return errLogin
	} else if user.Role != string(role) {
		user.Role = string(role)
		if err := g.DB.ChangeUser(r.Context(), *user); err != nil {
			return err
		}
	}
	if user, err = g.DB.UserFrom(r.Context(), origin); err != nil || user == nil {
		return errors.Join(err, errLogin)
	}
	return g.begin(r, user)
}

// role is the highest that the values of the claim give, or "".
func (o *OIDC) role(claims map[string]any) Role {
	var values []string
	switch claim := claims[o.claim].(type) {
	case string:
		values = []string{claim}
	case []any:
		for _, each := range claim {
			if text, ok := each.(string); ok {
				values = append(values, text)
			}
		}
	}
	best := Role("")
	for _, value := range append(values, "*") {
		if role, ok := o.roles[value]; ok && slices.Index(Roles(), role) > slices.Index(Roles(), best) {
			best = role
		}
	}
	return best
}
