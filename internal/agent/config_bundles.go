package agent

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/plugins"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
)

// bundles reads what may be fetched. Each bundle has a key and a scope of its own: one that is signed for another name is not
// taken for this one.
func (r *reader) bundles(c *Config, opa, top map[string]any, services map[string]map[string]any, keys map[string]bundles.Key) {
	exvetSection, _ := top["exvet"].(map[string]any)
	roots := r.table("/exvet/roots", exvetSection["roots"])
	signers := r.table("/exvet/signers", exvetSection["signers"])
	t := r.table("/bundles", opa["bundles"])
	pinned := map[string]any{}
	scopes := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(t.fields)) {
		entry := r.table(t.at(name), t.fields[name])
		var service, resource, keyID, scope string
		entry.text("service", &service)
		entry.text("resource", &resource)
		signing := entry.fields["signing"]
		s := r.table(entry.at("signing"), signing)
		s.text("keyid", &keyID)
		s.text("scope", &scope)
		if service == "" && len(services) == 1 {
			for only := range services {
				service = only
			}
		}
		if name == coreName && scope == "" {
			scope = bundles.CoreScope
		}
		switch _, known := services[service]; {
		case !bundleName.MatchString(name):
			r.refuse(t.at(name), "%q is no name of a bundle; use letters, digits, dots, hyphens and slashes", name)
		case !known:
			r.refuse(entry.at("service"), "bundle %q is to come from service %q, and there is none", name, service)
		case signing == nil:
			r.refuse(t.at(name), "bundle %q has no signing; write signing: {keyid: ..., scope: ...}", name)
		case scope == "" || scopes[scope] != "":
			r.refuse(entry.at("signing"), "bundle %q needs a scope of its own; exvet bundle sign --scope writes it", name)
		case (scope == bundles.CoreScope) != (name == coreName):
			r.refuse(entry.at("signing"), "the scope of bundle %q and of no other is %q", coreName, bundles.CoreScope)
		}
		scopes[scope] = name
		own := bundleConfig{name: name, kind: bundles.Organisations, trust: bundles.Trust{
			Keys: r.signers(name, entry.at("signing"), keyID, signers, keys), KeyID: keyID, Scope: scope, Engine: exvet.Version, Roots: []string{"org/" + name},
		}}
		if name == coreName {
			own.kind, own.trust.Roots = bundles.Cores, nil
		} else if _, given := roots.fields[name]; given {
			roots.texts(name, &own.trust.Roots)
			r.checkRoots(roots.at(name), own.trust.Roots)
		}
		c.bundles = append(c.bundles, own)
		signed := map[string]any{"scope": scope}
		if keyID != "" {
			signed["keyid"] = keyID
		}
		pinned[name] = map[string]any{
			"service": service, "resource": resource, "persist": false, "trigger": plugins.TriggerManual,
			"signing": signed, "size_limit_bytes": maxFile,
		}
		if resource == "" {
			pinned[name].(map[string]any)["resource"] = "bundles/" + name
		}
	}
	slices.SortStableFunc(c.bundles, func(a, b bundleConfig) int {
		return rank(a) - rank(b)
	})
	for _, given := range []*table{roots, signers} {
		for _, named := range slices.Sorted(maps.Keys(given.fields)) {
			if pinned[named] == nil {
				r.refuse(given.at(named), "%s are given for %q, which is no bundle", name(given.pointer), named)
			}
		}
	}
	opa["bundles"] = pinned
}

// signers gives the keys a bundle may be signed with: the one its signing names, or those of exvet.signers while one takes the
// place of another. Of the latter OPA asks a signature which it is, and takes any of keys; the guard takes these alone.
func (r *reader) signers(bundle, pointer, keyID string, signers *table, keys map[string]bundles.Key) []bundles.Key {
	ids := []string{keyID}
	if _, given := signers.fields[bundle]; given {
		if keyID != "" {
			r.refuse(pointer, "bundle %q has a keyid, and exvet.signers for it; keep one of them", bundle)
		}
		ids = nil
		signers.texts(bundle, &ids)
		pointer = signers.at(bundle)
		if len(ids) == 0 {
			r.refuse(pointer, "exvet.signers names no key for bundle %q", bundle)
		}
	}
	var all []bundles.Key
	for _, id := range ids {
		if keys[id].ID == "" {
			r.refuse(pointer, "bundle %q is signed with the key %q, and keys has none of that name", bundle, id)
		}
		all = append(all, keys[id])
	}
	return all
}

var bundleName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_./-]*$`)

// rank puts the core before organisations, whose rules stand on it.
func rank(b bundleConfig) int {
	if b.kind == bundles.Cores {
		return 0
	}
	return 1
}

func (r *reader) checkRoots(pointer string, roots []string) {
	for _, root := range roots {
		if rest, ok := strings.CutPrefix(root, "org/"); !ok || rest == "" {
			r.refuse(pointer, "root %q is not below org; an organisation's bundle owns org/<name>", root)
		}
	}
}
