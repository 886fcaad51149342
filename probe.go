package exvet

import (
	"fmt"
	"slices"
	"strings"
)

// A Probe is a fact an organisation asks for in its bundle's data: what to read, where.
type Probe struct {
	Organisation string    `json:"organisation"` // "acme"
	ID           string    `json:"id"`           // "gate_version": rules read input.facts.probes.acme.gate_version
	Kind         ProbeKind `json:"kind" jsonschema:"enum=registry,enum=file,enum=service,enum=event,enum=xml"`
	Path         string    `json:"path"`    // registry key, file, service or event log; * and ? in the last part of a file or in a service
	Value        string    `json:"value"`   // of a registry key; "" all
	Read         []string  `json:"read"`    // of a file: "hash", "version", "signature"
	Match        string    `json:"match"`   // regular expression the lines of a file are held against, or ""
	Element      string    `json:"element"` // of an XML file: "configuration/appSettings/add"
	Provider     string    `json:"provider"`
	IDs          []int     `json:"ids"`  // of events
	Days         int       `json:"days"` // how far back events are wanted
	Digest       string    `json:"digest"`
	Source       string    `json:"source"` // where it is written
}

// A ProbeKind says what a probe reads.
type ProbeKind string

// The kinds of probe.
const (
	ProbeRegistry ProbeKind = "registry" // the values of a key
	ProbeFile     ProbeKind = "file"     // files: what they are, and lines of theirs
	ProbeService  ProbeKind = "service"  // services
	ProbeEvent    ProbeKind = "event"    // events of a log
	ProbeXML      ProbeKind = "xml"      // the attributes of an element of a configuration file
)

// ProbeKinds lists the kinds of probe.
func ProbeKinds() []ProbeKind {
	return []ProbeKind{ProbeRegistry, ProbeFile, ProbeService, ProbeEvent, ProbeXML}
}

// Name is how facts, missing facts and rules name a probe: "probes.acme.gate_version".
func (p Probe) Name() string { return "probes." + p.Organisation + "." + p.ID }

// ProbeVariables lists the variables that may lead the path of a file, as they are usually set.
func ProbeVariables() [][2]string {
	return [][2]string{
		{"%ExchangeInstallPath%", `C:\Program Files\Microsoft\Exchange Server\V15`},
		{"%SystemRoot%", `C:\Windows`}, {"%windir%", `C:\Windows`}, {"%ProgramFiles%", `C:\Program Files`},
		{"%ProgramFiles(x86)%", `C:\Program Files (x86)`}, {"%ProgramData%", `C:\ProgramData`}, {"%SystemDrive%", `C:`},
	}
}

// CheckProbePath refuses a file no probe may read: one outside the folders of Windows, programs, their data and IIS, and what
// holds secrets within them. Variables stand for what they are usually set to; exchange is the folder Exchange lies in, or "".
func CheckProbePath(path, exchange string) error {
	plain := path
	for _, variable := range ProbeVariables() {
		if len(plain) >= len(variable[0]) && strings.EqualFold(plain[:len(variable[0])], variable[0]) {
			plain = variable[1] + plain[len(variable[0]):]
		}
	}
	name, ok := FSPath(plain)
	key := PathKey(plain)
	rest := strings.TrimPrefix(strings.ReplaceAll(key, `\`, "/"), strings.ToLower(name[:min(len(name), 1)])+":/")
	folder, _, below := strings.Cut(rest, "/")
	switch {
	case !ok || strings.ContainsAny(plain, `%"<>|`) || strings.Contains(plain[min(len(plain), 2):], ":"):
		return fmt.Errorf("\"%s\" is no path from a drive or a known variable", path)
	case shortName(rest):
		return fmt.Errorf("\"%s\" holds a short (8.3) name; write the long one", path)
	case exchange != "" && strings.HasPrefix(key, PathKey(exchange)+`\`):
	case !below || !slices.Contains([]string{"windows", "program files", "program files (x86)", "programdata", "inetpub"}, folder):
		return fmt.Errorf("\"%s\" is outside the folders probes may read: %%ExchangeInstallPath%%, Windows, Program Files, ProgramData, inetpub", path)
	}
	for _, secret := range []string{
		"windows/system32/config/", "windows/serviceprofiles/", "windows/ntds/", "windows/system32/microsoft/protect/", "windows/repair/",
		"programdata/microsoft/crypto/", "programdata/microsoft/protect/", "programdata/microsoft/windows/hyper-v/", "windows/panther/",
	} {
		if strings.HasPrefix(rest+"/", secret) || strings.HasPrefix(rest, secret) {
			return fmt.Errorf("\"%s\" lies where Windows keeps secrets; probes do not read there", path)
		}
	}
	for _, kind := range []string{".pfx", ".p12", ".pem", ".key", ".pvk", ".edb", ".dit", ".kdbx", ".hiv", ".dmp"} {
		if strings.HasSuffix(rest, kind) {
			return fmt.Errorf("\"%s\" is a kind of file that holds secrets or mail; probes do not read it", path)
		}
	}
	return nil
}

// shortName reports whether a part of a path is like PROGRA~1.
func shortName(path string) bool {
	for i := 0; i+1 < len(path); i++ {
		if path[i] == '~' && '0' <= path[i+1] && path[i+1] <= '9' {
			return true
		}
	}
	return false
}

// CheckProbeKey refuses a registry key no probe may read: others than those of software and services, and what holds secrets.
func CheckProbeKey(path string) error {
	lower := strings.ToLower(strings.TrimSuffix(path, `\`)) + `\`
	if !strings.HasPrefix(lower, `hklm\software\`) && !strings.HasPrefix(lower, `hklm\system\currentcontrolset\`) || strings.ContainsAny(path, "/*?") ||
		strings.Contains(lower, `\\`) || strings.Contains(lower, `\..\`) {
		return fmt.Errorf(`"%s" is outside the keys probes may read: HKLM\SOFTWARE\... and HKLM\SYSTEM\CurrentControlSet\...`, path)
	}
	for _, secret := range []string{
		`hklm\system\currentcontrolset\control\lsa\`, `hklm\software\microsoft\windows nt\currentversion\winlogon\`,
		`hklm\software\microsoft\windows nt\currentversion\networklist\`, `hklm\software\microsoft\protected storage`,
	} {
		if strings.HasPrefix(lower, secret) {
			return fmt.Errorf("\"%s\" lies where Windows keeps secrets; probes do not read there", path)
		}
	}
	return nil
}
