package ingest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// receive reads the body of an upload as it travels. The caller calls release when it is done with it.
func (in *Intake) receive(w http.ResponseWriter, r *http.Request, most int64) (body []byte, release func(), err error) {
	weight := r.ContentLength
	if weight > most {
		return nil, nil, &refusal{http.StatusRequestEntityTooLarge, "upload/too-large", fmt.Sprintf("%d bytes; the hub takes %d", weight, most)}
	}
	if weight < 0 {
		weight = most
	}
	if err := in.turn(r.Context(), in.bodies.Acquire, weight); err != nil {
		return nil, nil, err
	}
	release = func() { in.bodies.Release(weight) }
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(reading)) // a test's recorder has none
	body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err != nil {
		release()
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, nil, &refusal{http.StatusRequestEntityTooLarge, "upload/too-large", fmt.Sprintf("more than the %d bytes the hub takes", most)}
		}
		return nil, nil, &refusal{http.StatusBadRequest, "upload/cut-off", err.Error()}
	}
	return body, release, nil
}

// turn waits for a semaphore, but not for ever.
func (in *Intake) turn(ctx context.Context, acquire func(context.Context, int64) error, weight int64) error {
	ctx, cancel := context.WithTimeout(ctx, in.Patience)
	defer cancel()
	if err := acquire(ctx, weight); err != nil {
		return errTurn
	}
	return nil
}

// unpack gives the text of a body.
func unpack(body []byte, encoding string, most int64) ([]byte, error) {
	switch encoding {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
	default:
		return nil, &refusal{http.StatusUnsupportedMediaType, "upload/encoding", fmt.Sprintf("content encoding %q; send gzip", clean(encoding, 40))}
	}
	text, err := gunzip(body, most)
	if err != nil {
		return nil, err
	}
	return text, nil
}

// How much larger a report usually is when it is unpacked, and how much room is made for it beforehand at most.
const (
	usualRatio = 12
	maxGrow    = 1 << 20
)

func gunzip(body []byte, most int64) ([]byte, error) {
	zip, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, &refusal{http.StatusBadRequest, "upload/malformed", "gzip: " + err.Error()}
	}
	var text bytes.Buffer
	text.Grow(min(usualRatio*len(body), maxGrow)) // or it is copied again and again
	if _, err := text.ReadFrom(io.LimitReader(zip, most+1)); err != nil {
		return nil, &refusal{http.StatusBadRequest, "upload/malformed", "gzip: " + err.Error()}
	}
	if int64(text.Len()) > most {
		return nil, &refusal{http.StatusRequestEntityTooLarge, "upload/too-large", fmt.Sprintf("more than %d bytes when uncompressed", most)}
	}
	return text.Bytes(), nil
}

func compress(parts ...[]byte) ([]byte, error) {
	var b bytes.Buffer
	zip, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	for _, part := range parts {
		if _, err := zip.Write(part); err != nil {
			return nil, err
		}
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
