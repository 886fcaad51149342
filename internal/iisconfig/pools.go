package iisconfig

import "strings"

// Values of IIS's schema for what no file sets.
const (
	schemaIdentity = "ApplicationPoolIdentity"
	schemaPipeline = "Integrated"
	schemaRuntime  = "v4.0"
	schemaPool     = "DefaultAppPool"
)

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
	inherit := func(name, otherwise string) string {
		if value, ok := pool.lookup(name); ok {
			return value
		}
		if value, ok := defaults.lookup(name); ok {
			return value
		}
		return otherwise
	}
	found := Pool{
		Origin: host.origin(pool), Name: pool.attr("name"), Key: strings.ToLower(pool.attr("name")),
		PipelineMode:   inherit("managedPipelineMode", schemaPipeline),
		RuntimeVersion: inherit("managedRuntimeVersion", schemaRuntime),
		Enable32Bit:    strings.EqualFold(inherit("enable32BitAppOnWin64", "false"), "true"),
		CLRConfigFile:  inherit("CLRConfigFile", ""),
	}
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
		name := strings.ToLower(user)
		if _, after, ok := strings.Cut(name, `\`); ok {
			if domain := strings.TrimSuffix(name, `\`+after); domain != "." && domain != "nt authority" {
				return ""
			}
			name = after
		}
		return map[string]string{
			"localsystem": "S-1-5-18", "system": "S-1-5-18",
			"localservice": "S-1-5-19", "local service": "S-1-5-19",
			"networkservice": "S-1-5-20", "network service": "S-1-5-20",
		}[name]
	}
	return ""
}
