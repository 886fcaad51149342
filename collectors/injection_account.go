package collectors

import (
	"errors"
	"slices"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/iisconfig"
)

// accounts reads the environment of the machine and of each account, and the COM classes accounts have of their own.
// Those of Windows must be seen, and so must those a service runs as; of people only what was copied.
func (i *injector) accounts() {
	i.variablesOf(machineEnvironment, "machine", "")
	wanted := []string{"S-1-5-18", "S-1-5-19", "S-1-5-20"}
	others, _ := i.registry.Key("HKU") // lists what there is
	for _, sid := range slices.Concat(i.serviceAccounts(), sorted(others)) {
		if !slices.Contains(wanted, sid) && !strings.HasSuffix(sid, "_CLASSES") {
			wanted = append(wanted, sid)
		}
	}
	for _, sid := range wanted {
		i.variablesOf(`HKU\`+sid+`\Environment`, "account", sid)
		i.classes(sid)
	}
}

// serviceAccounts gives the SIDs of accounts with a profile that services run as. A profile is named after its account.
func (i *injector) serviceAccounts() []string {
	const list = windowsNT + `\ProfileList`
	byName := map[string][]string{}
	profiles, _ := i.registry.Key(list)
	for _, sid := range sorted(profiles) {
		profile, _ := i.registry.Key(list + `\` + sid)
		folder := exvet.PathKey(profile.Text("ProfileImagePath"))
		name, _, _ := strings.Cut(folder[strings.LastIndexByte(folder, '\\')+1:], ".")
		byName[name] = append(byName[name], strings.ToUpper(sid))
	}
	var found []string
	all, _ := i.registry.Key(servicesKey)
	for _, name := range sorted(all) {
		key, _ := i.registry.Key(servicesKey + `\` + name)
		account := strings.ToLower(key.Text("ObjectName"))
		if exvet.AccountSID(account) != "" {
			continue
		}
		user, _, _ := strings.Cut(account[strings.LastIndexByte(account, '\\')+1:], "@")
		for _, sid := range byName[user] {
			if user != "" && strings.HasPrefix(sid, "S-1-5-21-") && !slices.Contains(found, sid) {
				found = append(found, sid)
			}
		}
	}
	return found
}

func (i *injector) variablesOf(path, scope, sid string) {
	where := ""
	if sid != "" {
		where = `HKU\` + sid
	}
	key := i.scoped(path, where, "environment", "profilers")
	if key == nil {
		return
	}
	for _, value := range key.Values {
		if value.Name == "" || !i.row() {
			continue
		}
		text := value.Text()
		if n, ok := value.Number(); ok {
			text = decimal(n)
		}
		row := Variable{
			Scope: scope, Account: sid, Name: shortened(value.Name), NameKey: strings.ToLower(shortened(value.Name)), Ref: valueRef(key, value.Name),
		}
		row.Value, row.Secret = environmentValue(value.Name, text)
		i.facts.Environment = append(i.facts.Environment, row)
	}
}

// classes reads the COM classes of an account: they lie in its own hive, or in one beside it.
func (i *injector) classes(sid string) {
	for n, place := range []string{`HKU\` + sid + `\Software\Classes\`, `HKU\` + sid + `_Classes\`} {
		for _, view := range []view{{"64", place}, {"32", place + `Wow6432Node\`}} {
			path := view.path + "CLSID"
			var key *exvet.RegistryKey
			if n == 0 {
				key = i.scoped(path, `HKU\`+sid, "com_overrides")
			} else if own, err := i.registry.Key(path); !errors.Is(err, exvet.ErrNoEvidence) {
				// Windows makes this hive when it is first needed, so its absence proves nothing.
				if key = own; err != nil {
					key = i.scoped(path, `HKU\`+sid, "com_overrides")
				}
			}
			for _, clsid := range sorted(key) {
				i.overrides(path, clsid, sid, view.name)
			}
		}
	}
}

func (i *injector) overrides(path, clsid, sid, view string) {
	for _, kind := range sorted(i.scoped(path+`\`+clsid, `HKU\`+sid, "com_overrides")) {
		kindKey := strings.ToLower(kind)
		switch kindKey {
		case "inprocserver32", "inprochandler32", "localserver32", "treatas":
		default:
			continue
		}
		key := i.scoped(path+`\`+clsid+`\`+kind, `HKU\`+sid, "com_overrides")
		if key == nil || !i.row() {
			continue
		}
		row := COMOverride{
			Account: sid, CLSID: strings.ToUpper(shortened(clsid)), Kind: kindKey, View: view, DLL: shortened(key.Text("")), Ref: key.Path + "!",
		}
		switch kindKey {
		case "inprocserver32", "inprochandler32":
			row.DLLKey = i.file(key.Text(""), view)
		case "localserver32":
			row.DLLKey = exvet.PathKey(i.command(key.Text("")).path)
		}
		row.MachineDLLKey = i.file(i.class(clsid, view, "com_overrides").Text(""), view)
		i.facts.COMOverrides = append(i.facts.COMOverrides, row)
	}
}

// profilers looks up the classes that profiler variables name. What is wrong with the pools the iis section says.
func (i *injector) profilers() {
	named := map[string]string{} // as written, by lower case
	add := func(name, value string) {
		switch strings.ToLower(name) {
		case "cor_profiler", "coreclr_profiler":
			if value = strings.TrimSpace(value); value != "" {
				named[strings.ToLower(value)] = value
			}
		}
	}
	for _, variable := range i.facts.Environment {
		add(variable.Name, variable.Value)
	}
	pools, _ := iisconfig.Pools(i.ctx, i.files, i.standard)
	for _, pool := range pools {
		for _, variable := range pool.EnvironmentVariables {
			add(variable.Name, variable.Value)
		}
	}
	all, _ := i.registry.Key(servicesKey)
	for _, service := range sorted(all) {
		key, _ := i.registry.Key(servicesKey + `\` + service)
		environment, _ := key.Value("Environment")
		for _, pair := range environment.Texts() {
			name, value, _ := strings.Cut(pair, "=")
			add(name, value)
		}
	}
	names := make([]string, 0, len(named))
	for name := range named {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		i.profiler(named[name])
	}
}

func (i *injector) profiler(written string) {
	clsid := strings.ToUpper(written)
	if !strings.HasPrefix(clsid, "{") {
		clsid = ""
		if len(written) == 36 && strings.Count(written, "-") == 4 {
			clsid = "{" + strings.ToUpper(written) + "}"
		} else if !strings.Contains(written, `\`) {
			clsid = strings.ToUpper(i.key(machineClasses+written+`\CLSID`, "profilers").Text(""))
		}
	}
	for _, view := range []string{"64", "32"} {
		if !i.row() {
			return
		}
		row := Profiler{Profiler: shortened(written), Key: strings.ToLower(shortened(written)), CLSID: shortened(clsid), View: view}
		if clsid != "" && !strings.Contains(clsid, `\`) {
			server := i.class(clsid, view, "profilers")
			row.DLL, row.DLLKey = shortened(server.Text("")), i.file(server.Text(""), view)
			if row.Registered = row.DLLKey != ""; row.Registered {
				row.Ref = server.Path + "!"
			}
		}
		i.facts.Profilers = append(i.facts.Profilers, row)
	}
}
