package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"

	"github.com/exvet/exvet"
)

func (o Options) get(ctx context.Context, at *url.URL) ([]byte, error) {
	response, err := o.ask(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, status(response.StatusCode)
	}
	if response.ContentLength > o.Limit {
		return nil, errTooLarge
	}
	content, err := io.ReadAll(io.LimitReader(response.Body, o.Limit+1))
	if err == nil && int64(len(content)) > o.Limit {
		err = errTooLarge
	}
	return content, err
}

func (o Options) put(ctx context.Context, at *url.URL, bundle []byte) error {
	response, err := o.ask(ctx, http.MethodPut, at, bundle)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return refusal(response)
	}
	return nil
}

// maxReason is how much of a refusal is read.
const maxReason = 2000

// refusal is the error of a server that refused, with its reason where it gives one.
func refusal(response *http.Response) error {
	var body struct {
		Error string `json:"error"`
	}
	if json.NewDecoder(io.LimitReader(response.Body, maxReason)).Decode(&body) != nil || body.Error == "" {
		return status(response.StatusCode)
	}
	return refused{status(response.StatusCode), body.Error}
}

func (o Options) ask(ctx context.Context, method string, at *url.URL, body []byte) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, at.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "exvet/"+exvet.Version)
	if o.Token != "" {
		request.Header.Set("Authorization", "Bearer "+o.Token)
	}
	// A transport that unpacks by itself would change the bytes.
	request.Header.Set("Accept-Encoding", "identity")
	if method == http.MethodPut {
		request.Header.Set("Content-Type", "application/gzip")
	}
	return o.client().Do(request)
}
