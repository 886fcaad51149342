package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/open-policy-agent/opa/v1/config"
	"github.com/open-policy-agent/opa/v1/plugins"

	"github.com/exvet/exvet/bundles"
)

// serialLabel is the label by which a discovered configuration says how new it is.
const serialLabel = "config_serial"

// discovery reads the section of that name. What is discovered says where bundles lie and nothing else, so it needs a key and a
// scope of its own, and is asked for anew at each start.
func (r *reader) discovery(opa map[string]any, services map[string]map[string]any, keys map[string]bundles.Key) {
	if opa["discovery"] == nil {
		delete(opa, "discovery")
		return
	}
	t := r.table("/discovery", opa["discovery"])
	var service, resource, query, keyID, scope string
	t.text("service", &service)
	t.text("resource", &resource)
	t.text("decision", &query)
	s := r.table("/discovery/signing", t.fields["signing"])
	s.text("keyid", &keyID)
	s.text("scope", &scope)
	t.closed("signing", "persist", "trigger", "polling")
	switch _, known := services[service]; {
	case !known:
		r.refuse("/discovery", "discovery is to come from service %q, and there is none", service)
	case keys[keyID].ID == "" || scope == "":
		r.refuse("/discovery", "discovery is not signed; write signing: {keyid: ..., scope: ...}")
	}
	for name, bundle := range opa["bundles"].(map[string]any) {
		bundle := bundle.(map[string]any)
		if scope == bundle["signing"].(map[string]any)["scope"] {
			r.refuse("/discovery/signing", "discovery and bundle %q have the scope %q; each needs its own", name, scope)
		}
		if bundle["resource"] == "bundles/"+name {
			delete(bundle, "resource") // what is discovered may name it
		}
	}
	opa["discovery"] = map[string]any{
		"service": service, "resource": resource, "decision": query, "persist": false, "trigger": plugins.TriggerManual,
		"signing": map[string]any{"keyid": keyID, "scope": scope},
	}
}

// A discoveryHook lets a discovered configuration say where bundles lie, and refuses everything else in it.
type discoveryHook struct{ agent *Agent }

// OnConfigDiscovery refuses a configuration by an error: the one before stays.
func (h *discoveryHook) OnConfigDiscovery(_ context.Context, found *config.Config) (*config.Config, error) {
	for key, given := range map[string]bool{
		"services": found.Services != nil, "keys": found.Keys != nil, "status": found.Status != nil, "decision_logs": found.DecisionLogs != nil,
		"plugins": found.Plugins != nil, "bundle": found.Bundle != nil, "discovery": found.Discovery != nil, "server": found.Server != nil,
		"storage": found.Storage != nil, "persistence_directory": found.PersistenceDirectory != nil, "a section OPA does not know": len(found.Extra) > 0,
	} {
		if given {
			return nil, fmt.Errorf("agent/discovery: it holds %s; what is discovered says where bundles lie, and labels", key)
		}
	}
	var sources map[string]struct {
		Resource string `json:"resource"`
	}
	if found.Bundles != nil {
		if err := json.Unmarshal(found.Bundles, &sources); err != nil {
			return nil, fmt.Errorf("agent/discovery: bundles: %w", err)
		}
	}
	for name := range sources {
		if h.agent.rules.slot(name) == nil {
			return nil, fmt.Errorf("agent/discovery: it names the bundle %q, which the agent's own configuration does not", name)
		}
	}
	serial := 0
	if text, ok := found.Labels[serialLabel]; ok {
		var err error
		if serial, err = strconv.Atoi(text); err != nil || serial < 0 {
			return nil, fmt.Errorf("agent/discovery: the label %s is %q, no whole number", serialLabel, text)
		}
	}
	if seen := h.agent.state.mark(discoveryMark); serial < seen {
		return nil, fmt.Errorf("agent/discovery: it has the %s %d, and %d was seen before", serialLabel, serial, seen)
	}
	if err := h.agent.state.raise(discoveryMark, serial); err != nil {
		return nil, err
	}
	only, err := json.Marshal(sources)
	found.Bundles = only
	return found, err
}

// discoveryMark is where the highest serial of a discovered configuration is kept; no bundle has such a name.
const discoveryMark = "/discovery"
