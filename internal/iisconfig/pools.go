package iisconfig

import (
	"context"
	"io/fs"
	"strings"

	"github.com/exvet/exvet"
)

// Values of IIS's schema for what no file sets.
const (
	schemaIdentity = "ApplicationPoolIdentity"
	schemaPipeline = "Integrated"
	schemaRuntime  = "v4.0"
	schemaPool     = "DefaultAppPool"
)

// Pools gives the application pools alone. The error is that of Read.
func Pools(ctx context.Context, files fs.FS, env Environment) ([]Pool, error) {
	b := newBuilder(ctx, files, env)
	host, err := b.host()
	if err != nil {
		return nil, err
	}
	return b.pools(host), nil
}

// pools gives the application pools with their defaults merged in.
func (b *builder) pools(host *file) []Pool {
	found := []Pool{}
	for _, section := range sections([]*node{host.root}, "system.applicationHost", "applicationPools") {
		defaults := section.child("applicationPoolDefaults")
		for _, add := range b.collection(host, section, "add", "name") {
			found = append(found, b.pool(host, add.node, defaults))
		}
	}
	return found
}

func (b *builder) pool(host *file, pool, defaults *node) Pool {
	process := pool.child("processModel")
	inherit := func(name, otherwise string) string { return inheritFrom(pool, defaults, name, otherwise) }
	found := Pool{
		Origin: host.origin(pool), Name: pool.attr("name"), Key: strings.ToLower(pool.attr("name")),
		PipelineMode:   inherit("managedPipelineMode", schemaPipeline),
		RuntimeVersion: inherit("managedRuntimeVersion", schemaRuntime),
		Enable32Bit:    isTrue(inherit("enable32BitAppOnWin64", "false")),
		CLRConfigFile:  inherit("CLRConfigFile", ""),
		QueueLength:    inherit("queueLength", "1000"),
	}
	found.IdleTimeout = inheritFrom(pool, defaults, "idleTimeout", "00:20:00", "processModel")
	found.PingingEnabled = isTrue(inheritFrom(pool, defaults, "pingingEnabled", "true", "processModel"))
	found.RapidFailProtection = isTrue(inheritFrom(pool, defaults, "rapidFailProtection", "true", "failure"))
	found.PeriodicRestart = inheritFrom(pool, defaults, "time", "1.05:00:00", "recycling", "periodicRestart")
	found.EnvironmentVariables = b.environmentVariables(host, pool, defaults)
	found.CLRConfigKey = b.env.key(found.CLRConfigFile)
	found.IdentityType, found.IdentityFrom = schemaIdentity, "schema"
	source := process
	for _, level := range []struct {
		from    string
		process *node
	}{{"pool", process}, {"defaults", defaults.child("processModel")}} {
		if value, ok := level.process.lookup("identityType"); ok {
			found.IdentityType, found.IdentityFrom, found.IdentityLine = value, level.from, level.process.line
			source = level.process
			break
		}
	}
	if strings.EqualFold(found.IdentityType, "SpecificUser") {
		found.UserName = source.attr("userName")
		found.Password = source.secret("password")
	}
	found.SID = wellKnownSID(found.IdentityType, found.UserName)
	return found
}

// inheritFrom gives an attribute of a pool, or of an element below it: the pool's own value, that of the
// defaults, or the schema's.
func inheritFrom(pool, defaults *node, name, otherwise string, path ...string) string {
	for _, n := range []*node{pool, defaults} {
		for _, step := range path {
			n = n.child(step)
		}
		if value, ok := n.lookup(name); ok {
			return value
		}
	}
	return otherwise
}

func isTrue(text string) bool { return strings.EqualFold(strings.TrimSpace(text), "true") }

// environmentVariables merges those of the defaults and of the pool.
func (b *builder) environmentVariables(host *file, pool, defaults *node) []EnvironmentVariable {
	found := []EnvironmentVariable{}
	parts := []part{
		{file: host, node: defaults.child("environmentVariables")}, {file: host, node: pool.child("environmentVariables")},
	}
	for _, e := range b.merge(parts, shape{element: "add", key: "name", value: attrOf("value")}, func(*file, *node) {}) {
		found = append(found, EnvironmentVariable{
			Origin: host.origin(e.node), Name: e.node.attr("name"), Key: e.key, Value: e.node.attr("value"),
		})
	}
	return found
}

// wellKnownSID gives the SID of a built-in account, however it is written, or "".
func wellKnownSID(identity, user string) string {
	switch strings.ToLower(identity) {
	case "localsystem":
		return "S-1-5-18"
	case "localservice":
		return "S-1-5-19"
	case "networkservice":
		return "S-1-5-20"
	case "specificuser":
		return exvet.AccountSID(user)
	}
	return ""
}
