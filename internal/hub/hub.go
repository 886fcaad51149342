// Package hub receives what agents report, shows it to people, and tells them what is new.
package hub

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/exvet/exvet/internal/hub/access"
	"github.com/exvet/exvet/internal/hub/ingest"
	"github.com/exvet/exvet/internal/hub/notify"
	"github.com/exvet/exvet/internal/hub/pages"
	"github.com/exvet/exvet/internal/hub/shelf"
	"github.com/exvet/exvet/internal/hub/store"
)

// Options say how a hub is run.
type Options struct {
	Data     string // directory for the database, certificates and bundles, where nothing else is named
	Database string // file of SQLite or postgres://...; "" for hub.db in Data
	Listen   string // address: 127.0.0.1:8443
	URL      string // how people and agents reach it; "" for https://Listen

	Certificate, Key string   // PEM files; "" for one of the hub's own
	Hostnames        []string // in a certificate of the hub's own
	Proxies          []string // addresses and networks of balancers that say for whom they ask
	ClientAuthority  string   // PEM file: whose certificates agents may show besides the hub's own

	Bundles  string        // directory bundles are served from; "" for bundles in Data
	Keep     time.Duration // how long reports are kept
	Silent   time.Duration // after which a server counts as silent
	OIDC     access.OIDCOptions
	Notify   notify.Options
	Registry string // where agents fetch bundles instead: shown only
}

// A Hub is one that is ready to serve.
type Hub struct {
	Options
	DB     *store.DB
	Log    *slog.Logger
	Gate   *access.Gate
	Intake *ingest.Intake
	Site   *pages.Site
	Teller *notify.Teller

	First   *FirstLogin // where this start made the first user
	Made    string      // file of the authority whose certificate it made, or ""
	tls     *tls.Config
	proxies proxies
	handler http.Handler
}

// A FirstLogin is shown once.
type FirstLogin struct{ Name, Password string }

// New opens the database and makes what is missing: certificate, and the first user.
func New(ctx context.Context, o Options, log *slog.Logger) (*Hub, error) {
	h := &Hub{Options: o, Log: log}
	if err := h.prepare(); err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, h.Database)
	if err != nil {
		return nil, err
	}
	h.DB = db
	if err := h.assemble(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return h, nil
}

func (h *Hub) assemble(ctx context.Context) error {
	authority, err := h.agentAuthority(ctx)
	if err != nil {
		return err
	}
	if h.tls, err = h.tlsConfig(authority); err != nil {
		return err
	}
	if h.First, err = h.firstLogin(ctx); err != nil {
		return err
	}
	h.Gate = access.NewGate(h.DB, h.Log, authority)
	if h.OIDC.Issuer != "" {
		h.OIDC.Redirect = h.URL + "/oidc/callback"
		if h.Gate.OIDC, err = access.NewOIDC(ctx, h.OIDC); err != nil {
			return err
		}
	}
	if h.Teller, err = notify.New(h.DB, h.Log, h.Notify, h.URL); err != nil {
		return err
	}
	h.Intake = ingest.New(h.DB, h.Log)
	h.Intake.Tell, h.Intake.Alarm = h.Teller.Changes, h.Teller.Activations
	bundles, err := shelf.Open(h.Bundles)
	if err != nil {
		return err
	}
	h.Site = &pages.Site{DB: h.DB, Gate: h.Gate, Shelf: bundles, Log: h.Log, Silent: h.Silent, URL: h.URL, Registry: h.Registry, Counts: h.Intake.Counts(), Channels: h.Teller.Channels()}
	h.handler = h.routesHandler()
	return nil
}

// firstLogin makes the first user where there is none.
func (h *Hub) firstLogin(ctx context.Context) (*FirstLogin, error) {
	password := access.NewPassword()
	made, err := access.AddUser(ctx, h.DB, "admin", access.Admin, password, true)
	if err != nil || !made {
		return nil, err
	}
	return &FirstLogin{Name: "admin", Password: password}, nil
}

// How long the hub waits for slow callers, and for what runs when it is stopped.
const (
	headerTime = 10 * time.Second
	idleTime   = 2 * time.Minute
	stopTime   = 15 * time.Second
)

// Serve answers on a listener until the context ends.
func (h *Hub) Serve(ctx context.Context, listener net.Listener) error {
	work, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan struct{})
	go func() { h.work(work); close(done) }()
	server := &http.Server{
		Handler: h.handler, TLSConfig: h.tls, ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(h.Log.Handler(), slog.LevelDebug), BaseContext: func(net.Listener) context.Context { return work },
	}
	failed := make(chan error, 1)
	go func() { failed <- server.ServeTLS(h.proxies.listener(listener), "", "") }()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		h.Site.Stop()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		if err = server.Shutdown(last); err != nil {
			err = errors.Join(fmt.Errorf("stop: %w", err), server.Close())
		}
	}
	stop()
	<-done
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// Close closes the database.
func (h *Hub) Close() error { return h.DB.Close() }
