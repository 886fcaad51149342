package collectors

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/exvet/exvet"
)

// Processes is what ran on the server, and what was loaded into processes that may be Exchange's.
//
// Relations, not nests: a worker and a module name processes by their numbers, a module its file by the path key.
type Processes struct {
	List    []Process `json:"list"`
	Workers []Worker  `json:"workers"`
	Modules []Loaded  `json:"modules"`
}

// A Process is one process. Fields in lower case for comparison are named "key" or end in "_key"; paths among them
// are path keys.
type Process struct {
	PID         int      `json:"pid"`
	Parent      int      `json:"parent"` // what started it, 0 where that had ended
	Session     int      `json:"session"`
	Name        string   `json:"name"` // file name of its program
	Key         string   `json:"key"`
	Image       string   `json:"image"`
	ImageKey    string   `json:"image_key"`
	CommandLine string   `json:"command_line"` // of those examined and of what they started, without secrets
	SID         string   `json:"sid"`
	Account     string   `json:"account"`
	Started     string   `json:"started"`    // RFC 3339, or ""
	Services    []string `json:"services"`   // that run in it, in lower case
	Examined    bool     `json:"examined"`   // it may be Exchange's, so its modules were asked for
	Unreadable  string   `json:"unreadable"` // why some of this is not known, or ""
}

// A Worker is a process of IIS that serves one application pool.
type Worker struct {
	PID     int    `json:"pid"`
	Pool    string `json:"pool"`
	PoolKey string `json:"pool_key"`
	From    string `json:"from"` // "workers", the server's list of them, or "command_line"
}

// A Loaded is one file with the processes it was loaded into.
type Loaded struct {
	Path string `json:"path"`
	Key  string `json:"key"`
	PIDs []int  `json:"pids"` // sorted
}

// Limits of what processes may put into a snapshot.
const (
	maxLoaded = 50_000  // files
	maxLoads  = 400_000 // of all files into all processes
)

func processes() Collector {
	return define("processes", "Processes, workers of application pools, and modules in those of Exchange", collectProcesses)
}

func collectProcesses(ctx context.Context, host exvet.Host) (*Processes, error) {
	all, err := host.Processes(ctx)
	if errors.Is(err, exvet.ErrNoEvidence) {
		return nil, exvet.Gap{Missing: exvet.Missing{
			Facts: []string{"processes"}, Reason: "a copied disk holds none: scan on the server, or exvet collect --raw there",
		}, Cause: exvet.ErrNoEvidence}
	}
	var gaps []error
	if err != nil {
		gaps = append(gaps, processGap(err))
	}
	if len(all) == 0 {
		if err == nil {
			gaps = append(gaps, exvet.Missing{Facts: []string{"processes"}, Reason: "the list of processes is empty, as on no running server"})
		}
		return nil, errors.Join(gaps...)
	}
	b := processBuilder{premises: newPremises(ctx, host), all: map[int]exvet.Process{}, loaded: map[string]*Loaded{}, spelt: map[string]*Loaded{}}
	for _, process := range all[:min(len(all), maxRows)] {
		b.all[process.PID] = process
	}
	if len(all) > maxRows {
		b.gaps = append(b.gaps, exvet.Missing{Facts: []string{"processes"}, Reason: fmt.Sprintf("more than %d processes", maxRows)})
	}
	found := b.build()
	return found, errors.Join(append(append(gaps, b.gaps...), ctx.Err())...)
}

// processGap words an error of the list itself.
func processGap(err error) error {
	missing := exvet.Missing{Reason: oneLine(err)}
	errors.As(err, &missing)
	missing.Facts = []string{"processes"}
	return exvet.Gap{Missing: missing, Cause: err}
}

// A processBuilder makes the section.
type processBuilder struct {
	premises *premises
	all      map[int]exvet.Process
	loaded   map[string]*Loaded // by path key
	spelt    map[string]*Loaded // the same by path, nil for what is too much
	loads    int
	gaps     []error
}

