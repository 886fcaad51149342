package collectors

import (
	"strconv"
	"strings"

	"github.com/exvet/exvet"
)

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }

// appInit reads the DLLs every program with a window loads.
func (i *injector) appInit() {
	for _, view := range views(windowsNT + `\Windows`) {
		key := i.key(view.path, "app_init")
		enabled, _ := number(key, "LoadAppInit_DLLs")
		signed, _ := number(key, "RequireSignedAppInit_DLLs")
		for _, dll := range listOfFiles(key.Text("AppInit_DLLs")) {
			if !i.row() {
				return
			}
			i.facts.AppInit = append(i.facts.AppInit, AppInit{
				View: view.name, DLL: shortened(dll), DLLKey: i.file(dll, view.name), Enabled: enabled != 0, RequireSigned: signed != 0,
				Ref: valueRef(key, "AppInit_DLLs"),
			})
		}
	}
}

// listOfFiles takes apart a list separated by spaces or commas; names in quotes may hold both.
func listOfFiles(text string) []string {
	var files []string
	for n, part := range strings.Split(text, `"`) {
		if n%2 == 1 {
			files = append(files, part)
			continue
		}
		files = append(files, strings.FieldsFunc(part, func(c rune) bool { return c == ' ' || c == ',' || c == '\t' })...)
	}
	return files
}

// named reads a key whose values are DLLs.
func (i *injector) named(path, table string) []NamedDLL {
	found := []NamedDLL{}
	key := i.key(path, table)
	if key == nil {
		return found
	}
	for _, value := range key.Values {
		if text := value.Text(); text != "" && i.row() {
			found = append(found, NamedDLL{
				Name: shortened(value.Name), DLL: shortened(text), DLLKey: i.file(text, "64"), Ref: valueRef(key, value.Name),
			})
		}
	}
	return found
}

func (i *injector) appCert() {
	i.facts.AppCertDLLs = i.named(sessionManager+`\AppCertDlls`, "app_cert_dlls")
}

func (i *injector) knownDLLs() {
	i.facts.KnownDLLs = i.named(sessionManager+`\KnownDLLs`, "known_dlls")
}

