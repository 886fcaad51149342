package agent

import (
	"maps"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/plugins"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/internal/decision"
	"github.com/exvet/exvet/internal/jsonnet"
)

// Names of the agent's own plugins in OPA's configuration.
const (
	agentPlugin   = "exvet"
	spoolPlugin   = "exvet_spool"
	statusPlugin  = "exvet_status"
	servicePrefix = "exvet_service_" // and the name of the service
)

// maxFile is the largest file in a bundle, as OPA is told.
const maxFile = 64 << 20

// pin makes OPA's configuration of what the user wrote: what keeps bundles believed, triggers manual and results on the spool
// is put in, so that nothing that is fetched can take it out.
func (r *reader) pin(c *Config, top map[string]any) {
	opa := maps.Clone(top)
	delete(opa, "exvet")
	t := r.table("", opa)
	c.Directory = DefaultDirectory()
	t.text("persistence_directory", &c.Directory)
	for _, key := range []string{"services", "keys", "labels", "bundles", "status", "decision_logs", "discovery", "plugins"} {
		t.get(key)
	}
	t.closed("default_decision", "default_authorization_decision", "caching", "server", "storage", "nd_builtin_cache", "distributed_tracing")
	services := r.services(opa, c.PlainHTTP)
	c.services = services
	keys := r.keys(opa)
	r.bundles(c, opa, top, services, keys)
	r.labels(opa)
	c.status = r.service(opa, "status", services)
	c.results = r.service(opa, "decision_logs", services)
	opa["plugins"] = map[string]any{spoolPlugin: map[string]any{}, statusPlugin: map[string]any{}}
	opa["decision_logs"] = map[string]any{"plugin": spoolPlugin, "reporting": map[string]any{"trigger": plugins.TriggerManual}}
	opa["status"] = map[string]any{"plugin": statusPlugin, "trigger": plugins.TriggerManual}
	r.discovery(opa, services, keys)
	c.opa = opa
}

// services gives services by name; OPA takes a list, too.
func (r *reader) services(opa map[string]any, plain bool) map[string]map[string]any {
	named := map[string]map[string]any{}
	take := func(pointer, key string, value any) {
		t := r.table(pointer, value)
		at := ""
		t.text("name", &key)
		t.text("url", &at)
		parsed, err := url.Parse(at)
		switch {
		case key == "":
			r.refuse(pointer, "a service without a name")
		case err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http":
			r.refuse(pointer, "service %q has no url; write https://HOST", key)
		case parsed.User != nil:
			r.refuse(pointer, "the url of service %q holds credentials; they stand in credentials", key)
		case parsed.Scheme == "http" && !plain && !loopback(parsed.Host):
			r.refuse(pointer, "service %q is talked to without TLS; use https, or allow it by exvet.plain_http", key)
		}
		named[key] = t.fields
	}
	switch all := opa["services"].(type) {
	case nil:
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(all)) {
			take("/services/"+jsonnet.Token(key), key, all[key])
		}
	case []any:
		for _, value := range all {
			take("/services", "", value)
		}
	default:
		r.refuse("/services", "services is neither a table nor a list")
	}
	return named
}

// loopback reports whether a host, with or without a port, is this machine.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if ip := net.ParseIP(strings.Trim(host, "[]")); ip != nil {
		return ip.IsLoopback()
	}
	return host == "localhost"
}

func (r *reader) keys(opa map[string]any) map[string]bundles.Key {
	all := map[string]bundles.Key{}
	pinned := map[string]any{}
	t := r.table("/keys", opa["keys"])
	for _, id := range slices.Sorted(maps.Keys(t.fields)) {
		entry := r.table(t.at(id), t.fields[id])
		var text, algorithm string
		entry.text("key", &text)
		entry.text("algorithm", &algorithm)
		entry.closed("scope")
		key, err := bundles.ParseKey(id, []byte(text), id, algorithm)
		if err != nil {
			r.refuse(t.at(id), "key %w", err)
			continue
		}
		all[id] = key
		pinned[id] = map[string]any{"key": key.Config().Key, "algorithm": key.Config().Algorithm}
	}
	opa["keys"] = pinned
	return all
}

func (r *reader) labels(opa map[string]any) {
	t := r.table("/labels", opa["labels"])
	labels := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(t.fields)) {
		var text string
		t.text(key, &text)
		labels[key] = text
	}
	if labels[decision.LabelHost] == nil {
		name, err := os.Hostname()
		if err != nil {
			name = "unknown"
		}
		labels[decision.LabelHost] = name
	}
	labels[decision.LabelExvet] = exvet.Version
	opa["labels"] = labels
}

// service gives the service a section posts to: that it names, else the first, as OPA has it; "" where the section is not there.
func (r *reader) service(opa map[string]any, section string, services map[string]map[string]any) string {
	value, ok := opa[section]
	if !ok {
		return ""
	}
	t := r.table("/"+section, value)
	name := ""
	t.text("service", &name)
	if name == "" && len(services) == 1 {
		for only := range services {
			name = only
		}
	}
	if _, known := services[name]; !known {
		r.refuse("/"+section, "%s is to go to service %q, and there is none", section, name)
	}
	return name
}
