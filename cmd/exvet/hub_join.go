package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/hub/access"
)

func hubJoinCommand() *cobra.Command {
	var code, authority, tokenFile, certificateFile, keyFile string
	cmd := &cobra.Command{
		Use:   "join [flags] https://HUB",
		Short: "Enrol this server: a one-time code for a token or a certificate",
		Long: "Join asks the hub for the agent's credentials and writes them to files only their owner may read: a token to --token-file, or a\n" +
			"certificate to --certificate-file with a new key in --key-file. The agent's configuration names the files.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet hub join https://hub.contoso.example --code ABCDEF-GHIJKL-MNOPQR-STUVWX --ca hub-ca.pem --token-file hub.token",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := arguments(1, 1)(cmd, args); err != nil {
				return err
			}
			return joinHub(cmd.Context(), args[0], code, authority, tokenFile, certificateFile, keyFile, cmd.ErrOrStderr())
		},
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringVar(&code, "code", "", "the `CODE` the hub shows under Enrol")
	set.StringVar(&authority, "ca", "", "trust the authority in `FILE`, PEM: hub-ca.pem of a hub that made its own certificate")
	set.StringVar(&tokenFile, "token-file", "", "write a token to `FILE`")
	set.StringVar(&certificateFile, "certificate-file", "", "write a certificate to `FILE`")
	set.StringVar(&keyFile, "key-file", "", "and its key to `FILE`")
	return cmd
}

func joinHub(ctx context.Context, address, code, authority, tokenFile, certificateFile, keyFile string, stderr io.Writer) error {
	at, err := url.Parse(address)
	if err != nil || at.Scheme != "https" || at.Host == "" {
		return exvet.Refuse("hub/address", "%q is no address of a hub; write https://HOST", address)
	}
	switch {
	case code == "":
		return exvet.Refuse("usage/hub", "no --code given; the hub shows one under Enrol")
	case (tokenFile == "") == (certificateFile == ""), (certificateFile == "") != (keyFile == ""):
		return exvet.Refuse("usage/hub", "name --token-file, or --certificate-file and --key-file")
	}
	client := &http.Client{Timeout: 30 * time.Second}
	if authority != "" {
		all, err := access.ReadPool(authority)
		if err != nil {
			return exvet.Refuse("hub/ca", "--ca: %w", err)
		}
		pool := x509.NewCertPool()
		for _, each := range all {
			pool.AddCert(each)
		}
		client.Transport = &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	}
	ask := access.Enrolment{Code: code}
	var key []byte
	if certificateFile != "" {
		if ask.Request, key, err = certificateRequest(); err != nil {
			return err
		}
	}
	given, err := enrol(ctx, client, at.JoinPath("enrol").String(), ask)
	if err != nil {
		return err
	}
	files := []struct{ name, text string }{{tokenFile, given.Token}}
	if certificateFile != "" {
		files = []struct{ name, text string }{{keyFile, string(key)}, {certificateFile, given.Certificate}}
	}
	for _, file := range files {
		if err := os.WriteFile(file.name, []byte(file.text), 0o600); err != nil {
			return fmt.Errorf("write credentials: %w; ask for a new code", err)
		}
	}
	fmt.Fprintf(stderr, "enrolled as %s until %s\n", given.Server, given.Expires.Format(time.DateOnly))
	return nil
}

func enrol(ctx context.Context, client *http.Client, address string, ask access.Enrolment) (given access.Credentials, err error) {
	body, err := json.Marshal(ask)
	if err != nil {
		return given, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return given, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return given, fmt.Errorf("enrol: %w", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return given, fmt.Errorf("enrol: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		var said struct{ Error string }
		if json.Unmarshal(text, &said) != nil || said.Error == "" {
			return given, fmt.Errorf("enrol: %s answered %d; is it a hub?", address, response.StatusCode)
		}
		return given, exvet.Refuse("hub/enrol", "%s", said.Error)
	}
	if err := json.Unmarshal(text, &given); err != nil {
		return given, fmt.Errorf("enrol: the hub's answer: %w", err)
	}
	return given, nil
}

func certificateRequest() (request string, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", nil, err
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, private)
	if err != nil {
		return "", nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return "", nil, err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), nil
}
