package collectors

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/authenticode"
)

// Signatures is what the operating system itself makes of signatures, beside the verdicts of exvet in Binaries.
type Signatures struct {
	OSVerdicts []OSVerdict `json:"os_verdicts"`
}

// An OSVerdict is what the operating system makes of the signature in one file. A file whose signature is in a catalog
// is not asked about.
type OSVerdict struct {
	Key     string        `json:"key"` // of Binaries
	Path    string        `json:"path"`
	Verdict exvet.Verdict `json:"verdict" jsonschema:"enum=trusted,enum=unsigned,enum=altered,enum=untrusted,enum=distrusted"`
}

func signatures() Collector {
	return defineLast("signatures", "What Windows itself makes of the signatures in files", collectSignatures)
}

func collectSignatures(ctx context.Context, host exvet.Host, before iter.Seq[any], _ Options) (*Signatures, error) {
	judge, ok := host.(exvet.TrustJudge)
	if !ok || host.Kind() != exvet.LiveHost {
		return nil, notAsked("a copied disk cannot be asked: scan on the server, or collect --raw there")
	}
	var wanted []Binary
	looked := false
	for facts := range before {
		if table, ok := facts.(*Binaries); ok {
			looked = true
			wanted = slices.DeleteFunc(slices.Clone(table.List), func(b Binary) bool { return !disputable(b) })
		}
	}
	if !looked {
		return nil, notAsked("no files were looked at")
	}
	found := &Signatures{OSVerdicts: []OSVerdict{}}
	failed := askedOf(ctx, judge, wanted, found)
	if len(failed) > 0 && len(found.OSVerdicts) == 0 && errors.Is(failed[0].err, exvet.ErrNoEvidence) {
		return nil, notAsked("the capture does not tell: capture the server again")
	}
	if len(failed) > 0 {
		return found, exvet.Missing{Facts: []string{"signatures.os_verdicts"}, Reason: fmt.Sprintf(
			"Windows does not answer for %d of %d files, %s among them: %s", len(failed), len(wanted), failed[0].file.Path, reasonOf(failed[0].err),
		)}
	}
	return found, nil
}

// notAsked is why nothing was asked.
func notAsked(why string) error {
	return exvet.Gap{Cause: exvet.ErrNoEvidence, Missing: exvet.Missing{Facts: []string{"signatures"}, Reason: why}}
}

// disputable reports whether Windows can be asked about a file, and disagree.
func disputable(b Binary) bool {
	switch b.Signature.Status {
	case authenticode.Valid, authenticode.ValidLegacySHA1, authenticode.HashMismatch, authenticode.BadSignature, authenticode.Unsigned:
		return b.Status == fileRead
	}
	return false
}

// A silence is a file of which nothing was said.
type silence struct {
	file Binary
	err  error
}

// askedOf asks about files, several side by side, and gives those it got no answer for, in order.
func askedOf(ctx context.Context, judge exvet.TrustJudge, files []Binary, found *Signatures) []silence {
	verdicts, errs := make([]exvet.Verdict, len(files)), make([]error, len(files))
	next := make(chan int)
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := range next {
				if errs[i] = ctx.Err(); errs[i] == nil {
					verdicts[i], errs[i] = judge.Trusts(files[i].Path)
				}
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	group.Wait()
	var failed []silence
	for i, file := range files {
		switch {
		case errors.Is(errs[i], context.DeadlineExceeded), errors.Is(errs[i], context.Canceled):
			failed = append(failed, silence{file, errors.New("there was no time left")})
		case errs[i] != nil:
			failed = append(failed, silence{file, errs[i]})
		default:
			found.OSVerdicts = append(found.OSVerdicts, OSVerdict{file.Key, file.Path, verdicts[i]})
		}
	}
	return failed
}
