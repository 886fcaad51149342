package collectors

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/xmlscan"
)

// Transport is what the disk shows of the transport services: agents, folders for messages, settings of their programs,
// and scripts that extend cmdlets.
type Transport struct {
	Agents           []TransportAgent   `json:"agents"`
	Folders          []TransportFolder  `json:"folders"`
	Settings         []TransportSetting `json:"settings"`
	ExtensionScripts []ExtensionScript  `json:"extension_scripts"`
}

// A TransportAgent is one agent a transport service is configured with. Fields that end in "_key" are lower case, paths
// among them as exvet.PathKey gives them.
type TransportAgent struct {
	Service      string `json:"service"`  // "transport", "front_end", or the name of any other file of agents without its ending
	Priority     int    `json:"priority"` // 1 is asked first
	Name         string `json:"name"`
	Key          string `json:"key"`
	BaseType     string `json:"base_type"`
	BaseTypeKey  string `json:"base_type_key"`
	Factory      string `json:"factory"` // class
	FactoryKey   string `json:"factory_key"`
	Assembly     string `json:"assembly"` // path as written
	AssemblyKey  string `json:"assembly_key"`
	AssemblyFile string `json:"assembly_file"` // "present", "missing" (its folder was seen, with others like it) or "unknown"
	Enabled      bool   `json:"enabled"`
	File         string `json:"file"`
	Line         int    `json:"line"`
}

// A TransportFolder is one of the folders transport takes messages from that other programs leave there.
type TransportFolder struct {
	Kind   string `json:"kind"` // "pickup" or "replay"
	Path   string `json:"path"`
	Key    string `json:"key"`
	Files  int    `json:"files"`  // in it, those transport refused (.bad) among them
	Newest string `json:"newest"` // when the newest was written, or ""
}

// A TransportSetting is a setting of a program of the transport services that decides what code it runs.
type TransportSetting struct {
	Program string `json:"program"` // "EdgeTransport.exe"
	Name    string `json:"name"`    // "use_legacy_v2_runtime", "supported_runtime", "app_domain_manager" or "code_base"
	Value   string `json:"value"`
	Key     string `json:"key"` // of the folder a code base leads to, once for each folder; "" for anything else
	File    string `json:"file"`
	Line    int    `json:"line"`
}

// An ExtensionScript is a script that runs with cmdlets of Exchange. Its text is not kept.
type ExtensionScript struct {
	Feature string `json:"feature"`
	Cmdlets string `json:"cmdlets"`
	Call    string `json:"call"` // "OnComplete"
	Size    int    `json:"size"` // bytes of the script
	File    string `json:"file"`
	Line    int    `json:"line"`
}

func transport() Collector {
	return define("transport", "Transport agents, pickup folders, and scripts that extend cmdlets", collectTransport)
}

func collectTransport(ctx context.Context, host exvet.Host) (*Transport, error) {
	exchange := installation(ctx, host)
	if exchange.Root == "" {
		return nil, exvet.Gap{Missing: exvet.Missing{Facts: []string{"transport"}, Reason: errNoRoot().Error()}, Cause: exvet.ErrNoEvidence}
	}
	r := newDiskReader(ctx, host.Files(), "transport")
	found := &Transport{
		Agents: []TransportAgent{}, Folders: []TransportFolder{}, Settings: []TransportSetting{}, ExtensionScripts: []ExtensionScript{},
	}
	expand := expander(newMachine(host), exchange.Root)
	disk := newLocator(host)
	found.agents(r, disk, exchange, expand)
	found.folders(r, exchange.Root)
	found.settings(r, disk, exchange.Root)
	found.extensionScripts(r, exchange.Root)
	if !r.seen && len(r.gaps) > 0 && ctx.Err() == nil {
		return nil, exvet.Gap{Missing: exvet.Missing{
			Facts: []string{"transport"}, Reason: `not in the evidence: copy TransportRoles\Shared and Bin below the folder of Exchange`,
		}, Cause: exvet.ErrNoEvidence}
	}
	return found, r.done()
}

