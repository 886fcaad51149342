package collectors

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
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
