package collectors

import (
	"bytes"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"github.com/exvet/exvet"
)

// winsock reads the catalogs of Winsock. Each has the active entries of 64-bit and of 32-bit programs side by side.
func (i *injector) winsock() {
	const parameters = servicesKey + `\WinSock2\Parameters`
	top := i.key(parameters, "winsock_providers")
	active := func(value, otherwise string) string {
		if name := top.Text(value); name != "" && !strings.ContainsAny(name, `\/`) {
			return name
		}
		return otherwise
	}
	protocols, names := active("Current_Protocol_Catalog", "Protocol_Catalog9"), active("Current_NameSpace_Catalog", "NameSpace_Catalog5")
	for _, view := range []view{{"64", `\Catalog_Entries64`}, {"32", `\Catalog_Entries`}} {
		for _, kind := range []struct{ name, path, value string }{
			{"protocol", parameters + `\` + protocols, "PackedCatalogItem"}, {"namespace", parameters + `\` + names, "LibraryPath"},
		} {
			path := kind.path + view.path
			for _, entry := range sorted(i.key(path, "winsock_providers")) {
				key := i.key(path+`\`+entry, "winsock_providers")
				if key == nil || !i.row() {
					continue
				}
				row := WinsockProvider{Kind: kind.name, View: view.name, Ref: valueRef(key, kind.value)}
				value, _ := key.Value(kind.value)
				if dll := value.Text(); kind.name == "protocol" {
					dll, row.Name = packedItem(value.Data)
					row.DLL, row.DLLKey = shortened(dll), i.file(dll, view.name)
				} else {
					row.DLL, row.DLLKey, row.Name = shortened(dll), i.file(dll, view.name), shortened(key.Text("DisplayString"))
				}
				i.facts.WinsockProviders = append(i.facts.WinsockProviders, row)
			}
		}
	}
	for _, entry := range sorted(i.key(parameters+`\AppId_Catalog`, "winsock_providers")) {
		key := i.key(parameters+`\AppId_Catalog\`+entry, "winsock_providers")
		if path := key.Text("AppFullPath"); path != "" && i.row() {
			i.facts.WinsockProviders = append(i.facts.WinsockProviders, WinsockProvider{
				Kind: "app", View: "64", Name: shortened(entry), DLL: shortened(path), DLLKey: i.file(path, "64"), Ref: valueRef(key, "AppFullPath"),
			})
		}
	}
}

// packedItem takes the DLL's path and the provider's name out of a packed catalog entry: 260 bytes of path in the ANSI
// code page, then a WSAPROTOCOL_INFOW that ends in 256 letters of name.
func packedItem(data []byte) (dll, name string) {
	const path, info, before = 260, 628, 116
	if len(data) < path {
		return "", ""
	}
	raw, _, _ := bytes.Cut(data[:path], []byte{0})
	decoded, err := charmap.Windows1252.NewDecoder().Bytes(raw)
	if err != nil {
		return "", ""
	}
	if len(data) >= path+info {
		name = exvet.RegistryValue{Type: exvet.RegistryText, Data: data[path+before : path+info]}.Text()
	}
	return string(decoded), shortened(name)
}

// lsa reads the packages of the logon process.
func (i *injector) lsa() {
	const path = control + `\Lsa`
	for _, kind := range []struct{ name, path, value string }{
		{"security", path, "Security Packages"}, {"authentication", path, "Authentication Packages"},
		{"notification", path, "Notification Packages"}, {"osconfig_security", path + `\OSConfig`, "Security Packages"},
		{"extension", control + `\LsaExtensionConfig\LsaSrv`, "Extensions"},
	} {
		key := i.key(kind.path, "lsa_packages")
		value, ok := key.Value(kind.value)
		if !ok {
			continue
		}
		for _, name := range value.Texts() {
			// The empty list is written as two quotes.
			if name = strings.Trim(name, `" `); name != "" && i.row() {
				i.facts.LSAPackages = append(i.facts.LSAPackages, LSAPackage{
					Kind: kind.name, Name: shortened(name), DLLKey: i.library(name, "64"), Ref: valueRef(key, value.Name),
				})
			}
		}
	}
}

// networkProviders reads those in use in their order, then those a service has registered all the same.
func (i *injector) networkProviders() {
	order := map[string]int{}
	key := i.key(control+`\NetworkProvider\Order`, "network_providers")
	for at, name := range strings.Split(key.Text("ProviderOrder"), ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := order[name]; name != "" && !twice {
			order[name] = at
		}
	}
	for _, name := range sorted(i.key(servicesKey, "network_providers")) {
		provider := i.key(servicesKey+`\`+name+`\NetworkProvider`, "network_providers")
		path := provider.Text("ProviderPath")
		at, used := order[strings.ToLower(name)]
		if provider == nil || path == "" && !used || !i.row() {
			continue
		}
		if !used {
			at = -1
		}
		i.facts.NetworkProviders = append(i.facts.NetworkProviders, NetworkProvider{
			Name: shortened(name), Key: strings.ToLower(shortened(name)), DLL: shortened(path), DLLKey: i.file(path, "64"), Order: at,
			Ref: valueRef(provider, "ProviderPath"),
		})
	}
}

// credentialProviders reads the ways to log on at the console.
func (i *injector) credentialProviders() {
	const path = `HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Authentication\`
	for _, kind := range []struct{ name, key string }{
		{"provider", "Credential Providers"}, {"filter", "Credential Provider Filters"}, {"plap", "PLAP Providers"},
	} {
		for _, clsid := range sorted(i.key(path+kind.key, "credential_providers")) {
			key := i.key(path+kind.key+`\`+clsid, "credential_providers")
			if key == nil || !i.row() {
				continue
			}
			server := i.class(clsid, "64", "credential_providers")
			i.facts.CredentialProviders = append(i.facts.CredentialProviders, CredentialProvider{
				Kind: kind.name, CLSID: shortened(clsid), Name: shortened(key.Text("")), DLL: shortened(server.Text("")),
				DLLKey: i.file(server.Text(""), "64"), Ref: key.Path,
			})
		}
	}
}

const machineClasses = `HKLM\SOFTWARE\Classes\`

// class gives the key that names the DLL of a COM class of the machine.
func (i *injector) class(clsid, view, table string) *exvet.RegistryKey {
	return classServer(i.registryReader, clsid, view, table)
}

func classServer(r *registryReader, clsid, view, table string) *exvet.RegistryKey {
	path := machineClasses
	if view == "32" {
		path += `Wow6432Node\`
	}
	return r.key(path+`CLSID\`+clsid+`\InprocServer32`, table)
}

// printModules reads what the print spooler loads.
func (i *injector) printModules() {
	const path = control + `\Print\`
	for _, kind := range []struct{ name, path, value string }{
		{"monitor", path + "Monitors", "Driver"}, {"provider", path + "Providers", "Name"},
		{"processor", path + `Environments\Windows x64\Print Processors`, "Driver"},
	} {
		for _, name := range sorted(i.key(kind.path, "print_modules")) {
			key := i.key(kind.path+`\`+name, "print_modules")
			if dll := key.Text(kind.value); dll != "" && i.row() {
				at := dll
				if kind.name == "processor" && !strings.ContainsAny(dll, `\/`) {
					at = i.standard.SystemRoot + `\System32\spool\prtprocs\x64\` + dll // where Windows looks for these
				}
				i.facts.PrintModules = append(i.facts.PrintModules, PrintModule{
					Kind: kind.name, Name: shortened(name), DLL: shortened(dll), DLLKey: i.file(at, "64"), Ref: valueRef(key, kind.value),
				})
			}
		}
	}
}
