package plan

import (
	"slices"
	"strings"

	"github.com/exvet/exvet"
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

// off is the commands that take one finding out, as its rule says how; none where it takes a decision only people can make, or
// where the entry is not a product's: an application of Exchange that was moved, a handler that is missing.
func (w *work) off(f found) []string {
	kind, place, name := f.subject()
	says := strings.ToLower(f.result.Repro)
	takeOut := strings.Contains(says, "take the entry out") || strings.Contains(says, "disable this one entry")
	switch kind {
	case "module", "handler", "filter", "rewrite", "global-module":
		if takeOut {
			return entryOff(f, kind, place, name)
		}
	case "app":
		if takeOut {
			return []string{
				appcmdRun("delete", "app", "/app.name:"+name),
				appcmdRun("delete", "vdir", "/vdir.name:"+name) + "  # in place of the line above, where it is a virtual directory",
			}
		}
	case "pool":
		if strings.Contains(says, "set the identity back") {
			return []string{appcmdRun("set", "apppool", "/apppool.name:"+name, "/processModel.identityType:LocalSystem")}
		}
	case "service":
		if account := setupAccount(f); account != "" && strings.Contains(says, "set the account back") {
			return []string{run("sc.exe", "config", name, "obj=", account, "password=", "")}
		}
		if takeOut {
			return variablesOff(f, `HKLM\SYSTEM\CurrentControlSet\Services\`+name)
		}
	case "agent":
		return []string{agentCommand("Disable", f, name)}
	case "registry":
		return registryOff(f, name)
	}
	return nil
}

// on is the commands that put one entry back at once. What the restored backups put back needs none.
func (w *work) on(f found) []string {
	switch kind, _, name := f.subject(); {
	case kind == "agent":
		return []string{agentCommand("Enable", f, name)}
	case kind == "service" && setupAccount(f) != "" && len(w.off(f)) > 0 && len(f.finding.Evidence) > 0:
		return []string{run("sc.exe", "config", name, "obj=", f.finding.Evidence[0].Value, "password=", "PASSWORD")}
	}
	return nil
}

// setupAccount is the account the rule says Exchange setup gives a service, as sc.exe takes it, or "".
func setupAccount(f found) string {
	for name, account := range map[string]string{
		"LocalSystem": "LocalSystem", "NetworkService": `NT AUTHORITY\NetworkService`, "LocalService": `NT AUTHORITY\LocalService`,
	} {
		if strings.HasSuffix(f.finding.Message, "; Exchange setup gives it "+name) {
			return account
		}
	}
	return ""
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

// registryOff takes a value out of the registry where it stands alone, variables out of those a service starts with, and turns
// AppInit_DLLs off by its switch.
func registryOff(f found, subject string) []string {
	key, value, ok := cutLast(subject, "!")
	if !ok {
		return nil
	}
	lowKey, lowValue := strings.ToLower(key), strings.ToLower(value)
	if lowValue == "appinit_dlls" {
		return []string{run("reg.exe", "add", longKey(key), "/v", "LoadAppInit_DLLs", "/t", "REG_DWORD", "/d", "0", "/f")}
	}
	if lowValue == "environment" && strings.Contains(lowKey, `\services\`) {
		return variablesOff(f, key)
	}
	for _, known := range wholeValues() {
		if strings.Contains(lowKey+`\`, known[0]) && (known[1] == "" || known[1] == lowValue) ||
			strings.HasSuffix(lowKey, known[0]) && known[1] == "" {
			return []string{run("reg.exe", "delete", longKey(key), "/v", value, "/f")}
		}
	}
	return nil
}

// variable is the name of a variable that means nothing else to a regular expression.
var variable = exvet.Pattern(`^[A-Za-z0-9_]+$`)

// variablesOff takes the variables a finding shows out of those a service starts with, and leaves the others.
func variablesOff(f found, key string) []string {
	var names []string
	for _, evidence := range f.finding.Evidence {
		name, _, _ := strings.Cut(evidence.Value, "=")
		if !strings.EqualFold(evidence.Ref, "registry:"+key+"!Environment") {
			continue
		}
		if !variable().MatchString(name) {
			return nil
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return nil
	}
	path := literal("Registry::" + longKey(key))
	return []string{"Set-ItemProperty -LiteralPath " + path + " -Name Environment -Type MultiString -Value @(@((Get-ItemProperty -LiteralPath " + path +
		").Environment) -notmatch '^(" + strings.Join(names, "|") + ")=')"}
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
