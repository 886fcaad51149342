package agent

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/storage"

	"github.com/exvet/exvet"
)

// A guard stands where OPA activates bundles. A bundle the rules do not admit is refused, the one before answers, and OPA's
// status says why. OPA's own store gets what it needs to know a bundle by; its policies go to exvet's engine alone, so that no
// bundle touches "system", and no scan holds a transaction that an activation waits for.
type guard struct{}

// guardName is what OPA knows the guard by.
const guardName = "exvet"

// A store carries its agent's rules to the guard, of which OPA has one for the whole process.
type store struct {
	storage.Store

	rules   *rules
	fetched *fetched
}

// Activate refuses by an error.
func (guard) Activate(opts *bundle.ActivateOpts) error {
	mine, ok := opts.Store.(*store)
	if !ok {
		return (&bundle.DefaultActivator{}).Activate(opts)
	}
	for name, found := range opts.Bundles {
		if found.Type() != bundle.SnapshotBundleType {
			return exvet.Refuse("bundle/delta", "%s is a delta bundle; publish whole ones", name)
		}
		archive, err := mine.fetched.take(found.Etag)
		if err != nil {
			return err
		}
		if err := mine.rules.admit(opts.Ctx, name, found.Etag, archive); err != nil {
			return err
		}
		for _, write := range []func() error{
			func() error {
				return bundle.WriteManifestToStore(opts.Ctx, mine.Store, opts.Txn, name, found.Manifest)
			},
			func() error { return bundle.WriteEtagToStore(opts.Ctx, mine.Store, opts.Txn, name, found.Etag) },
		} {
			if err := write(); err != nil {
				return fmt.Errorf("agent/store: %w", err)
			}
		}
	}
	opts.Compiler.Compile(nil) // OPA takes it for its own
	return nil
}

// folderOf makes the name of a bundle one of a folder, on every system.
func folderOf(name string) string { return url.QueryEscape(name) }

// ended reports whether an error only says that time was up, or that the agent stops.
func ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
