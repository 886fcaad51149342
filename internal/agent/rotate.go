package agent

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/open-policy-agent/opa/v1/plugins/rest"

	"github.com/exvet/exvet"
)

// A Rotation is what a hub gave in place of the credentials it was asked with.
type Rotation struct {
	Server  string    `json:"server"`
	Expires time.Time `json:"expires_at"`
	Files   []string  `json:"-"` // that hold them now

	Token       string `json:"token"`
	Certificate string `json:"certificate"`
}

// rotateTimeout is how long a hub may take to answer.
const rotateTimeout = 30 * time.Second

// Rotate asks the hub results and statuses go to for new credentials, and puts them into the files its configuration names. The
// hub takes those before for another hour. A running agent reads the files anew. request makes a request for a certificate, and
// its key, in PEM.
func Rotate(ctx context.Context, config *Config, request func() (request string, key []byte, err error)) (Rotation, error) {
	name := cmp.Or(config.results, config.status)
	if name == "" {
		return Rotation{}, exvet.Refuse("agent/rotate", "%s sends nothing to a hub; it has neither decision_logs nor status", config.File)
	}
	section := config.services[name]
	raw, err := json.Marshal(section)
	if err != nil {
		return Rotation{}, err
	}
	client, err := rest.New(raw, nil, rest.Name(name), rest.Logger(&opaLog{log: slog.New(slog.DiscardHandler)}))
	if err != nil {
		return Rotation{}, exvet.Refuse("agent/config", "service %q: %w", name, err)
	}
	files, err := credentialFiles(name, section)
	if err != nil {
		return Rotation{}, err
	}
	var ask struct {
		Request string `json:"certificate_request,omitempty"`
	}
	var key []byte
	if len(files) > 1 {
		if ask.Request, key, err = request(); err != nil {
			return Rotation{}, err
		}
	}
	// What the hub gives once must find room: the files are made first.
	var fresh []string
	defer func() {
		for _, file := range fresh {
			_ = os.Remove(file) // where it took no place
		}
	}()
	for _, file := range files {
		fresh = append(fresh, file+partial)
		if err := alike(file, file+partial); err != nil {
			return Rotation{}, exvet.Refuse("agent/rotate", "%w; run this as who may write there", err)
		}
	}
	given, err := rotated(ctx, client, ask)
	if err != nil {
		return Rotation{}, err
	}
	contents := [][]byte{[]byte(given.Token)}
	if key != nil {
		contents = [][]byte{[]byte(given.Certificate), key}
	}
	for i, content := range contents {
		if len(content) == 0 {
			return Rotation{}, errors.New("agent/rotate: the hub's answer holds no credentials of the kind that was asked for")
		}
		if err := fill(fresh[i], content); err != nil {
			return Rotation{}, fmt.Errorf("agent/rotate: %w; join the hub again with a new code", err)
		}
	}
	for i := len(files) - 1; i >= 0; i-- {
		if err := os.Rename(fresh[i], files[i]); err != nil {
			return Rotation{}, fmt.Errorf("agent/rotate: %w; join the hub again with a new code", err)
		}
	}
	given.Files = files
	return given, nil
}

// credentialFiles gives the file of a service's token, or those of its certificate and its key.
func credentialFiles(name string, section map[string]any) ([]string, error) {
	credentials, _ := section["credentials"].(map[string]any)
	text := func(kind, field string) string {
		table, _ := credentials[kind].(map[string]any)
		file, _ := table[field].(string)
		return file
	}
	if file := text("bearer", "token_path"); file != "" {
		return []string{file}, nil
	}
	certificate, private := text("client_tls", "cert"), text("client_tls", "private_key")
	if certificate == "" || private == "" {
		return nil, exvet.Refuse("agent/rotate", "the credentials of service %q stand in no file: "+
			"name one by bearer.token_path, or by client_tls.cert and private_key", name)
	}
	return []string{certificate, private}, nil
}

func rotated(ctx context.Context, client rest.Client, ask any) (given Rotation, err error) {
	ctx, cancel := context.WithTimeout(ctx, rotateTimeout)
	defer cancel()
	response, err := client.WithJSON(ask).Do(ctx, http.MethodPost, "/enrol/rotate")
	if err != nil {
		return given, fmt.Errorf("agent/rotate: %w", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return given, fmt.Errorf("agent/rotate: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		var said struct{ Error string }
		if json.Unmarshal(text, &said) != nil || said.Error == "" {
			return given, fmt.Errorf("agent/rotate: the service answered %d %s; is it a hub?", response.StatusCode, http.StatusText(response.StatusCode))
		}
		return given, exvet.Refuse("agent/rotate", "the hub says: %s", said.Error)
	}
	if err := json.Unmarshal(text, &given); err != nil {
		return given, fmt.Errorf("agent/rotate: the hub's answer: %w", err)
	}
	return given, nil
}

// fill writes a file that is there, and waits for the disk.
func fill(name string, content []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return errors.Join(err, file.Sync(), file.Close())
}
