package collectors

import (
	"context"
	"io/fs"
	"strings"

	"github.com/exvet/exvet"
)

// Injection is every place of the registry from which code gets into processes that did not ask for it, and those of
// LSA, logon and printing, which are mistaken for such. A row is for the whole machine unless it has an account.
//
// Fields in lower case for comparison are named "key" or end in "_key". Those of files are expanded path keys; a bare
// name lies in the system folder of its view, "64" or "32". A ref is a registry key, or `KEY!VALUE`.
type Injection struct {
	AppInit             []AppInit            `json:"app_init"`
	AppCertDLLs         []NamedDLL           `json:"app_cert_dlls"`
	IFEO                []IFEO               `json:"ifeo"`
	SilentExits         []SilentExit         `json:"silent_exits"`
	KnownDLLs           []NamedDLL           `json:"known_dlls"`
	Shims               []Shim               `json:"shims"`
	Debuggers           []Debugger           `json:"debuggers"`
	WinsockProviders    []WinsockProvider    `json:"winsock_providers"`
	LSAPackages         []LSAPackage         `json:"lsa_packages"`
	NetworkProviders    []NetworkProvider    `json:"network_providers"`
	CredentialProviders []CredentialProvider `json:"credential_providers"`
	COMOverrides        []COMOverride        `json:"com_overrides"`
	Environment         []Variable           `json:"environment"`
	Profilers           []Profiler           `json:"profilers"`
	PrintModules        []PrintModule        `json:"print_modules"`
	Settings            []RegistrySetting    `json:"settings"`
}

// An AppInit is one DLL of AppInit_DLLs.
type AppInit struct {
	View          string `json:"view"`
	DLL           string `json:"dll"`
	DLLKey        string `json:"dll_key"`
	Enabled       bool   `json:"enabled"` // LoadAppInit_DLLs is not 0
	RequireSigned bool   `json:"require_signed"`
	Ref           string `json:"ref"`
}

// A NamedDLL is a DLL registered under a name.
type NamedDLL struct {
	Name   string `json:"name"`
	DLL    string `json:"dll"`
	DLLKey string `json:"dll_key"`
	Ref    string `json:"ref"`
}

// An IFEO is one key of Image File Execution Options, or one filter below it, harmless ones too.
type IFEO struct {
	Image           string   `json:"image"`
	ImageKey        string   `json:"image_key"`
	View            string   `json:"view"`
	Filter          string   `json:"filter"` // FilterFullPath: the one program it is for
	FilterKey       string   `json:"filter_key"`
	Filtered        bool     `json:"filtered"`   // it is a filter below the image's key
	UseFilter       bool     `json:"use_filter"` // the filters below the image's key count
	Debugger        string   `json:"debugger"`
	DebuggerPath    string   `json:"debugger_path"`
	DebuggerKey     string   `json:"debugger_key"`
	VerifierDLLs    []string `json:"verifier_dlls"`
	VerifierDLLKeys []string `json:"verifier_dll_keys"`
	GlobalFlag      uint64   `json:"global_flag"`
	VerifierFlags   uint64   `json:"verifier_flags"`
	Mitigation      bool     `json:"mitigation"`   // MitigationOptions is set
	DevOverride     bool     `json:"dev_override"` // DevOverrideEnable is on
	Ref             string   `json:"ref"`
}

// A SilentExit is what watches one program end.
type SilentExit struct {
	Image         string `json:"image"`
	ImageKey      string `json:"image_key"`
	View          string `json:"view"`
	ReportingMode uint64 `json:"reporting_mode"`
	Monitor       string `json:"monitor"`
	MonitorKey    string `json:"monitor_key"`
	Ref           string `json:"ref"`
}

// A Shim is a database of compatibility fixes, or an image such a database is for.
type Shim struct {
	Kind        string `json:"kind"` // "database" or "image"
	Image       string `json:"image"`
	ImageKey    string `json:"image_key"`
	Name        string `json:"name"` // GUID or file of the database
	Path        string `json:"path"`
	PathKey     string `json:"path_key"`
	Description string `json:"description"`
	View        string `json:"view"`
	Ref         string `json:"ref"`
}

// A Debugger is what is run, or loaded into the reporting process, when a program crashes or hangs.
type Debugger struct {
	Kind    string `json:"kind"`  // "ae_debug", "ae_debug_protected", "hang", "local_dump" or "exception_module"
	Image   string `json:"image"` // the one program it is for, or ""
	Command string `json:"command"`
	Path    string `json:"path"`
	PathKey string `json:"path_key"`
	Auto    bool   `json:"auto"` // without asking
	View    string `json:"view"`
	Ref     string `json:"ref"`
}

// A WinsockProvider is a DLL every program with a socket loads.
type WinsockProvider struct {
	Kind   string `json:"kind"` // "protocol", "namespace" or "app"
	View   string `json:"view"`
	Name   string `json:"name"`
	DLL    string `json:"dll"`
	DLLKey string `json:"dll_key"`
	Ref    string `json:"ref"`
}

// An LSAPackage is a DLL of the logon process.
type LSAPackage struct {
	Kind   string `json:"kind"` // "security", "authentication", "notification", "osconfig_security" or "extension"
	Name   string `json:"name"`
	DLLKey string `json:"dll_key"`
	Ref    string `json:"ref"`
}

// A NetworkProvider is a DLL that hears of logons.
type NetworkProvider struct {
	Name   string `json:"name"`
	Key    string `json:"key"`
	DLL    string `json:"dll"`
	DLLKey string `json:"dll_key"`
	Order  int    `json:"order"` // from 0; -1 is registered and not in use
	Ref    string `json:"ref"`
}

