package collectors

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/iisconfig"
)

// Exchange is what the evidence says of the installation itself. Unknown stays "".
type Exchange struct {
	Name          string             `json:"name"`                    // computer name
	Build         string             `json:"build"`                   // "15.2.1118.7": of the cumulative update
	SetupVersion  string             `json:"setup_version,omitempty"` // file version of ExSetup.exe, which security updates raise: "15.2.1118.40"
	Product       string             `json:"product"`                 // "2013", "2016", "2019" or "SE"
	Roles         []string           `json:"roles"`                   // "mailbox", "client_access", "edge"
	Root          string             `json:"root"`                    // folder Exchange is installed in, no trailing backslash
	RootKey       string             `json:"root_key"`                // Root in lower case
	SystemRoot    string             `json:"system_root"`
	SystemRootKey string             `json:"system_root_key"`
	Evidence      []ExchangeEvidence `json:"evidence"`
}

// ExchangeEvidence is the place one of the facts above was read from.
type ExchangeEvidence struct {
	Fact      string `json:"fact"` // "root", "build", "setup_version", "name" or "roles"
	Value     string `json:"value"`
	File      string `json:"file"`
	Line      int    `json:"line"`
	Registry  string `json:"registry,omitempty"`  // `KEY!VALUE`, where that is the source
	Overruled bool   `json:"overruled,omitempty"` // the registry says otherwise, and is believed
}

func (e *Exchange) server() exvet.Server {
	return exvet.Server{
		Name: e.Name, Build: e.Build, Product: e.Product, Roles: e.Roles, ExchangeRoot: e.Root, SystemRoot: e.SystemRoot,
	}
}

// note records a fact's evidence.
func (e *Exchange) note(fact, value string, at iisconfig.Origin) {
	e.Evidence = append(e.Evidence, ExchangeEvidence{Fact: fact, Value: value, File: at.File, Line: at.Line})
}

func exchange() Collector {
	return define("exchange", "Product, build, roles and folders of Exchange", collectExchange)
}

func collectExchange(ctx context.Context, host exvet.Host) (*Exchange, error) {
	files := host.Files()
	env := environment(files)
	found := &Exchange{
		Roles: []string{}, Evidence: []ExchangeEvidence{},
		SystemRoot: env.SystemRoot, SystemRootKey: exvet.PathKey(env.SystemRoot),
	}
	survey, err := iisconfig.Look(ctx, files, env)
	if err != nil {
		// The disk alone may still show where Exchange is; the iis section says what is wrong with the file.
		survey = &iisconfig.Survey{}
	}
	written := readSetup(host.Registry())
	rivals := found.readRoot(survey)
	if written.root != "" {
		rivals = nil
	} else if found.Root == "" && len(rivals) == 0 {
		found.searchRoot(ctx, files)
	}
	found.Root = found.overrule("root", found.Root, written.root, written.rootRef)
	found.RootKey = exvet.PathKey(found.Root)
	found.readBuild(survey)
	found.Build = found.overrule("build", found.Build, written.build, written.buildRef)
	found.Product = productOf(found.Build)
	found.readRoles(survey)
	if found.overrule("roles", "", written.roles, written.rolesRef) != "" {
		found.Roles = written.list
	}
	found.readName(survey)
	found.Name = found.overrule("name", found.Name, written.name, written.nameRef)
	found.readSetupVersion(files)
	return found, found.unknown(rivals)
}

// unknown words what could not be told. A server nobody named is no gap: no rule asks.
func (e *Exchange) unknown(rivals []string) error {
	var gaps []error
	switch {
	case len(rivals) > 0:
		gaps = append(gaps, exvet.Missing{
			Facts:  []string{"exchange.root"},
			Reason: "more than one folder looks like Exchange's: " + strings.Join(rivals, ", "),
		})
	case e.Root == "":
		gaps = append(gaps, exvet.Missing{
			Facts: []string{"exchange.root"}, Reason: "nothing shows where Exchange is installed",
		})
	}
	if e.Build == "" {
		gaps = append(gaps, exvet.Missing{
			Facts: []string{"exchange.build", "exchange.product"}, Reason: "nothing shows the build of Exchange",
		})
	}
	if len(e.Roles) == 0 {
		gaps = append(gaps, exvet.Missing{
			Facts: []string{"exchange.roles"}, Reason: "nothing shows the roles of the server",
		})
	}
	return errors.Join(gaps...)
}

