package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/jsonnet"
	"github.com/exvet/exvet/internal/orgdata"
	"github.com/exvet/exvet/internal/report"
)

// parameters are the flags every command has: where its configuration stands, and what Jsonnet files are given.
type parameters struct {
	file                             string
	extStr, extCode, tlaStr, tlaCode []string
}

// parameterNames are flags a configuration cannot set.
var parameterNames = [...]string{"config", "ext-str", "ext-code", "tla-str", "tla-code", "help"}

func (p *parameters) register(set *pflag.FlagSet) {
	set.StringVar(&p.file, "config", "", "take flags that are not given from `FILE`: Jsonnet, YAML or JSON")
	set.StringArrayVar(&p.extStr, "ext-str", nil, "give Jsonnet files the external variable `NAME[=VALUE]`, a string; without a value that of the environment")
	set.StringArrayVar(&p.extCode, "ext-code", nil, "give Jsonnet files the external variable `NAME[=CODE]`, an expression")
	set.StringArrayVar(&p.tlaStr, "tla-str", nil, "give the configuration, where it is a function, the argument `NAME[=VALUE]`, a string")
	set.StringArrayVar(&p.tlaCode, "tla-code", nil, "give the configuration, where it is a function, the argument `NAME[=CODE]`, an expression")
}

// apply fills in the flags that were not given: from EXVET_NAME in the environment, else from the configuration file.
func (p *parameters) apply(cmd *cobra.Command) error {
	var options jsonnet.Options
	for _, kind := range []struct {
		flag   string
		values []string
		into   *map[string]string
	}{
		{"--ext-str", p.extStr, &options.ExtVars}, {"--ext-code", p.extCode, &options.ExtCode},
		{"--tla-str", p.tlaStr, &options.TLAVars}, {"--tla-code", p.tlaCode, &options.TLACode},
	} {
		named, err := byName(kind.flag, kind.values)
		if err != nil {
			return err
		}
		*kind.into = named
	}
	cmd.SetContext(context.WithValue(cmd.Context(), jsonnetKey{}, jsonnet.Options{ExtVars: options.ExtVars, ExtCode: options.ExtCode}))
	if err := fromEnvironment(cmd); err != nil {
		return err
	}
	for _, name := range strangers(cmd.Root(), os.Environ()) {
		fmt.Fprintf(cmd.ErrOrStderr(), "exvet: %s in the environment is no flag of any command; it is ignored\n", report.Safe(name))
	}
	if p.file == "" {
		p.file = os.Getenv("EXVET_CONFIG")
	}
	if p.file == "" {
		return nil
	}
	value, source, err := orgdata.Read("config/malformed", p.file, options)
	if err != nil {
		return err
	}
	c := configuration{file: p.file, source: source}
	return c.apply(cmd, value)
}

type jsonnetKey struct{}

// jsonnetOptions gives what Jsonnet files are given in this run.
func jsonnetOptions(ctx context.Context) jsonnet.Options {
	options, _ := ctx.Value(jsonnetKey{}).(jsonnet.Options)
	return options
}

// byName reads NAME=VALUE, and NAME from the environment.
func byName(flag string, values []string) (map[string]string, error) {
	named := map[string]string{}
	for _, value := range values {
		name, text, given := strings.Cut(value, "=")
		if !given {
			if text, given = os.LookupEnv(name); !given {
				return nil, exvet.Refuse("usage/parameter", "%s %s: the environment has no %s; write %s %s=VALUE", flag, name, name, flag, name)
			}
		}
		if _, twice := named[name]; twice || name == "" {
			return nil, exvet.Refuse("usage/parameter", "%s %q has no name, or one that was given already", flag, value)
		}
		named[name] = text
	}
	return named, nil
}

// fromEnvironment sets flags from EXVET_FAIL_ON and the like; commas part the values of one that is repeatable.
func fromEnvironment(cmd *cobra.Command) error {
	var failed error
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		name := "EXVET_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))
		text := os.Getenv(name)
		if text == "" || flag.Changed || failed != nil || slices.Contains(parameterNames[:], flag.Name) {
			return
		}
		values := []string{text}
		if repeatable(flag) {
			values = strings.Split(text, ",")
		}
		for _, value := range values {
			if err := cmd.Flags().Set(flag.Name, value); err != nil && failed == nil {
				failed = exvet.Refuse("config/value", "%s: %w", name, err)
			}
		}
	})
	return failed
}

