package collectors

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/authenticode"
)

// Bounds of reading.
const (
	maxFile   = 256 << 20        // octets of one file that must be held whole, as those of a zip must
	maxMemory = 256 << 20        // octets of all such files at a time
	spareTime = 10 * time.Second // of the collector's limit, to hand over what there is
)

// A fileReader reads files and judges their signatures.
type fileReader struct {
	*locator

	host    exvet.Host
	options Options
	trust   *trust
	memory  *semaphore.Weighted
}

func newFileReader(ctx context.Context, host exvet.Host, options Options) (*fileReader, error) {
	return &fileReader{locator: newLocator(host), host: host, options: options, memory: semaphore.NewWeighted(maxMemory)}, ctx.Err()
}

// read fills in the rows, several side by side. What time does not suffice for is unreadable.
func (r *fileReader) read(ctx context.Context, rows []*mentionedFile) error {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-spareTime))
		defer cancel()
	}
	for _, row := range rows {
		row.file = r.find(row.Key)
	}
	if !r.live {
		r.settle(rows)
	}
	if r.trust == nil {
		found, err := newTrust(ctx, r.host, r.options.Now)
		if err != nil {
			return err
		}
		r.trust = found
	}
	var group sync.WaitGroup
	next := make(chan *mentionedFile)
	var done atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for row := range next {
				r.fill(ctx, row)
				if n := int(done.Add(1)); r.options.Progress != nil && (n%50 == 0 || n == len(rows)) {
					r.options.Progress(n, len(rows))
				}
			}
		})
	}
	for _, row := range rows {
		next <- row
	}
	close(next)
	group.Wait()
	if err := ctx.Err(); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// fill reads one file. Whatever a hostile one does to the reader costs that row only.
func (r *fileReader) fill(ctx context.Context, row *mentionedFile) {
	row.Status, row.Reason = row.file.status, row.file.reason
	row.Signature = authenticode.Signature{Status: authenticode.Unknown, Reason: "the file was not read", Flags: []string{}}
	if row.file.name == "" || row.file.folder {
		return
	}
	defer func() {
		if recover() != nil {
			row.Status, row.Reason = fileUnreadable, "reading it failed"
		}
	}()
	row.Path = exvet.WindowsPath(row.file.name)
	err := r.open(ctx, row)
	switch {
	case err == nil:
		row.Status = fileRead
	case errors.Is(err, exvet.ErrNoEvidence):
		row.Status = fileNotInEvidence
	case errors.Is(err, context.DeadlineExceeded):
		row.Status, row.Reason = fileUnreadable, "there was no time left to read it"
	default:
		row.Status, row.Reason = fileUnreadable, reasonOf(err)
	}
}

// reasonOf gives an error without the path it has, which the row has too.
func reasonOf(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return shortened(err.Error())
}

func (r *fileReader) open(ctx context.Context, row *mentionedFile) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	file, err := r.files.Open(row.file.name)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	row.Size, row.Modified = info.Size(), timestamp(info.ModTime())
	if born, ok := info.(interface{ Created() time.Time }); ok {
		row.Created = timestamp(born.Created())
	}
	at, random := file.(io.ReaderAt)
	if !random {
		if info.Size() > maxFile {
			return errors.New("it is too large to be unpacked")
		}
		if err := r.memory.Acquire(ctx, info.Size()); err != nil {
			return err
		}
		defer r.memory.Release(info.Size())
		content, err := io.ReadAll(io.LimitReader(file, info.Size()))
		if err != nil {
			return err
		}
		row.Size = int64(len(content))
		at = bytes.NewReader(content)
	}
	return r.judge(ctx, row, at)
}

func timestamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

// judge fills in what the contents of a file tell.
func (r *fileReader) judge(ctx context.Context, row *mentionedFile, at io.ReaderAt) error {
	result, err := r.trust.verifier.Verify(ctx, at, row.Size)
	if err != nil {
		return err
	}
	row.SHA256 = result.SHA256
	row.Signature, row.Others = r.trust.judged(result)
	if judge, ok := r.host.(exvet.TrustJudge); ok {
		// What it cannot say leaves nothing open: the verdict to go by is exvet's own.
		row.OSVerdict, _ = judge.Trusts(row.Path)
	}
	version, err := authenticode.ReadVersion(ctx, at, row.Size)
	if err == nil && version != (authenticode.Version{}) {
		row.Version = &version
	}
	return ctx.Err()
}