// The folders of Exchange's web applications, below the folder it is installed in.
const (
	frontEnd = `\frontend\httpproxy\`
	backEnd  = `\clientaccess\`
)

// readRoot takes the folder most of the applications point below. It gives the rivals of a tie.
func (e *Exchange) readRoot(survey *iisconfig.Survey) []string {
	votes := map[string][]iisconfig.Clue{}
	for _, clue := range survey.Folders {
		if root := rootOf(clue.Value); root != "" {
			key := exvet.PathKey(root)
			votes[key] = append(votes[key], iisconfig.Clue{Origin: clue.Origin, Value: root})
		}
	}
	var best []string
	for key, clues := range votes {
		switch most := len(votes[first(best)]); {
		case len(clues) > most:
			best = []string{key}
		case len(clues) == most:
			best = append(best, key)
		}
	}
	slices.Sort(best)
	if len(best) != 1 {
		return best
	}
	clue := votes[best[0]][0]
	e.Root, e.RootKey = clue.Value, best[0]
	e.note("root", clue.Value, clue.Origin)
	return nil
}

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// rootOf gives the folder a web application's folder lies below, as written, or "".
func rootOf(folder string) string {
	lower := strings.ToLower(strings.ReplaceAll(folder, "/", `\`)) + `\`
	for _, part := range []string{frontEnd, backEnd} {
		if i := strings.Index(lower, part); i > 2 {
			return folder[:i]
		}
	}
	return ""
}

// Bounds of the search for Exchange on a disk.
const (
	searchDepth   = 6
	searchFolders = 5_000
)

// searchRoot looks for a folder with Exchange's web applications in it.
func (e *Exchange) searchRoot(ctx context.Context, files fs.FS) {
	level := []string{"."}
	seen := 0
	for depth := 0; depth <= searchDepth && ctx.Err() == nil; depth++ {
		var next []string
		for _, folder := range level {
			if seen++; seen > searchFolders {
				return
			}
			entries, _ := fs.ReadDir(files, folder)
			marks := 0
			for _, entry := range entries {
				switch strings.ToLower(entry.Name()) {
				case "frontend", "clientaccess", "transportroles":
					marks++
				}
				if entry.IsDir() {
					next = append(next, strings.TrimPrefix(folder+"/"+entry.Name(), "./"))
				}
			}
			if marks >= 2 {
				e.Root = exvet.WindowsPath(folder)
				e.RootKey = exvet.PathKey(e.Root)
				e.note("root", e.Root, iisconfig.Origin{File: e.Root})
				return
			}
		}
		level = next
	}
}

// buildFolder is a path Exchange setup names by the build it installs.
var buildFolder = exvet.Pattern(`(?i)/(?:owa|ecp)/(15\.\d{1,2}\.\d{1,5}\.\d{1,5})$`)

// readBuild takes the highest build any <location> names: each cumulative update adds its own.
func (e *Exchange) readBuild(survey *iisconfig.Survey) {
	var at iisconfig.Origin
	for _, clue := range survey.Locations {
		match := buildFolder().FindStringSubmatch(clue.Value)
		if match != nil && (e.Build == "" || compareBuilds(match[1], e.Build) > 0) {
			e.Build, at = match[1], clue.Origin
		}
	}
	if e.Build != "" {
		e.Product = productOf(e.Build)
		e.note("build", e.Build, at)
	}
}

// compareBuilds orders builds by their numbers.
func compareBuilds(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		m, _ := strconv.Atoi(x[i])
		n, _ := strconv.Atoi(y[i])
		if order := cmp.Compare(m, n); order != 0 {
			return order
		}
	}
	return cmp.Compare(len(x), len(y))
}

// firstSE is the first build of Exchange Server Subscription Edition, which shares 15.2 with 2019.
const firstSE = "15.2.2562.0"

func productOf(build string) string {
	switch {
	case strings.HasPrefix(build, "15.0."):
		return "2013"
	case strings.HasPrefix(build, "15.1."):
		return "2016"
	case strings.HasPrefix(build, "15.2.") && compareBuilds(build, firstSE) < 0:
		return "2019"
	case strings.HasPrefix(build, "15.2."):
		return "SE"
	}
	return ""
}

// readRoles reads them off the web applications. Only Exchange 2013 could have its halves on two servers.
func (e *Exchange) readRoles(survey *iisconfig.Survey) {
	var front, back bool
	for _, clue := range survey.Folders {
		key := exvet.PathKey(clue.Value) + `\`
		front = front || strings.HasPrefix(key, e.RootKey+frontEnd)
		back = back || strings.HasPrefix(key, e.RootKey+backEnd)
	}
	split := e.Product == "2013" || e.Product == ""
	switch {
	case e.Root == "" || !front && !back:
	case front && back && split:
		e.Roles = []string{"client_access", "mailbox"}
	case !split:
		e.Roles = []string{"mailbox"}
	case e.Product == "":
	case front:
		e.Roles = []string{"client_access"}
	default:
		e.Roles = []string{"mailbox"}
	}
	if len(e.Roles) > 0 {
		e.note("roles", strings.Join(e.Roles, ", "), iisconfig.Origin{})
	}
}

// readName takes the computer name Exchange's applications put into their answers.
func (e *Exchange) readName(survey *iisconfig.Survey) {
	for _, clue := range survey.Headers {
		name, value, _ := strings.Cut(clue.Value, ": ")
		switch strings.ToLower(name) {
		case "x-feserver", "x-beserver", "x-diaginfo":
			if e.Name == "" && computerName().MatchString(value) {
				e.Name = value
				e.note("name", value, clue.Origin)
			}
		}
	}
}

// computerName is what Windows allows as one.
var computerName = exvet.Pattern(`^[A-Za-z0-9][A-Za-z0-9-]{0,62}$`)
