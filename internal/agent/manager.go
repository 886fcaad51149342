package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/hooks"
	"github.com/open-policy-agent/opa/v1/plugins"
	"github.com/open-policy-agent/opa/v1/plugins/discovery"
	"github.com/open-policy-agent/opa/v1/plugins/rest"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
)

// register tells OPA of the guard, once: OPA keeps it for the whole process.
var register = sync.OnceFunc(func() {
	bundle.RegisterActivator(guardName, guard{})
	bundle.RegisterDefaultBundleActivator(guardName)
})

// stopSeconds is how long OPA's plugins may take to stop.
const stopSeconds = 5

// manage makes OPA's manager of the configuration, with the agent's services, guard, spool and status in it.
func (a *Agent) manage() error {
	register()
	boot := maps.Clone(a.config.opa)
	inner, err := a.services(boot)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(boot)
	if err != nil {
		return err
	}
	var plain map[string]any
	if err := json.Unmarshal(raw, &plain); err != nil {
		return err
	}
	told := &opaLog{log: a.log}
	seen := hooks.New(&discoveryHook{a})
	// What discovery's policy may ask by opa.runtime: no credentials, and no environment.
	labels, err := ast.InterfaceToValue(map[string]any{"config": map[string]any{"labels": boot["labels"]}})
	if err != nil {
		return err
	}
	a.fetched.folder = filepath.Join(a.config.Directory, ociFolder)
	m, err := plugins.New(raw, a.state.get().ID, &store{Store: inmem.NewWithOpts(inmem.OptRoundTripOnWrite(false)), rules: a.rules, fetched: a.fetched},
		plugins.Logger(told), plugins.ConsoleLogger(told), plugins.GracefulShutdownPeriod(stopSeconds), plugins.WithHooks(seen), plugins.Info(ast.NewTerm(labels)),
		plugins.WithParserOptions(ast.ParserOptions{RegoVersion: ast.RegoV1}))
	if err != nil {
		return fmt.Errorf("agent/config: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(inner)) {
		m.Register(servicePrefix+name, inner[name])
	}
	d, err := discovery.New(m, discovery.Hooks(seen), discovery.BootConfig(plain), discovery.Metrics(a.gauges),
		discovery.Factories(map[string]plugins.Factory{spoolPlugin: made{a.spool}, statusPlugin: made{a.status}}))
	if err != nil {
		m.Stop(context.Background())
		return fmt.Errorf("agent/config: %w", err)
	}
	m.Register(discovery.Name, d)
	a.manager, a.discovery = m, d
	return nil
}

// services puts the agent's own way to each service between OPA and its credentials.
func (a *Agent) services(boot map[string]any) (map[string]*service, error) {
	inner := map[string]*service{}
	r := reader{}
	outer := map[string]any{}
	for name, written := range r.services(boot, true) {
		raw, err := json.Marshal(written)
		if err != nil {
			return nil, err
		}
		client, err := rest.New(raw, nil, rest.Name(name), rest.Logger(&opaLog{log: a.log}))
		if err != nil {
			return nil, fmt.Errorf("agent/config: service %q: %w", name, err)
		}
		credentials, err := client.Config().AuthPlugin(nil)
		if err != nil {
			return nil, fmt.Errorf("agent/config: service %q: %w", name, err)
		}
		inner[name] = &service{HTTPAuthPlugin: credentials, config: *client.Config(), fetched: a.fetched}
		seen := maps.Clone(written)
		delete(seen, "name")
		seen["credentials"] = map[string]any{"plugin": servicePrefix + name}
		outer[name] = seen
	}
	boot["services"] = outer
	return inner, nil
}

// made gives OPA a plugin that is there already.
type made struct{ plugin plugins.Plugin }

// Validate takes any configuration: there is none.
func (made) Validate(*plugins.Manager, []byte) (any, error) { return struct{}{}, nil }

// New gives the plugin.
func (m made) New(*plugins.Manager, any) plugins.Plugin { return m.plugin }
