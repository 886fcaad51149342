package remote

import (
	"bytes"
	"context"
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
		return status(response.StatusCode)
	}
	return nil
}

func (o Options) ask(ctx context.Context, method string, at *url.URL, body []byte) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, at.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "exvet/"+exvet.Version)
	// A transport that unpacks by itself would change the bytes.
	request.Header.Set("Accept-Encoding", "identity")
	if method == http.MethodPut {
		request.Header.Set("Content-Type", "application/gzip")
	}
	return o.client().Do(request)
}
