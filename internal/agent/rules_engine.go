package agent

import (
	"cmp"
	"context"
	"slices"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/internal/engine"
)

// loadable loads all that answers, less one slot and less what no longer loads. The core is always there.
func (r *rules) loadable(ctx context.Context, without *slot) (loaded []*bundles.Bundle, lost map[*slot]error) {
	lost = map[*slot]error{}
	var core *bundles.Bundle
	for _, s := range r.slots {
		if s.active == nil || s == without {
			continue
		}
		bundle, err := s.load(ctx, s.active)
		switch {
		case err != nil:
			lost[s] = err
		case bundle.IsCore():
			core = bundle
		default:
			loaded = append(loaded, bundle)
		}
	}
	if core == nil {
		embedded, err := bundles.Core()
		if err != nil {
			return nil, map[*slot]error{nil: err} // a test loads them
		}
		core = embedded
	}
	return append([]*bundles.Bundle{core}, loaded...), lost
}

// engine compiles what answers. Organisations whose rules do not fit the core are left out, and so is a core that does not
// compile; their slots say so.
func (r *rules) engine(ctx context.Context) (*engine.Engine, error) {
	r.lock.Lock()
	defer r.lock.Unlock()
	all, lost := r.loadable(ctx, nil)
	for s, err := range lost {
		if s == nil {
			return nil, err
		}
		s.note = "it is left out: " + err.Error()
	}
	compiled, err := engine.New(ctx, all, exvet.SnapshotSchema())
	if err == nil || ctx.Err() != nil {
		return compiled, cmp.Or(err, ctx.Err())
	}
	fitting := all[:1]
	if compiled, err = engine.New(ctx, fitting, exvet.SnapshotSchema()); err != nil {
		embedded, failed := bundles.Core()
		if failed != nil {
			return nil, failed
		}
		r.noteOn(coreName, "it is left out, the embedded rules answer: "+err.Error())
		fitting = []*bundles.Bundle{embedded}
		if compiled, err = engine.New(ctx, fitting, exvet.SnapshotSchema()); err != nil {
			return nil, err
		}
	}
	for _, organisation := range all[1:] {
		more := append(slices.Clone(fitting), organisation)
		wider, err := engine.New(ctx, more, exvet.SnapshotSchema())
		if err != nil {
			r.noteOn(r.nameOf(organisation), "it is left out: it does not fit the core: "+err.Error())
			continue
		}
		compiled, fitting = wider, more
	}
	return compiled, ctx.Err()
}

func (r *rules) noteOn(name, note string) {
	if s := r.slot(name); s != nil {
		s.note = note
		r.log.Warn("a bundle is not used", "bundle", name, "error", note)
	}
}

// nameOf gives the name under which the configuration has a bundle.
func (r *rules) nameOf(bundle *bundles.Bundle) string {
	for _, s := range r.slots {
		if s.active != nil && slices.Equal(s.active.Roots, bundle.Roots) {
			return s.name
		}
	}
	return bundle.Info.Name
}