// A CredentialProvider is a way to log on at the console.
type CredentialProvider struct {
	Kind   string `json:"kind"` // "provider", "filter" or "plap"
	CLSID  string `json:"clsid"`
	Name   string `json:"name"`
	DLL    string `json:"dll"`
	DLLKey string `json:"dll_key"`
	Ref    string `json:"ref"`
}

// A COMOverride is a COM class an account has of its own; it takes precedence over the machine's.
type COMOverride struct {
	Account       string `json:"account"` // SID
	CLSID         string `json:"clsid"`
	Kind          string `json:"kind"` // "inprocserver32", "inprochandler32", "localserver32" or "treatas"
	View          string `json:"view"`
	DLL           string `json:"dll"` // or command, or the other class
	DLLKey        string `json:"dll_key"`
	MachineDLLKey string `json:"machine_dll_key"` // what the machine has for the class, or ""
	Ref           string `json:"ref"`
}

// A Variable is an environment variable of the machine or of an account.
type Variable struct {
	Scope   string `json:"scope"`   // "machine" or "account"
	Account string `json:"account"` // SID, "" for the machine
	Name    string `json:"name"`
	NameKey string `json:"name_key"`
	Value   string `json:"value"`
	Secret  bool   `json:"secret"` // Value was taken out, or a part of it
	Ref     string `json:"ref"`
}

// A Profiler is a class that a profiler variable of the machine, an account, a service or a pool names, with its DLL.
type Profiler struct {
	Profiler   string `json:"profiler"` // CLSID or ProgID, as written
	Key        string `json:"key"`
	CLSID      string `json:"clsid"` // "" for a ProgID that is not registered
	DLL        string `json:"dll"`
	DLLKey     string `json:"dll_key"`
	View       string `json:"view"`
	Registered bool   `json:"registered"`
	Ref        string `json:"ref"`
}

// A PrintModule is a DLL of the print spooler.
type PrintModule struct {
	Kind   string `json:"kind"` // "monitor", "provider" or "processor"
	Name   string `json:"name"`
	DLL    string `json:"dll"`
	DLLKey string `json:"dll_key"`
	Ref    string `json:"ref"`
}

// A RegistrySetting is a single value, listed where it is set: "safe_dll_search_mode", "secure_boot" and the like.
type RegistrySetting struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	Ref   string `json:"ref"`
}

func injection() Collector {
	return define("injection", "Ways by which the registry brings code into processes", collectInjection)
}

// An injector reads the tables of Injection.
type injector struct {
	*registryReader
	*machine

	files fs.FS
	facts *Injection
}

func collectInjection(ctx context.Context, host exvet.Host) (*Injection, error) {
	r := newRegistryReader(ctx, host, "injection")
	i := &injector{r, newMachine(host), host.Files(), &Injection{
		AppInit: []AppInit{}, AppCertDLLs: []NamedDLL{}, IFEO: []IFEO{}, SilentExits: []SilentExit{}, KnownDLLs: []NamedDLL{},
		Shims: []Shim{}, Debuggers: []Debugger{}, WinsockProviders: []WinsockProvider{}, LSAPackages: []LSAPackage{},
		NetworkProviders: []NetworkProvider{}, CredentialProviders: []CredentialProvider{}, COMOverrides: []COMOverride{},
		Environment: []Variable{}, Profilers: []Profiler{}, PrintModules: []PrintModule{}, Settings: []RegistrySetting{},
	}}
	for _, read := range []func(){
		i.appInit, i.appCert, i.ifeo, i.silentExits, i.knownDLLs, i.shims, i.debuggers, i.winsock, i.lsa, i.networkProviders,
		i.credentialProviders, i.printModules, i.settings, i.accounts, i.profilers,
	} {
		read()
	}
	if err := i.absent(); err != nil {
		return nil, err
	}
	return i.facts, i.done()
}

// The keys most vectors lie below.
const (
	windowsNT      = `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion`
	control        = `HKLM\SYSTEM\CurrentControlSet\Control`
	sessionManager = control + `\Session Manager`
)

func (i *injector) setting(key *exvet.RegistryKey, value, name string) {
	found, ok := key.Value(value)
	if !ok {
		return
	}
	text := shortened(strings.Join(found.Texts(), " "))
	if n, ok := found.Number(); ok {
		text = decimal(n)
	}
	if i.row() {
		i.facts.Settings = append(i.facts.Settings, RegistrySetting{Key: name, Value: text, Ref: valueRef(key, found.Name)})
	}
}

func (i *injector) settings() {
	manager := i.key(sessionManager, "settings")
	i.setting(manager, "SafeDllSearchMode", "safe_dll_search_mode")
	i.setting(manager, "CWDIllegalInDllSearch", "cwd_illegal_in_dll_search")
	i.setting(manager, "ExcludeFromKnownDlls", "exclude_from_known_dlls")
	i.setting(manager, "GlobalFlag", "global_flag")
	i.setting(i.key(control+`\Lsa`, "settings"), "RunAsPPL", "run_as_ppl")
	i.setting(i.key(control+`\SecureBoot\State`, "settings"), "UEFISecureBootEnabled", "secure_boot")
	i.setting(i.key(control+`\NetworkProvider\Order`, "settings"), "ProviderOrder", "provider_order")
	for _, view := range views(windowsNT + `\Windows`) {
		i.setting(i.key(view.path, "settings"), "LoadAppInit_DLLs", "load_app_init_"+view.name)
	}
}