// expander resolves the variables of a path, those of Exchange among them.
func expander(m *machine, root string) func(string) string {
	return func(text string) string {
		if !strings.Contains(text, "%") {
			return text
		}
		for _, name := range []string{"%ExchangeInstallPath%", "%ExchangeInstallDir%"} {
			for {
				at := strings.Index(strings.ToLower(text), strings.ToLower(name))
				if at < 0 || len(text) > maxText {
					break
				}
				text = text[:at] + root + `\` + strings.TrimLeft(text[at+len(name):], `\/`)
			}
		}
		return m.expand(text)
	}
}

// agents reads every file of agents: that of the transport service, which each server but a 2013 client access server
// has, that of the front end, and any other beside them.
func (t *Transport) agents(r *diskReader, disk *locator, exchange *Exchange, expand func(string) string) {
	folder := exchange.Root + `\TransportRoles\Shared`
	entries, err := r.list(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.leaveOpen(folder, "", err, "agents")
		return
	}
	files := map[string]string{} // service to file
	for _, entry := range entries {
		name := strings.ToLower(entry.Name())
		service, ok := strings.CutSuffix(name, ".config")
		if !ok || entry.IsDir() || !strings.Contains(service, "agents") {
			continue
		}
		switch service {
		case "agents":
			service = "transport"
		case "fetagents":
			service = "front_end"
		}
		files[service] = folder + `\` + entry.Name()
	}
	only := func(role string) bool { return slices.Equal(exchange.Roles, []string{role}) }
	if files["transport"] == "" && !only("client_access") {
		r.leaveOpen(folder+`\agents.config`, "transport", fmt.Errorf("%w, and every server with the transport service has it", exvet.ErrNoEvidence), "agents")
	}
	frontEnd := !only("edge") && (exchange.Product != "2013" || !only("mailbox"))
	if files["front_end"] == "" && frontEnd {
		r.leaveOpen(folder+`\fetagents.config`, "front_end", fmt.Errorf("%w, and every server with the front end transport service has it", exvet.ErrNoEvidence), "agents")
	}
	for _, service := range slices.Sorted(maps.Keys(files)) {
		t.agentsOf(r, disk, service, files[service], expand)
	}
}

func (t *Transport) agentsOf(r *diskReader, disk *locator, service, file string, expand func(string) string) {
	root := r.xml(file, "configuration", service, "agents")
	if root == nil {
		return
	}
	for i, agent := range root.All("mexRuntime", "agentList", "agent") {
		if !r.row("agents") {
			return
		}
		row := TransportAgent{
			Service: service, Priority: i + 1, Name: shortened(agent.Attr("name")), BaseType: shortened(agent.Attr("baseType")),
			Factory: shortened(agent.Attr("classFactory")), Assembly: shortened(agent.Attr("assemblyPath")),
			Enabled: strings.EqualFold(strings.TrimSpace(agent.Attr("enabled")), "true"), File: file, Line: agent.Line,
		}
		row.Key, row.BaseTypeKey = strings.ToLower(row.Name), strings.ToLower(row.BaseType)
		row.FactoryKey = strings.ToLower(row.Factory)
		row.AssemblyKey = exvet.PathKey(expand(row.Assembly))
		row.AssemblyFile = disk.presence(row.AssemblyKey)
		t.Agents = append(t.Agents, row)
	}
}

// presence says whether a file is on the server. That it is not, only a folder tells that holds others of its kind, a disk
// that was copied whole, or the server itself: an empty folder may be one of which nothing was copied.
func (l *locator) presence(key string) string {
	switch at := l.find(key); {
	case at.name != "" && !at.folder:
		return "present"
	case at.status == fileAbsent && (at.parent == "" || l.list(at.parent).images[ending(key)] > 0):
		return "missing"
	}
	return "unknown"
}

// folders looks into the folders messages are left in, where setup puts them; another place is known to cmdlets alone.
func (t *Transport) folders(r *diskReader, root string) {
	for _, kind := range []string{"Pickup", "Replay"} {
		folder := root + `\TransportRoles\` + kind
		entries, err := r.list(folder)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			r.leaveOpen(folder, "", err, "folders")
			continue
		}
		row := TransportFolder{Kind: strings.ToLower(kind), Path: folder, Key: exvet.PathKey(folder)}
		for _, entry := range entries {
			if entry.IsDir() {
				continue
			}
			row.Files++
			if info, err := entry.Info(); err == nil {
				row.Newest = max(row.Newest, stamp(info.ModTime()))
			}
		}
		t.Folders = append(t.Folders, row)
	}
}

// transportPrograms are the programs of the transport services. The first is on every server that has one.
var transportPrograms = []string{
	"EdgeTransport.exe", "MSExchangeTransport.exe", "MSExchangeFrontendTransport.exe", "MSExchangeDelivery.exe", "MSExchangeSubmission.exe",
}

func (t *Transport) settings(r *diskReader, disk *locator, root string) {
	for i, program := range transportPrograms {
		file := root + `\Bin\` + program + ".config"
		if i == 0 && disk.presence(exvet.PathKey(file)) != "present" {
			r.leaveOpen(file, "", fmt.Errorf("%w, and every server with the transport service has it", exvet.ErrNoEvidence), "settings")
			continue
		}
		config := r.xml(file, "configuration", program, "settings")
		if config == nil {
			continue
		}
		t.settingsOf(r, program, file, config)
	}
}

func (t *Transport) settingsOf(r *diskReader, program, file string, config *xmlscan.Element) {
	add := func(name, value, key string, line int) {
		if r.row("settings") {
			t.Settings = append(t.Settings, TransportSetting{Program: program, Name: name, Value: shortened(value), Key: key, File: file, Line: line})
		}
	}
	for _, startup := range config.All("startup") {
		if legacy := startup.Attr("useLegacyV2RuntimeActivationPolicy"); legacy != "" {
			add("use_legacy_v2_runtime", strings.ToLower(legacy), "", startup.Line)
		}
		for _, runtime := range startup.Each("supportedRuntime") {
			add("supported_runtime", runtime.Attr("version"), "", runtime.Line)
		}
	}
	folders := map[string]bool{}
	for _, runtime := range config.All("runtime") {
		for _, name := range []string{"appDomainManagerAssembly", "appDomainManagerType"} {
			for _, manager := range runtime.Each(name) {
				add("app_domain_manager", name+"="+manager.Attr("value"), "", manager.Line)
			}
		}
		for _, base := range runtime.All("assemblyBinding", "dependentAssembly", "codeBase") {
			href := base.Attr("href")
			key := codeBaseFolder(file[:strings.LastIndexByte(file, '\\')], href)
			if !folders[key] {
				folders[key] = true
				add("code_base", href, key, base.Line)
			}
		}
	}
}

// codeBaseFolder gives the key of the folder a code base of a program in a folder leads to; what is no file is its own.
func codeBaseFolder(folder, href string) string {
	path := href
	if !strings.ContainsAny(href, ":%") && !strings.HasPrefix(href, `\`) && !strings.HasPrefix(href, "/") {
		path = folder + `\` + href
	}
	if len(path) > 5 && strings.EqualFold(path[:5], "file:") {
		path = strings.TrimLeft(path[5:], `/\`)
		if len(path) < 2 || path[1] != ':' {
			path = `\\` + path
		}
	}
	key := exvet.PathKey(path)
	if at := strings.LastIndexByte(key, '\\'); at > 0 {
		return key[:at]
	}
	return key
}

func (t *Transport) extensionScripts(r *diskReader, root string) {
	file := root + `\Bin\CmdletExtensionAgents\ScriptingAgentConfig.xml`
	config := r.xml(file, "Configuration", "", "extension_scripts")
	if config == nil {
		return
	}
	for _, feature := range config.Each("Feature") {
		for _, call := range feature.Each("ApiCall") {
			if r.row("extension_scripts") {
				t.ExtensionScripts = append(t.ExtensionScripts, ExtensionScript{
					Feature: shortened(feature.Attr("Name")), Cmdlets: shortened(feature.Attr("Cmdlets")), Call: shortened(call.Attr("Name")),
					Size: len(call.Text), File: file, Line: call.Line,
				})
			}
		}
	}
}