// strangers gives the EXVET_ names of the environment that no command knows: a misspelt one must not be lost unseen.
func strangers(root *cobra.Command, environment []string) []string {
	var names []string
	for _, variable := range environment {
		name, _, _ := strings.Cut(variable, "=")
		flag, ours := strings.CutPrefix(strings.ToUpper(name), "EXVET_")
		switch {
		case flag == "CONFIG", flag == "CI", flag == "SHARED", strings.HasPrefix(flag, "TEST_"):
			continue // the last three are of exvet's own tests
		}
		if ours && variable != name+"=" && !has(root, strings.ToLower(strings.ReplaceAll(flag, "_", "-"))) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func repeatable(flag *pflag.Flag) bool {
	return flag.Value.Type() == "stringArray" || flag.Value.Type() == "stringSlice"
}

// repeatableElsewhere reports whether a command or one below takes a flag more than once.
func repeatableElsewhere(cmd *cobra.Command, name string) bool {
	flag := cmd.Flags().Lookup(name)
	return flag != nil && repeatable(flag) ||
		slices.ContainsFunc(cmd.Commands(), func(below *cobra.Command) bool { return repeatableElsewhere(below, name) })
}

// A configuration is what a file says: flags by name with _ for -, for every command that has them, or in a table named
// after one command.
type configuration struct {
	file   string
	source orgdata.Source
}

func (c *configuration) apply(cmd *cobra.Command, value any) error {
	top, ok := value.(map[string]any)
	if !ok {
		return exvet.Refuse("config/malformed", "%s: not an object; write { fail_on: 'high' }", c.file)
	}
	if err := c.check(cmd.Root(), "", top, true); err != nil {
		return err
	}
	// From the command up: what stands closer to it counts more.
	tables, pointers := []map[string]any{top}, []string{""}
	for _, name := range strings.Fields(cmd.CommandPath())[1:] {
		table, _ := tables[len(tables)-1][name].(map[string]any)
		tables, pointers = append(tables, table), append(pointers, pointers[len(pointers)-1]+"/"+name)
	}
	given := map[string]bool{}
	cmd.Flags().Visit(func(flag *pflag.Flag) { given[flag.Name] = true })
	for i, table := range slices.Backward(tables) {
		for _, key := range slices.Sorted(maps.Keys(table)) {
			flag := cmd.Flags().Lookup(strings.ReplaceAll(key, "_", "-"))
			if _, sub := table[key].(map[string]any); sub || flag == nil || given[flag.Name] {
				continue
			}
			given[flag.Name] = true
			if err := c.set(cmd, flag, pointers[i]+"/"+key, table[key]); err != nil {
				return err
			}
		}
	}
	return nil
}

// check refuses a key that is neither a command nor a flag: of any command at the top, of this one or those below in a table.
func (c *configuration) check(cmd *cobra.Command, pointer string, table map[string]any, top bool) error {
	for _, key := range slices.Sorted(maps.Keys(table)) {
		at := pointer + "/" + key
		below := child(cmd, key)
		if inner, ok := table[key].(map[string]any); ok && below != nil {
			if err := c.check(below, at, inner, false); err != nil {
				return err
			}
			continue
		}
		name := strings.ReplaceAll(key, "_", "-")
		switch {
		case below != nil:
			return exvet.Refuse("config/value", "%s: %q is a command; its flags stand in a table", c.at(at, key), key)
		case slices.Contains(parameterNames[:], name) || strings.Contains(key, "-") || !has(cmd, name):
			return exvet.Refuse("config/unknown-key", "%s: unknown key %q%s; keys are flags without --, with _ for -", c.at(at, key), key, inTable(top, pointer))
		}
	}
	return nil
}

func inTable(top bool, pointer string) string {
	if top {
		return ""
	}
	return " in " + strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", ".")
}

func child(cmd *cobra.Command, name string) *cobra.Command {
	for _, below := range cmd.Commands() {
		if below.Name() == name {
			return below
		}
	}
	return nil
}

// has reports whether a command or one below has a flag.
func has(cmd *cobra.Command, name string) bool {
	return cmd.Flags().Lookup(name) != nil || slices.ContainsFunc(cmd.Commands(), func(below *cobra.Command) bool { return has(below, name) })
}

func (c *configuration) set(cmd *cobra.Command, flag *pflag.Flag, pointer string, value any) error {
	values, list := value.([]any)
	if !list {
		values = []any{value}
	}
	switch {
	case !list || repeatable(flag) || len(values) == 1:
	case strings.Count(pointer, "/") == 1 && repeatableElsewhere(cmd.Root(), flag.Name):
		return nil // for the commands that take several
	default:
		return exvet.Refuse("config/value", "%s: %s is a list, and --%s takes one value", c.at(pointer, flag.Name), flag.Name, flag.Name)
	}
	for _, value := range values {
		text, ok := scalar(value)
		if !ok {
			return exvet.Refuse("config/value", "%s: %s is no string, number or truth value", c.at(pointer, flag.Name), flag.Name)
		}
		if err := cmd.Flags().Set(flag.Name, text); err != nil {
			return exvet.Refuse("config/value", "%s: %w", c.at(pointer, flag.Name), err)
		}
	}
	return nil
}

func scalar(value any) (string, bool) {
	switch value := value.(type) {
	case string:
		return value, true
	case bool:
		return strconv.FormatBool(value), true
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64), true
	case json.Number:
		return value.String(), true
	}
	return "", false
}

// at is the place of a value. Jsonnet has no lines once it is evaluated: the only line that names the key is taken.
func (c *configuration) at(pointer, key string) string {
	if place, ok := c.source.Places[pointer]; ok {
		return place
	}
	text, err := os.ReadFile(c.file)
	if err != nil {
		return c.file
	}
	naming := regexp.MustCompile(`(^|[\s,{'"])` + strings.ReplaceAll(regexp.QuoteMeta(key), "-", "[-_]") + `['"]?\s*\+?:`)
	found := 0
	for i, line := range strings.Split(string(text), "\n") {
		if !naming.MatchString(line) {
			continue
		}
		if found > 0 {
			return c.file
		}
		found = i + 1
	}
	if found == 0 {
		return c.file
	}
	return fmt.Sprintf("%s:%d", c.file, found)
}
