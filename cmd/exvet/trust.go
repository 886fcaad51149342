package main

import (
	"context"
	"crypto/x509"
	"errors"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/bundles/remote"
	"github.com/exvet/exvet/internal/engine"
)

// trustFlags are the flags that say which bundles are believed.
type trustFlags struct {
	keys          []string
	keyID         string
	algorithm     string
	scope         string
	allowUnsigned bool
	minSerial     int
	plainHTTP     bool
	ca            string
	tokenFile     string // of push and pull, which talk to one server
}

func (f *trustFlags) define(cmd *cobra.Command) {
	set := cmd.Flags()
	set.StringArrayVar(&f.keys, "verification-key", nil, "public key (PEM) that verifies bundles, as `[ID=]FILE`; repeatable")
	set.StringVar(&f.keyID, "verification-key-id", "", "verify with the key of this `ID` alone, whatever id a signature names")
	set.StringVar(&f.scope, "scope", "", "`SCOPE` that signatures must name")
	set.StringVar(&f.algorithm, "signing-alg", "", "`ALG` of the keys: ES256, RS256 or, a secret for labs, HS256 (default that of the key)")
	set.BoolVar(&f.allowUnsigned, "allow-unsigned", false, "take bundles that are not signed")
	set.IntVar(&f.minSerial, "min-serial", 0, "refuse bundles with a serial below `N`: they are old ones, replayed")
	f.defineAddress(cmd)
}

func (f *trustFlags) defineAddress(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.plainHTTP, "plain-http", false, "talk to addresses without TLS; without this only to this machine itself")
	cmd.Flags().StringVar(&f.ca, "ca", "", "`FILE` (PEM) of authorities that vouch for servers, beside those of the system")
}

func (f *trustFlags) defineToken(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.tokenFile, "token-file", "", "show a web server, such as a hub, the token in `FILE`")
}

// trust reads the keys.
func (f *trustFlags) trust(now time.Time) (bundles.Trust, error) {
	trust := bundles.Trust{
		KeyID: f.keyID, Scope: f.scope, AllowUnsigned: f.allowUnsigned, MinSerial: f.minSerial, Engine: exvet.Version, Now: now,
	}
	for _, value := range f.keys {
		id, file := splitKey(value)
		if id == "" && len(f.keys) == 1 {
			id = f.keyID
		}
		key, err := bundles.ReadKey(file, id, f.algorithm)
		if err != nil {
			return trust, err
		}
		trust.Keys = append(trust.Keys, key)
	}
	if f.keyID != "" && len(f.keys) == 0 {
		return trust, exvet.Refuse("usage/flag", "--verification-key-id %q names no --verification-key", f.keyID)
	}
	return trust, nil
}

var keyForm = exvet.Pattern(`^([A-Za-z0-9._-]+)=(.+)$`)

// splitKey reads [ID=]FILE. A file whose own name has that form is a file.
func splitKey(value string) (id, file string) {
	parts := keyForm().FindStringSubmatch(value)
	if _, err := os.Stat(value); parts == nil || err == nil {
		return "", value
	}
	return parts[1], parts[2]
}

// remote says how addresses are talked to.
func (f *trustFlags) remote() (remote.Options, error) {
	options := remote.Options{PlainHTTP: f.plainHTTP, Limit: bundles.MaxArchive}
	if f.tokenFile != "" {
		token, err := os.ReadFile(f.tokenFile)
		if options.Token = strings.TrimSpace(string(token)); err == nil && (options.Token == "" || strings.ContainsFunc(options.Token, unicode.IsControl)) {
			err = errors.New("it holds no token of one line")
		}
		if err != nil {
			return options, exvet.Refuse("usage/token-file", "read --token-file: %w", err)
		}
	}
	if f.ca == "" {
		return options, nil
	}
	content, err := os.ReadFile(f.ca)
	if err != nil {
		return options, exvet.Refuse("usage/ca", "read --ca: %w", err)
	}
	if options.Roots, err = x509.SystemCertPool(); err != nil {
		options.Roots = x509.NewCertPool()
	}
	if !options.Roots.AppendCertsFromPEM(content) {
		return options, exvet.Refuse("usage/ca", "--ca %q holds no certificate; it is a PEM file", f.ca)
	}
	return options, nil
}

// fetchBytes gives the bytes at an address.
func (f *trustFlags) fetchBytes(ctx context.Context, address string) ([]byte, error) {
	options, err := f.remote()
	if err != nil {
		return nil, err
	}
	return options.Fetch(ctx, address)
}

// open reads a bundle from a directory, an archive or an address.
func (f *trustFlags) open(ctx context.Context, name string, trust bundles.Trust, kind bundles.Kind) (*bundles.Bundle, error) {
	if !remote.IsAddress(name) {
		return trust.Open(ctx, name, kind)
	}
	content, err := f.fetchBytes(ctx, name)
	if err != nil {
		return nil, err
	}
	return trust.Archive(ctx, shortAddress(name), content, kind)
}

// shortAddress is what the files of a bundle at an address are called: the address without scheme, credentials and query.
func shortAddress(address string) string {
	_, rest, _ := strings.Cut(remote.Redact(address), "://")
	rest, _, _ = strings.Cut(rest, "?")
	return rest[strings.LastIndexByte(rest, '@')+1:]
}

// ruleSources are the flags that say where rules come from.
type ruleSources struct {
	trustFlags

	bundles []string
	core    string
	coreKey string
}

const bundleForms = "`BUNDLE`: a directory, an archive, oci://HOST/REPOSITORY:TAG or https://...; repeatable"

func (s *ruleSources) define(cmd *cobra.Command) {
	set := cmd.Flags()
	set.StringArrayVar(&s.bundles, "bundle", nil, "add the rules in "+bundleForms)
	s.trustFlags.define(cmd)
	set.StringVar(&s.core, "core", "", "replace the rules built into exvet by those of a newer core `BUNDLE`")
	set.StringVar(&s.coreKey, "core-key", "", "public key that verifies --core, as `[ID=]FILE` (default those of --verification-key)")
}

// load gives the embedded rules, or those that replace them, and those of --bundle.
func (s *ruleSources) load(ctx context.Context, now time.Time) ([]*bundles.Bundle, error) {
	trust, err := s.trust(now)
	if err != nil {
		return nil, err
	}
	core, err := s.loadCore(ctx, trust)
	if err != nil {
		return nil, err
	}
	loaded := []*bundles.Bundle{core}
	for _, name := range s.bundles {
		bundle, err := s.open(ctx, name, trust, bundles.Organisations)
		if err != nil {
			return nil, err
		}
		loaded = append(loaded, bundle)
	}
	return loaded, nil
}

// loadCore gives the embedded rules unless --core names others. Those may not be older.
func (s *ruleSources) loadCore(ctx context.Context, trust bundles.Trust) (*bundles.Bundle, error) {
	if s.core == "" {
		return bundles.Core()
	}
	var err error
	if trust.MinSerial, err = bundles.CoreSerial(); err != nil {
		return nil, err
	}
	if s.coreKey != "" {
		id, file := splitKey(s.coreKey)
		key, err := bundles.ReadKey(file, id, s.algorithm)
		if err != nil {
			return nil, err
		}
		trust.Keys, trust.KeyID = []bundles.Key{key}, ""
	}
	return s.open(ctx, s.core, trust, bundles.Cores)
}

// engine compiles the rules.
func (s *ruleSources) engine(ctx context.Context, now time.Time) (*engine.Engine, error) {
	loaded, err := s.load(ctx, now)
	if err != nil {
		return nil, err
	}
	return engine.New(ctx, loaded, exvet.SnapshotSchema())
}
