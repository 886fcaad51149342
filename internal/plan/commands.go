package plan

import (
	"slices"
	"strings"
)

// appcmd is the program that changes the configuration of IIS.
const appcmd = `& "$env:windir\System32\inetsrv\appcmd.exe" `

// run writes a command line of a program with its arguments.
func run(program string, arguments ...string) string {
	var b strings.Builder
	b.WriteString(program)
	for _, text := range arguments {
		b.WriteString(" " + argument(text))
	}
	return b.String()
}

func appcmdRun(arguments ...string) string { return run(strings.TrimSpace(appcmd), arguments...) }

// remover is how to take one entry of a collection of IIS out, or turn it off.
type remover struct {
	site, path string // where it is declared; both "" for the server
	section    string // "system.webServer/modules"
	name       string // value of the attribute name of the entry
	off        bool   // set enabled to false instead of removing it
}

// command writes what takes an entry out. appcmd has no way to write every name, so one it could misread is taken out by
// comparing whole values, through the library appcmd itself is made of.
func (r remover) command() string {
	place := r.site + r.path
	if plain(r.name) && (place == "" || plain(place)) {
		arguments := []string{"set", "config"}
		if place != "" {
			arguments = append(arguments, place)
		}
		change := "/-[name='" + r.name + "']"
		if r.off {
			change = "/[name='" + r.name + "'].enabled:false"
		}
		return appcmdRun(append(arguments, "/section:"+r.section, change)...)
	}
	open := "GetApplicationHostConfiguration()"
	if place != "" {
		open = "GetWebConfiguration(" + literal(r.site) + ", " + literal(r.path) + ")"
	}
	change := "[void]$rows.Remove($row)"
	if r.off {
		change = "$row['enabled'] = $false"
	}
	return strings.Join([]string{
		`Add-Type -Path "$env:windir\System32\inetsrv\Microsoft.Web.Administration.dll"`,
		"$iis = New-Object Microsoft.Web.Administration.ServerManager",
		"$rows = $iis." + open + ".GetSection(" + literal(r.section) + ").GetCollection()",
		"$row = $rows | Where-Object { $_['name'] -ceq " + literal(r.name) + " }",
		change,
		"$iis.CommitChanges()",
	}, "; ")
}

// split takes a scope apart: "Default Web Site/owa" is site "Default Web Site" and path "/owa".
func split(scope string) (site, path string) {
	site, path, found := strings.Cut(scope, "/")
	if found {
		path = "/" + path
	}
	return site, path
}

// off is the commands that take one finding out; none where it takes a decision only people can make.
func (w *work) off(f found) []string {
	kind, place, name := f.subject()
	site, path := split(place)
	switch kind {
	case "module":
		return []string{remover{site: site, path: path, section: "system.webServer/modules", name: name}.command()}
	case "handler":
		return []string{remover{site: site, path: path, section: "system.webServer/handlers", name: name}.command()}
	case "filter":
		return []string{remover{site: site, path: path, section: "system.webServer/isapiFilters", name: name, off: true}.command()}
	case "rewrite":
		section := "rules"
		switch {
		case place == "":
			section = "globalRules"
		case strings.Contains(strings.ToLower(f.result.Title), "outbound"):
			section = "outboundRules"
		}
		return []string{remover{site: site, path: path, section: "system.webServer/rewrite/" + section, name: name, off: true}.command()}
	case "global-module":
		if plain(name) {
			return []string{appcmdRun("uninstall", "module", name)}
		}
		return []string{
			remover{section: "system.webServer/modules", name: name}.command(),
			remover{section: "system.webServer/globalModules", name: name}.command(),
		}
	case "app":
		if f.result.Clause == "C3" {
			return []string{appcmdRun("delete", "app", "/app.name:"+name)}
		}
	case "pool":
		if f.result.Clause == "C4" {
			return []string{appcmdRun("set", "apppool", "/apppool.name:"+name, "/processModel.identityType:LocalSystem")}
		}
	case "agent":
		return []string{agentCommand("Disable", f, name)}
	case "registry":
		return registryOff(name)
	}
	return nil
}

// on is the commands that put one entry back at once. What the restored backups put back needs none.
func (w *work) on(f found) []string {
	if kind, _, name := f.subject(); kind == "agent" {
		return []string{agentCommand("Enable", f, name)}
	}
	return nil
}

// agentCommand turns a transport agent on or off, in the service that runs it.
func agentCommand(verb string, f found, name string) string {
	command := verb + "-TransportAgent -Identity " + literal(name)
	if slices.ContainsFunc(f.files(), func(file string) bool { return strings.HasSuffix(strings.ToLower(file), `\fetagents.config`) }) {
		command += " -TransportService FrontEnd"
	}
	if verb == "Disable" {
		command += " -Confirm:$false"
	}
	return command
}

// wholeValues are values of the registry that hold nothing but what was found, by the end of their key and their name.
// Others are lists that may hold what other products need, or what Windows itself does.
func wholeValues() [][2]string {
	return [][2]string{
		{`\image file execution options\`, "debugger"}, {`\image file execution options\`, "verifierdlls"},
		{`\session manager\appcertdlls`, ""}, {`\silentprocessexit\`, "monitorprocess"},
	}
}

// registryOff takes a value out of the registry where it stands alone, and turns AppInit_DLLs off by its switch.
func registryOff(subject string) []string {
	key, value, ok := cutLast(subject, "!")
	if !ok {
		return nil
	}
	lowKey, lowValue := strings.ToLower(key), strings.ToLower(value)
	if lowValue == "appinit_dlls" {
		return []string{run("reg.exe", "add", longKey(key), "/v", "LoadAppInit_DLLs", "/t", "REG_DWORD", "/d", "0", "/f")}
	}
	for _, known := range wholeValues() {
		if strings.Contains(lowKey+`\`, known[0]) && (known[1] == "" || known[1] == lowValue) ||
			strings.HasSuffix(lowKey, known[0]) && known[1] == "" {
			return []string{run("reg.exe", "delete", longKey(key), "/v", value, "/f")}
		}
	}
	return nil
}

// longKey writes the name of a key as people read it; reg.exe takes short names, too.
func longKey(key string) string {
	for short, long := range map[string]string{`HKLM\`: `HKEY_LOCAL_MACHINE\`, `HKU\`: `HKEY_USERS\`} {
		if rest, ok := strings.CutPrefix(key, short); ok {
			return long + rest
		}
	}
	return key
}

func cutLast(text, separator string) (before, after string, found bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(separator):], true
}

// keys lists the keys of the registry that what is to be taken out lies in, with those of the product's own services.
func (w *work) keys() []string {
	var keys []string
	add := func(key string) {
		if key = longKey(key); !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, f := range w.change {
		for _, evidence := range f.finding.Evidence {
			if ref, ok := strings.CutPrefix(evidence.Ref, "registry:"); ok {
				key, _, _ := cutLast(ref, "!")
				add(key)
			}
		}
	}
	for _, service := range w.services() {
		add(`HKLM\SYSTEM\CurrentControlSet\Services\` + service)
	}
	slices.Sort(keys)
	return keys
}

// services are the product's own: those that run its files. A service a rule names may be one of Exchange or Windows.
func (w *work) services() []string {
	var own []string
	for _, service := range w.integration.Services {
		if !slices.ContainsFunc(w.found, func(f found) bool { return f.finding.Subject == "service:"+service }) {
			own = append(own, service)
		}
	}
	return own
}
