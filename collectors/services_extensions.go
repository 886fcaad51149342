package collectors

import (
	"strings"
)

// A ServiceExtension is something the registry adds to Windows or Exchange beside services: a provider of volume shadow
// copies, a scanner of the store, or what is left of interfaces Exchange has no more.
type ServiceExtension struct {
	Kind    string `json:"kind"` // "vss_provider", "virus_scan", "mapi_cdo" or "legacy_class"
	Name    string `json:"name"`
	Version string `json:"version"`
	DLL     string `json:"dll"`
	DLLKey  string `json:"dll_key"`
	Enabled bool   `json:"enabled"`
	Ref     string `json:"ref"`
}

const uninstallKey = `HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall`

// legacyClasses are classes of interfaces that went away with Exchange 2007: the store's OLE DB provider, its event sinks,
// and CDO for Exchange.
var legacyClasses = []string{"ExOLEDB.DataSource", "ExOLEDB.EventSinkProps", "CDO.Person", "CDO.MailboxStoreDB", "EMO.PublicStoreDB"}

func (s *Services) extensions(r *registryReader, m *machine) {
	providers := servicesKey + `\VSS\Providers`
	for _, id := range sorted(r.key(providers, "extensions")) {
		key := r.key(providers+`\`+id, "extensions")
		server := r.key(machineClasses+`CLSID\`+r.key(providers+`\`+id+`\CLSID`, "extensions").Text("")+`\InprocServer32`, "extensions")
		s.extension(r, ServiceExtension{
			Kind: "vss_provider", Name: shortened(key.Text("")), Version: shortened(key.Text("Version")), DLL: shortened(server.Text("")),
			DLLKey: m.file(server.Text(""), "64"), Enabled: true, Ref: providers + `\` + id,
		})
	}
	const scan = servicesKey + `\MSExchangeIS\VirusScan`
	if key := r.key(scan, "extensions"); key != nil {
		enabled, _ := number(key, "Enabled")
		s.extension(r, ServiceExtension{
			Kind: "virus_scan", Name: shortened(key.Text("Vendor")), Version: shortened(key.Text("Version")), DLL: shortened(key.Text("Library")),
			DLLKey: m.file(key.Text("Library"), "64"), Enabled: enabled != 0 || key.Text("Library") != "", Ref: scan,
		})
	}
	for _, view := range views(uninstallKey) {
		for _, id := range sorted(r.key(view.path, "extensions")) {
			key := r.key(view.path+`\`+id, "extensions")
			if name := key.Text("DisplayName"); strings.Contains(strings.ToLower(name), "messaging api and collaboration data objects") {
				s.extension(r, ServiceExtension{Kind: "mapi_cdo", Name: shortened(name), Version: shortened(key.Text("DisplayVersion")), Enabled: true, Ref: view.path + `\` + id})
			}
		}
	}
	for _, name := range legacyClasses {
		if r.key(machineClasses+name, "extensions") != nil {
			s.extension(r, ServiceExtension{Kind: "legacy_class", Name: name, Enabled: true, Ref: machineClasses + name})
		}
	}
}

func (s *Services) extension(r *registryReader, row ServiceExtension) {
	if r.row() {
		s.Extensions = append(s.Extensions, row)
	}
}
