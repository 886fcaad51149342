package agent

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/internal/decision"
	"github.com/exvet/exvet/internal/jsonnet"
	"github.com/exvet/exvet/internal/orgdata"
)

// A Config is what an agent is told: OPA's own configuration, and a section "exvet" beside it.
type Config struct {
	File      string
	Directory string // what the agent keeps between runs
	Settings

	opa      map[string]any            // OPA's configuration, pinned: see pin
	services map[string]map[string]any // of it, by name
	bundles  []bundleConfig            // the core first, then by name
	status   string                    // service statuses are posted to, or ""
	results  string                    // service decisions are posted to, or ""
}

// Settings are the section "exvet".
type Settings struct {
	Source           string        // evidence to look at; "" is the server the agent runs on
	Poll             time.Duration // between two questions for bundles
	Scan             time.Duration // between two scans
	ScanTimeout      time.Duration // after which a scan is cut off
	CollectorTimeout time.Duration // 0 is that of the collectors
	Whole            time.Duration // between two reports that are sent whole
	Gentle           bool
	MaxMemory        int64 // bytes
	FailOn           string
	Require          []string // nil is what the source can hold
	Waivers          []string // files
	Mask             []string // parts of findings that are not sent as they are
	Listen           string   // address on loopback for metrics and health, or ""
	PlainHTTP        bool     // without TLS, with any host; else with loopback alone
	SpoolBytes       int64
	SpoolDecisions   int
}

// A bundleConfig says which bundle is taken under a name, and what makes it believed.
type bundleConfig struct {
	name  string
	kind  bundles.Kind
	trust bundles.Trust // less what depends on the time
}

// defaults are the settings of an agent that is told none.
func defaults() Settings {
	return Settings{
		Poll: time.Minute, Scan: 6 * time.Hour, ScanTimeout: time.Hour, Whole: 24 * time.Hour,
		Gentle: true, MaxMemory: 512 << 20, FailOn: string(exvet.Medium),
		SpoolBytes: 256 << 20, SpoolDecisions: 10_000,
	}
}

// coreName is the name under which a configuration has the bundle that replaces the embedded rules.
const coreName = "core"

// DefaultDirectory is what an agent's files lie in unless its configuration names another folder.
func DefaultDirectory() string { return filepath.Join(programData(), "agent") }

// DefaultConfigFile is where an agent looks for its configuration unless it is told.
func DefaultConfigFile() string { return filepath.Join(configFolder(), "agent.yaml") }

// ReadConfig reads a configuration: YAML, JSON or Jsonnet, in OPA's form. ${NAME} in a string stands for a variable of the
// environment. What does not fit is an exvet.Refusal with file and line.
func ReadConfig(file string) (*Config, error) {
	value, source, err := orgdata.Read("agent/config", file, jsonnet.Options{})
	if err != nil {
		return nil, err
	}
	top, ok := value.(map[string]any)
	if !ok {
		return nil, exvet.Refuse("agent/config", "%s: not an object; see docs/agent.md", file)
	}
	r := reader{source: source}
	r.substitute("", top)
	config := &Config{File: file, Settings: r.settings(top["exvet"])}
	if r.err == nil {
		r.pin(config, top)
	}
	if r.err != nil {
		return nil, r.err
	}
	config.absolute()
	return config, nil
}

// cache is the folder that keeps what was found out of files.
func (c *Config) cache() string { return filepath.Join(c.Directory, cacheFolder) }

// A reader holds a configuration against its form and keeps the first thing that does not fit.
type reader struct {
	source orgdata.Source
	err    error
}

func (r *reader) refuse(pointer, format string, args ...any) {
	if r.err == nil {
		r.err = exvet.Refuse("agent/config", "%s: "+format, append([]any{r.source.At(pointer)}, args...)...)
	}
}

var variable = regexp.MustCompile(`\$\{[^}]*\}`)

// substitute puts variables of the environment into strings, as OPA does.
func (r *reader) substitute(pointer string, value any) any {
	switch value := value.(type) {
	case string:
		return variable.ReplaceAllStringFunc(value, func(name string) string {
			name = strings.TrimSpace(name[2 : len(name)-1])
			text, ok := os.LookupEnv(name)
			if !ok {
				r.refuse(pointer, "the environment has no %q", name)
			}
			return text
		})
	case []any:
		for i := range value {
			value[i] = r.substitute(pointer, value[i])
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			value[key] = r.substitute(pointer+"/"+jsonnet.Token(key), value[key])
		}
	}
	return value
}

// settings reads the section "exvet".
func (r *reader) settings(value any) Settings {
	s := defaults()
	t := r.table("/exvet", value)
	t.text("source", &s.Source)
	t.duration("poll", &s.Poll, time.Second)
	t.duration("scan", &s.Scan, time.Second)
	t.duration("scan_timeout", &s.ScanTimeout, time.Second)
	t.duration("collector_timeout", &s.CollectorTimeout, time.Second)
	t.duration("whole", &s.Whole, time.Second)
	t.truth("gentle", &s.Gentle)
	t.size("max_memory", &s.MaxMemory, 64<<20)
	t.text("fail_on", &s.FailOn)
	t.texts("require", &s.Require)
	t.texts("waivers", &s.Waivers)
	t.texts("mask", &s.Mask)
	t.text("listen", &s.Listen)
	t.truth("plain_http", &s.PlainHTTP)
	t.size("spool_size", &s.SpoolBytes, 1<<20)
	t.number("spool_decisions", &s.SpoolDecisions, 1)
	t.closed("roots", "signers")
	levels := []string{string(exvet.Low), string(exvet.Medium), string(exvet.High), string(exvet.Critical), exvet.FailNever}
	if !slices.Contains(levels, s.FailOn) {
		r.refuse("/exvet/fail_on", "fail_on %q is not one of %s", s.FailOn, strings.Join(levels, ", "))
	}
	for _, part := range s.Mask {
		if !slices.Contains(decision.Maskable(), part) {
			r.refuse("/exvet/mask", "mask has %q; it is a list of %s", part, strings.Join(decision.Maskable(), ", "))
		}
	}
	if s.Listen != "" && !loopback(s.Listen) {
		r.refuse("/exvet/listen", "listen %q is not on loopback; write 127.0.0.1:PORT", s.Listen)
	}
	return s
}