// ifeo reads Image File Execution Options with the filters below each image.
func (i *injector) ifeo() {
	for _, view := range views(windowsNT + `\Image File Execution Options`) {
		for _, image := range sorted(i.key(view.path, "ifeo")) {
			path := view.path + `\` + image
			key := i.key(path, "ifeo")
			if key == nil || !i.row() {
				continue
			}
			row := i.options(key, image, view.name)
			i.facts.IFEO = append(i.facts.IFEO, row)
			for _, name := range sorted(key) {
				filter := i.key(path+`\`+name, "ifeo")
				if filter == nil || !i.row() {
					continue
				}
				below := i.options(filter, image, view.name)
				below.Filtered, below.UseFilter = true, row.UseFilter
				i.facts.IFEO = append(i.facts.IFEO, below)
			}
		}
	}
}

func (i *injector) options(key *exvet.RegistryKey, image, view string) IFEO {
	row := IFEO{
		Image: shortened(image), ImageKey: strings.ToLower(shortened(image)), View: view,
		Filter: shortened(key.Text("FilterFullPath")), FilterKey: i.file(key.Text("FilterFullPath"), view),
		VerifierDLLs: []string{}, VerifierDLLKeys: []string{}, Ref: key.Path,
	}
	flag := func(name string) bool {
		n, _ := number(key, name)
		return n != 0
	}
	row.UseFilter, row.DevOverride = flag("UseFilter"), flag("DevOverrideEnable")
	row.GlobalFlag, _ = number(key, "GlobalFlag")
	row.VerifierFlags, _ = number(key, "VerifierFlags")
	_, row.Mitigation = key.Value("MitigationOptions")
	if debugger := key.Text("Debugger"); debugger != "" {
		program := i.command(debugger).path
		row.Debugger, row.DebuggerPath, row.DebuggerKey = shortened(debugger), shortened(program), exvet.PathKey(program)
	}
	for _, dll := range listOfFiles(key.Text("VerifierDlls")) {
		if len(row.VerifierDLLs) == 100 {
			break
		}
		row.VerifierDLLs = append(row.VerifierDLLs, shortened(dll))
		row.VerifierDLLKeys = append(row.VerifierDLLKeys, i.file(dll, view))
	}
	return row
}

func (i *injector) silentExits() {
	for _, view := range views(windowsNT + `\SilentProcessExit`) {
		for _, image := range sorted(i.key(view.path, "silent_exits")) {
			key := i.key(view.path+`\`+image, "silent_exits")
			if key == nil || !i.row() {
				continue
			}
			mode, _ := number(key, "ReportingMode")
			row := SilentExit{
				Image: shortened(image), ImageKey: strings.ToLower(shortened(image)), View: view.name, ReportingMode: mode, Ref: key.Path,
			}
			if monitor := key.Text("MonitorProcess"); monitor != "" {
				row.Monitor, row.MonitorKey = shortened(monitor), exvet.PathKey(i.command(monitor).path)
			}
			i.facts.SilentExits = append(i.facts.SilentExits, row)
		}
	}
}

// shims reads the databases of compatibility fixes that are installed, and the images they are for.
func (i *injector) shims() {
	for _, view := range views(windowsNT + `\AppCompatFlags`) {
		databases := view.path + `\InstalledSDB`
		for _, name := range sorted(i.key(databases, "shims")) {
			key := i.key(databases+`\`+name, "shims")
			if key == nil || !i.row() {
				continue
			}
			path := key.Text("DatabasePath")
			i.facts.Shims = append(i.facts.Shims, Shim{
				Kind: "database", Name: shortened(name), Path: shortened(path), PathKey: i.file(path, view.name),
				Description: shortened(key.Text("DatabaseDescription")), View: view.name, Ref: valueRef(key, "DatabasePath"),
			})
		}
		images := view.path + `\Custom`
		for _, image := range sorted(i.key(images, "shims")) {
			key := i.key(images+`\`+image, "shims")
			if key == nil {
				continue
			}
			for _, value := range key.Values {
				if !i.row() {
					return
				}
				i.facts.Shims = append(i.facts.Shims, Shim{
					Kind: "image", Image: shortened(image), ImageKey: strings.ToLower(shortened(image)), Name: shortened(value.Name),
					View: view.name, Ref: valueRef(key, value.Name),
				})
			}
		}
	}
}

// debugger adds a row for a command.
func (i *injector) debugger(kind, view string, key *exvet.RegistryKey, value string) {
	line := key.Text(value)
	if line == "" || !i.row() {
		return
	}
	program := i.command(line).path
	auto, _ := number(key, "Auto")
	i.facts.Debuggers = append(i.facts.Debuggers, Debugger{
		Kind: kind, Command: shortened(line), Path: shortened(program), PathKey: exvet.PathKey(program), Auto: auto != 0, View: view,
		Ref: valueRef(key, value),
	})
}

// debuggers reads what Windows runs when a program crashes or hangs.
func (i *injector) debuggers() {
	for _, view := range views(windowsNT + `\AeDebug`) {
		i.debugger("ae_debug", view.name, i.key(view.path, "debuggers"), "Debugger")
	}
	i.debugger("ae_debug_protected", "64", i.key(windowsNT+`\AeDebugProtected`, "debuggers"), "Debugger")
	reporting := `HKLM\SOFTWARE\Microsoft\Windows\Windows Error Reporting`
	i.debugger("hang", "64", i.key(reporting+`\Hangs`, "debuggers"), "Debugger")
	dumps := i.key(reporting+`\LocalDumps`, "debuggers")
	if dumps != nil {
		i.dump(dumps, "")
		for _, image := range sorted(dumps) {
			i.dump(i.key(dumps.Path+`\`+image, "debuggers"), image)
		}
	}
	for _, view := range views(reporting + `\RuntimeExceptionHelperModules`) {
		modules := i.key(view.path, "debuggers")
		if modules == nil {
			continue
		}
		for _, value := range modules.Values {
			if i.row() {
				i.facts.Debuggers = append(i.facts.Debuggers, Debugger{
					Kind: "exception_module", Command: shortened(value.Name), Path: shortened(i.expand(value.Name)),
					PathKey: i.file(value.Name, view.name), View: view.name, Ref: valueRef(modules, value.Name),
				})
			}
		}
	}
}

func (i *injector) dump(key *exvet.RegistryKey, image string) {
	if key == nil || !i.row() {
		return
	}
	folder := key.Text("DumpFolder")
	i.facts.Debuggers = append(i.facts.Debuggers, Debugger{
		Kind: "local_dump", Image: shortened(image), Command: shortened(folder), Path: shortened(i.expand(folder)), View: "64", Ref: key.Path,
	})
}
