package collectors

import (
	"cmp"
	"context"
	"strings"

	"github.com/exvet/exvet"
)

// AMSI is who scans scripts and requests through the interface Windows has for that.
type AMSI struct {
	Providers []AMSIProvider    `json:"providers"`
	Settings  []RegistrySetting `json:"settings"` // "feature_bits", where it is set
}

// An AMSIProvider is one registered provider. Fields that end in "_key", and Key, are lower case.
type AMSIProvider struct {
	CLSID      string `json:"clsid"`
	Key        string `json:"key"`
	Name       string `json:"name"`
	DLL        string `json:"dll"`
	DLLKey     string `json:"dll_key"`
	View       string `json:"view"`       // "64" or "32"
	Registered bool   `json:"registered"` // its class names a DLL
	Ref        string `json:"ref"`        // the provider's key
	ServerRef  string `json:"server_ref"` // the value that names, or should name, its DLL
}

func amsi() Collector {
	return define("amsi", "Providers of the antimalware scan interface", collectAMSI)
}

func collectAMSI(ctx context.Context, host exvet.Host) (*AMSI, error) {
	const path = `HKLM\SOFTWARE\Microsoft\AMSI`
	r := newRegistryReader(ctx, host, "amsi")
	m := newMachine(host)
	found := &AMSI{Providers: []AMSIProvider{}, Settings: []RegistrySetting{}}
	top := r.key(path, "settings")
	if bits, ok := number(top, "FeatureBits"); ok {
		found.Settings = append(found.Settings, RegistrySetting{Key: "feature_bits", Value: decimal(bits), Ref: valueRef(top, "FeatureBits")})
	}
	for _, view := range views(path + `\Providers`) {
		for _, clsid := range sorted(r.key(view.path, "providers")) {
			key := r.key(view.path+`\`+clsid, "providers")
			if key == nil || !r.row() {
				continue
			}
			classes := machineClasses
			if view.name == "32" {
				classes += `Wow6432Node\`
			}
			class := r.key(classes+`CLSID\`+clsid, "providers")
			server := classServer(r, clsid, view.name, "providers")
			row := AMSIProvider{
				CLSID: shortened(clsid), Key: strings.ToLower(shortened(clsid)), Name: shortened(key.Text("")), DLL: shortened(server.Text("")),
				DLLKey: m.file(server.Text(""), view.name), View: view.name, Ref: key.Path,
				ServerRef: classes + `CLSID\` + clsid + `\InprocServer32!`,
			}
			if row.Name == "" {
				row.Name = shortened(class.Text(""))
			}
			row.Registered = row.DLLKey != ""
			found.Providers = append(found.Providers, row)
		}
	}
	if len(found.Providers) == 0 && len(r.gaps) > 0 {
		return nil, cmp.Or(r.absent(), r.done())
	}
	return found, r.done()
}
