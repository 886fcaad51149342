package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/hub"
)

// A hubFlags is what hub serve is told.
type hubFlags struct {
	data                                    hubData
	options                                 hub.Options
	keep, silent                            int
	oidcSecret, webhookSecret, smtpPassword string // files
	logFormat                               string
}

func hubServeCommand() *cobra.Command {
	var f hubFlags
	cmd := &cobra.Command{
		Use:   "serve [flags]",
		Short: "Receive statuses and decision logs of agents, and show what they say",
		Long: "Serve answers on one address, with TLS: agents post to /status and /logs as OPA does and fetch bundles below /bundles;\n" +
			"people read the page, programs the same below /api/v1. With no flags it serves this machine alone, with a certificate of\n" +
			"its own, and prints the first log-in once. Several hubs may share a database in PostgreSQL.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet hub serve --listen :8443 --hostname hub.contoso.example",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := arguments(0, 0)(cmd, args); err != nil {
				return err
			}
			if err := f.complete(); err != nil {
				return err
			}
			sweepAt(steadyGC)
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM)
			defer stop()
			return serveHub(ctx, &f, cmd.ErrOrStderr())
		},
	}
	f.define(cmd)
	return cmd
}

func (f *hubFlags) define(cmd *cobra.Command) {
	set, o := cmd.Flags(), &f.options
	set.SortFlags = false
	set.StringVar(&o.Listen, "listen", "127.0.0.1:8443", "answer on `ADDRESS:PORT`")
	set.StringVar(&o.URL, "url", "", "what people and agents reach the hub by, as `https://HOST`")
	f.data.define(set)
	set.StringVar(&o.Certificate, "tls-certificate", "", "show the certificate and chain in `FILE`, PEM; read again when it changes")
	set.StringVar(&o.Key, "tls-key", "", "its key, in `FILE`, PEM")
	set.StringArrayVar(&o.Hostnames, "hostname", nil, "in place of --tls-certificate: make a certificate for `NAME`")
	set.StringArrayVar(&o.Proxies, "trusted-proxy", nil, "believe the balancer at `ADDRESS`, or a network of them, for whom it asks: X-Forwarded-For, or the PROXY protocol")
	set.StringVar(&o.ClientAuthority, "client-ca", "", "take certificates of agents from the authorities in `FILE`, PEM, too: the name in one is that of an enrolled server")
	set.StringVar(&o.Bundles, "bundles", "", "serve bundles from `DIRECTORY`, as RING/NAME.tar.gz; bundles in --data unless given")
	set.StringVar(&o.Registry, "registry", "", "say on the page that agents fetch bundles from `ADDRESS`")
	set.IntVar(&f.keep, "keep-days", 90, "keep reports, changes and the audit log for `DAYS`; the newest report of a server is always kept")
	set.IntVar(&f.silent, "silent-hours", 26, "call a server silent after `HOURS`")
	set.StringVar(&o.OIDC.Issuer, "oidc-issuer", "", "let people log in through the OIDC provider at `https://ISSUER`")
	set.StringVar(&o.OIDC.ClientID, "oidc-client-id", "", "`ID` of the hub there")
	set.StringVar(&f.oidcSecret, "oidc-client-secret-file", "", "its secret, in `FILE`")
	set.StringVar(&o.OIDC.Claim, "oidc-claim", "groups", "`CLAIM` whose values decide what somebody may do")
	set.StringArrayVar(&o.OIDC.Roles, "oidc-role", nil, "`VALUE=ROLE`: viewer, operator or admin; the value * is anybody")
	set.StringArrayVar(&o.Notify.Webhooks, "webhook", nil, "post what is new to `https://ADDRESS`")
	set.StringVar(&f.webhookSecret, "webhook-secret-file", "", "sign it with the secret in `FILE`")
	set.StringVar(&o.Notify.SMTP, "smtp", "", "mail what is new through `HOST:PORT`")
	set.StringVar(&o.Notify.TLS, "smtp-tls", "starttls", "`starttls|tls|none`")
	set.StringVar(&o.Notify.User, "smtp-user", "", "log in there as `NAME`")
	set.StringVar(&f.smtpPassword, "smtp-password-file", "", "with the password in `FILE`")
	set.StringVar(&o.Notify.From, "mail-from", "", "from `ADDRESS`")
	set.StringArrayVar(&o.Notify.To, "mail-to", nil, "to `ADDRESS`")
	set.StringVar(&f.logFormat, "log-format", "text", "write the log to standard error as `text|json`")
}

func (f *hubFlags) complete() error {
	o := &f.options
	o.Data, o.Database = f.data.dir, f.data.database
	if f.keep < 1 || f.silent < 1 {
		return exvet.Refuse("usage/hub", "--keep-days and --silent-hours are 1 or more")
	}
	if f.logFormat != "text" && f.logFormat != "json" {
		return exvet.Refuse("usage/log-format", "unknown log format %q: use text or json", f.logFormat)
	}
	o.Keep, o.Silent = time.Duration(f.keep)*24*time.Hour, time.Duration(f.silent)*time.Hour
	for _, secret := range []struct {
		flag, file string
		into       *string
	}{
		{"oidc-client-secret-file", f.oidcSecret, &o.OIDC.ClientSecret}, {"webhook-secret-file", f.webhookSecret, &o.Notify.Secret},
		{"smtp-password-file", f.smtpPassword, &o.Notify.Password},
	} {
		text, err := secretFile(secret.flag, secret.file)
		if err != nil {
			return err
		}
		*secret.into = text
	}
	return nil
}

func serveHub(ctx context.Context, f *hubFlags, stderr io.Writer) error {
	handler := slog.Handler(slog.NewTextHandler(stderr, nil))
	if f.logFormat == "json" {
		handler = slog.NewJSONHandler(stderr, nil)
	}
	h, err := hub.New(ctx, f.options, slog.New(handler))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", f.options.Listen)
	if err != nil {
		return fmt.Errorf("answer on %s: %w", f.options.Listen, closed(err, h))
	}
	welcome(stderr, h)
	return closed(h.Serve(ctx, listener), h)
}

// closed closes the hub and keeps the first error.
func closed(err error, h *hub.Hub) error {
	if closing := h.Close(); err == nil {
		return closing
	}
	return err
}

// welcome says what to do next.
func welcome(w io.Writer, h *hub.Hub) {
	fmt.Fprintf(w, "exvet hub serves %s\n", h.URL)
	if h.First != nil {
		fmt.Fprintf(w, "  log in       %s with the password %s (shown this once; change it under Account)\n", h.First.Name, h.First.Password)
	}
	if h.Made != "" {
		fmt.Fprintf(w, "  certificate  made here: your browser asks once; agents trust %s\n", h.Made)
	}
	fmt.Fprintf(w, "  data         %s\n", h.DB.Describe())
	if h.First != nil {
		fmt.Fprintf(w, "  next         log in, choose Enrol, and run the command it shows on the first server\n")
	}
	if len(h.Teller.Channels()) == 0 {
		fmt.Fprintf(w, "  notices      none: name --webhook or --smtp to be told what is new\n")
	}
}
