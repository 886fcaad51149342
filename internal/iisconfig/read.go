package iisconfig

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/exvet/exvet"
)

// Limits of one server. Exchange setup makes some forty applications; IIS copes with a few thousand.
const (
	maxTargets = 5_000 // places configuration is computed for
	maxNotes   = 200
)

// Read computes the facts of the server whose disks files holds. The error joins one exvet.Missing for
// everything that could not be read, with the facts and scope it leaves open; entries are not listed for a
// scope that is open. Facts are nil when applicationHost.config itself could not be read.
func Read(ctx context.Context, files fs.FS, env Environment) (*Facts, error) {
	b := newBuilder(ctx, files, env)
	host, err := b.host()
	if err != nil {
		return nil, err
	}
	b.roots = append(b.frameworkRoots(), host)
	sites := b.sites(host)
	facts := &Facts{Pools: b.pools(host), Sites: []Site{}, Apps: []App{}, Directories: []Directory{}}
	for _, s := range sites {
		facts.Sites = append(facts.Sites, s.Site)
		facts.Apps = append(facts.Apps, s.apps...)
	}
	b.targets(sites)
	for _, t := range b.list {
		if t.directory != nil {
			facts.Directories = append(facts.Directories, *t.directory)
		}
	}
	b.evaluate()
	facts.GlobalModules = b.globalModules()
	b.tables.into(facts, b.env)
	b.serverTables(facts, host)
	facts.LinkedConfigurations, facts.CodeBases = b.linked()
	facts.Probing = []Probing{}
	for _, p := range b.probingList {
		facts.Probing = append(facts.Probing, *p)
	}
	facts.Rejected = []Rejected{}
	for _, r := range b.rejectedList {
		facts.Rejected = append(facts.Rejected, *r)
	}
	facts.Notes = b.notes()
	return facts, errors.Join(append(b.gaps, ctx.Err())...)
}

// A builder holds what one call of Read knows so far.
type builder struct {
	env        Environment
	reader     *reader
	roots      []*file // of the server level, farthest first
	list       []target
	tables     tables
	gaps       []error
	open       map[string]bool // scopes and files in gaps
	duplicates map[*node]bool  // entries noted as duplicates
	links      links

	registered   map[string]registration // sections, by their path
	rejected     map[*node]*Rejected
	rejectedList []*Rejected
	probing      map[*node]*Probing
	probingList  []*Probing
	parent       string // scope of the application whose directory is being evaluated, or no scope at all
}

// noParent is no scope.
const noParent = "\x00"

func newBuilder(ctx context.Context, files fs.FS, env Environment) *builder {
	return &builder{
		env: env, reader: newReader(ctx, files), open: map[string]bool{}, duplicates: map[*node]bool{},
		rejected: map[*node]*Rejected{}, probing: map[*node]*Probing{}, parent: noParent,
	}
}

// host reads applicationHost.config, without which nothing can be said.
func (b *builder) host() (*file, error) {
	folder, err := b.hostFolder()
	if err != nil {
		return nil, err
	}
	path := folder + `\applicationHost.config`
	host, err := b.reader.config(path, "configuration")
	if errors.Is(err, fs.ErrNotExist) {
		err = missing(path, fmt.Errorf("no such file: %w", exvet.ErrNoEvidence))
	}
	if err != nil {
		return nil, at(err, "", "iis")
	}
	return host, nil
}

// hostFolder gives the folder applicationHost.config is read from: redirection.config may name a share that
// several servers have in common.
func (b *builder) hostFolder() (string, error) {
	own := b.env.ConfigFolder()
	path := own + `\redirection.config`
	f, err := b.reader.config(path, "configuration")
	if errors.Is(err, fs.ErrNotExist) {
		return own, nil
	}
	if err != nil {
		// Whether the local file is the one in use is not known: what it says stands, and nothing is clear.
		b.leaveOpen(err, "", "iis")
		return own, nil
	}
	for _, n := range f.root.each("configurationRedirection") {
		if n.flag("enabled", false) {
			shared := strings.TrimRight(b.env.Expand(n.attr("path")), `\/`)
			if _, ok := exvet.FSPath(shared); !ok {
				where := fmt.Errorf("shared configuration at %q: %w", shared, exvet.ErrNoEvidence)
				return "", at(exvet.Gap{Missing: exvet.Missing{File: path, Line: n.line, Reason: where.Error()}, Cause: where}, "", "iis")
			}
			return shared, nil
		}
	}
	return own, nil
}

// frameworkRoots gives the files above applicationHost.config: they hold ASP.NET's settings for all sites.
func (b *builder) frameworkRoots() []*file {
	var found []*file
	for _, name := range []string{"machine.config", "web.config"} {
		path := b.env.frameworkFolder() + `\` + name
		f, err := b.reader.config(path, "configuration")
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			b.leaveOpen(err, "", "iis.handlers", "iis.modules", "iis.settings")
			continue
		}
		found = append(found, f)
	}
	return found
}

// notes gives what the reader found odd, in a stable order and not without bound.
func (b *builder) notes() []Note {
	notes := append([]Note{}, b.reader.notes...)
	slices.SortStableFunc(notes, func(x, y Note) int {
		if order := strings.Compare(x.File, y.File); order != 0 {
			return order
		}
		return x.Line - y.Line
	})
	return notes[:min(len(notes), maxNotes)]
}
