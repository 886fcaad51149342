package agent

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"time"

	"github.com/open-policy-agent/opa/v1/plugins/rest"
)

// uploadTimeout is how long one decision may be on its way.
const uploadTimeout = 2 * time.Minute

// An uploader sends what waits in the spool.
type uploader struct {
	spool  *spool
	client func() rest.Client
}

// upload sends decisions, oldest first, until none is left or one does not arrive. Those a receiver will never take are set
// aside, and set are their ids; gone are those that arrived.
func (u *uploader) upload(ctx context.Context) (gone, set []string, err error) {
	all, _ := u.spool.waiting()
	var odd []error // with single decisions
	for _, w := range all {
		content, err := u.spool.read(w)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			odd = append(odd, err)
			continue
		}
		code, err := u.post(ctx, content)
		switch {
		case err != nil:
			return gone, set, errors.Join(append(odd, err)...)
		case code >= 200 && code < 300:
			gone, err = append(gone, w.id), u.spool.done(w)
		case code == http.StatusBadRequest, code == http.StatusRequestEntityTooLarge:
			odd = append(odd, fmt.Errorf("agent/upload: the receiver answered %d to decision %s; it is set aside", code, w.id))
			set, err = append(set, w.id), u.spool.setAside(w)
		default:
			err = fmt.Errorf("agent/upload: the receiver answered %d %s", code, http.StatusText(code))
			return gone, set, errors.Join(append(odd, err)...)
		}
		if err != nil {
			return gone, set, errors.Join(append(odd, err)...)
		}
	}
	return gone, set, errors.Join(odd...)
}

func (u *uploader) post(ctx context.Context, decision []byte) (code int, err error) {
	ctx, cancel := context.WithTimeout(ctx, uploadTimeout)
	defer cancel()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err = w.Write(batch(decision))
	if err = errors.Join(err, w.Close()); err != nil {
		return 0, err
	}
	response, err := u.client().WithHeader("Content-Type", "application/json").WithHeader("Content-Encoding", "gzip").
		WithBytes(packed.Bytes()).Do(ctx, http.MethodPost, "/logs")
	if err != nil {
		return 0, fmt.Errorf("agent/upload: %w", err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10)) // so that the connection serves again
	return response.StatusCode, nil
}