func (b *processBuilder) build() *Processes {
	found := &Processes{List: []Process{}, Workers: []Worker{}, Modules: []Loaded{}}
	warm, examined := map[string]bool{}, map[int]bool{}
	for _, process := range b.inOrder() {
		worker, isWorker := workerOf(process)
		if isWorker && worker.Pool != "" {
			found.Workers = append(found.Workers, worker)
			warm[worker.PoolKey] = true
		}
		row := b.row(process)
		row.Examined = b.premises.exchange(process, row, worker, isWorker)
		if row.Examined {
			examined[row.PID] = true
			b.modules(process)
			b.open(process, isWorker && worker.Pool == "")
		}
		found.List = append(found.List, row)
	}
	for i := range found.List {
		row := &found.List[i]
		if examined[row.PID] || examined[row.Parent] {
			row.CommandLine = shortened(b.all[row.PID].CommandLine)
		}
	}
	b.cold(warm)
	for _, file := range b.loaded {
		slices.Sort(file.PIDs)
		found.Modules = append(found.Modules, *file)
	}
	slices.SortFunc(found.Modules, func(x, y Loaded) int { return strings.Compare(x.Key, y.Key) })
	return found
}

func (b *processBuilder) inOrder() []exvet.Process {
	all := make([]exvet.Process, 0, len(b.all))
	for _, process := range b.all {
		all = append(all, process)
	}
	slices.SortFunc(all, func(x, y exvet.Process) int { return cmp.Compare(x.PID, y.PID) })
	return all
}

func (b *processBuilder) row(process exvet.Process) Process {
	row := Process{
		PID: process.PID, Session: process.Session,
		Name: shortened(process.Name), Key: strings.ToLower(shortened(process.Name)),
		Image: shortened(process.Image), ImageKey: exvet.PathKey(shortened(process.Image)),
		SID: shortened(strings.ToUpper(process.User)), Account: shortened(process.Account),
		Services: shortenedAll(process.Services), Unreadable: shortened(process.Unreadable),
	}
	for i, service := range row.Services {
		row.Services[i] = strings.ToLower(service)
	}
	slices.Sort(row.Services)
	if !process.Started.IsZero() {
		row.Started = process.Started.UTC().Format(time.RFC3339)
	}
	// A number is given again: what started later did not start this.
	if parent, ok := b.all[process.Parent]; ok && process.Parent != process.PID && !later(parent.Started, process.Started) {
		row.Parent = process.Parent
	}
	return row
}

// later reports whether one time is known to be after another.
func later(a, b time.Time) bool { return !a.IsZero() && !b.IsZero() && a.After(b) }

// modules adds what was loaded into a process.
func (b *processBuilder) modules(process exvet.Process) {
	full := false
	for _, module := range process.Modules {
		file, known := b.spelt[module.Path]
		if !known {
			file = b.file(module.Path)
			b.spelt[module.Path] = file
		}
		switch {
		case file == nil || b.loads >= maxLoads:
			full = full || module.Path != ""
		case len(file.PIDs) > 0 && file.PIDs[len(file.PIDs)-1] == process.PID: // twice in one process
		default:
			file.PIDs = append(file.PIDs, process.PID)
			b.loads++
		}
	}
	if full {
		b.leaveOpen(process, "more modules than a snapshot holds", "processes.modules")
	}
}

// file gives the row of a file, or nil where there are too many.
func (b *processBuilder) file(path string) *Loaded {
	path = path[:min(len(path), maxText)]
	key := exvet.PathKey(path)
	file := b.loaded[key]
	if file == nil && key != "" && len(b.loaded) < maxLoaded {
		file = &Loaded{Path: path, Key: key, PIDs: []int{}}
		b.loaded[key] = file
	}
	return file
}

// open says what is not known of a process that may be Exchange's.
func (b *processBuilder) open(process exvet.Process, noPool bool) {
	why := cmp.Or(process.Unreadable, "the list says no more of it")
	var facts []string
	if process.Image == "" || process.User == "" {
		facts = append(facts, "processes.list")
	}
	if noPool {
		facts = append(facts, "processes.workers")
	}
	if process.Modules == nil || process.Unreadable != "" {
		facts = append(facts, "processes.modules")
	}
	if len(facts) > 0 {
		b.leaveOpen(process, shortened(why), facts...)
	}
}

func (b *processBuilder) leaveOpen(process exvet.Process, why string, facts ...string) {
	b.gaps = append(b.gaps, exvet.Missing{
		Facts: facts, Scope: fmt.Sprintf("process:%s %d", shortened(process.Name), process.PID), Reason: why,
	})
}

// cold leaves open what no one can know of the pools of Exchange without a worker.
func (b *processBuilder) cold(warm map[string]bool) {
	for _, key := range sortedKeys(b.premises.pools) {
		if !warm[key] {
			b.gaps = append(b.gaps, exvet.Missing{
				Facts: []string{"processes.modules", "processes.workers"}, Scope: "pool:" + b.premises.pools[key],
				Reason: "no worker process ran: a pool starts one when it is asked; send it a request and look again",
			})
		}
	}
}
