package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/evtx/evtxtest"
)

// A diskCopy is a copy of the clean made server to which others add what they like: vendors what they sign, attackers what
// they leave.
type diskCopy struct {
	t      *testing.T
	top    string
	work   string
	agents []string // entries of agents.config
}

func newDiskCopy(t *testing.T) *diskCopy {
	t.Helper()
	d := &diskCopy{t: t, top: t.TempDir(), work: t.TempDir()}
	d.check(os.CopyFS(d.top, os.DirFS(filepath.Join(evidence, "clean"))))
	return d
}

// needSigning skips the test where the tools are missing that make what is signed.
func needSigning(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"osslsigncode", "x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-windres"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool + " is not installed")
		}
	}
}

func (d *diskCopy) check(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// write puts a file at a path of Windows.
func (d *diskCopy) write(path string, content []byte) {
	d.t.Helper()
	name, ok := exvet.FSPath(path)
	if !ok {
		d.t.Fatalf("%q is no path", path)
	}
	name = filepath.Join(d.top, filepath.FromSlash(name))
	d.check(os.MkdirAll(filepath.Dir(name), 0o755))
	d.check(os.WriteFile(name, content, 0o644))
}

func (d *diskCopy) run(name string, args ...string) {
	d.t.Helper()
	command := exec.Command(name, args...)
	command.Dir = d.work
	if out, err := command.CombinedOutput(); err != nil {
		d.t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}

// signer makes a certificate for signing code in somebody's name, under a root the server's own store has.
func (d *diskCopy) signer(name string) {
	d.t.Helper()
	template := func(serial int64, name string) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name, Organization: []string{name}}, BasicConstraintsValid: true,
			NotBefore: fixtureTime.AddDate(-1, 0, 0), NotAfter: fixtureTime.AddDate(10, 0, 0),
		}
	}
	root, leaf := template(1, name+" Root"), template(2, name)
	root.IsCA, root.KeyUsage = true, x509.KeyUsageCertSign
	leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	d.check(err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	d.check(err)
	above, err := x509.CreateCertificate(rand.Reader, root, root, rootKey.Public(), rootKey)
	d.check(err)
	below, err := x509.CreateCertificate(rand.Reader, leaf, root, key.Public(), rootKey)
	d.check(err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	d.check(err)
	d.check(os.WriteFile(filepath.Join(d.work, "cert.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: below}), 0o600))
	d.check(os.WriteFile(filepath.Join(d.work, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))

	blob := binary.LittleEndian.AppendUint32([]byte{32, 0, 0, 0, 1, 0, 0, 0}, uint32(len(above))) // property 32 is the certificate
	thumbprint, octets := sha1.Sum(above), make([]string, 0, len(blob)+len(above))
	for _, octet := range append(blob, above...) {
		octets = append(octets, hex.EncodeToString([]byte{octet}))
	}
	const stores = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates`
	export := fmt.Sprintf("Windows Registry Editor Version 5.00\n\n[%s]\n\n[%s\\ROOT]\n\n[%s\\ROOT\\Certificates]\n\n[%s\\ROOT\\Certificates\\%X]\n\"Blob\"=hex:%s\n",
		stores, stores, stores, stores, thumbprint, strings.Join(octets, ","))
	d.check(os.WriteFile(filepath.Join(d.top, "exvet", "registry", "roots.reg"), []byte(export), 0o644))
}

// library gives a DLL that says whose it is, signed where signed is set.
func (d *diskCopy) library(company, product, version string, signed bool) []byte {
	d.t.Helper()
	d.check(os.WriteFile(filepath.Join(d.work, "a.c"), []byte("int entry(void) { return 1; }\n"), 0o600))
	d.check(os.WriteFile(filepath.Join(d.work, "a.rc"), []byte(fmt.Sprintf(`1 VERSIONINFO
FILEVERSION %s
BEGIN
  BLOCK "StringFileInfo" BEGIN BLOCK "040904b0" BEGIN
    VALUE "CompanyName", "%s"
    VALUE "ProductName", "%s"
    VALUE "FileVersion", "%s"
  END END
  BLOCK "VarFileInfo" BEGIN VALUE "Translation", 0x409, 1200 END
END
`, strings.ReplaceAll(version, ".", ","), company, product, version)), 0o600))
	d.run("x86_64-w64-mingw32-windres", "a.rc", "a.o")
	d.run("x86_64-w64-mingw32-gcc", "-shared", "-nostdlib", "-s", "-Wl,-e,entry", "-o", "a.dll", "a.c", "a.o")
	made := "a.dll"
	if signed {
		made = "signed.dll"
		d.check(os.RemoveAll(filepath.Join(d.work, made)))
		d.run("osslsigncode", "sign", "-certs", "cert.pem", "-key", "key.pem", "-in", "a.dll", "-out", made)
	}
	file, err := os.ReadFile(filepath.Join(d.work, made))
	d.check(err)
	return file
}

// agent registers an agent with the transport service.
func (d *diskCopy) agent(name, base, factory, assembly string) {
	d.agents = append(d.agents, fmt.Sprintf(`      <agent name="%s" baseType="%s" classFactory="%s" assemblyPath="%s" enabled="true" />`+"\n", name, base, factory, assembly))
}

const routingAgent = "Microsoft.Exchange.Data.Transport.Routing.RoutingAgent"

// register writes what was registered behind the agents of Exchange.
func (d *diskCopy) register() {
	d.t.Helper()
	shared := filepath.Join(d.top, "E", "Exchange", "TransportRoles", "Shared", "agents.config")
	config, err := os.ReadFile(shared)
	d.check(err)
	before, after, found := strings.Cut(string(config), "    </agentList>")
	if !found {
		d.t.Fatal("agents.config of the clean server has no list")
	}
	d.check(os.WriteFile(shared, []byte(before+strings.Join(d.agents, "")+"    </agentList>"+after), 0o644))
}

// scan gives the report on the disk, as the command writes it. It must end with an exit code, unless that is below zero.
func (d *diskCopy) scan(want int, more ...string) exvet.ServerReport {
	d.t.Helper()
	var out, errs bytes.Buffer
	args := append([]string{"scan", d.top, "-o", "json", "--now", fixtureTime.Format(time.RFC3339)}, more...)
	if got := run(args, nil, &out, &errs); want >= 0 && got != want {
		d.t.Errorf("exit code %d, want %d: %s", got, want, errs.String())
	}
	var report exvet.Report
	d.check(json.Unmarshal(out.Bytes(), &report))
	return report.Servers[0]
}

// found lists what a report found of one subject: "EXV-SUP-001 supported".
func found(report exvet.ServerReport, subject string) []string {
	list := []string{}
	for _, result := range report.Results {
		for _, finding := range result.Findings {
			if finding.Subject == subject {
				list = append(list, fmt.Sprintf("%s %s %s", result.ID, result.Stance, finding.Severity))
			}
		}
	}
	return list
}

// An agent that is really signed is supported, with its vendor and version; what is not signed, what takes the name of one of
// Exchange's, and what is left of a product are each what they are. All of it is read from files.
func TestTransportAgents(t *testing.T) {
	needSigning(t)
	d := newDiskCopy(t)
	d.signer("Fabrikam AB")
	d.write(`D:\Fabrikam\Agent.dll`, d.library("Fabrikam AB", "Fabrikam Archive", "7.2.0.118", true))
	d.agent("Fabrikam Archive Agent", routingAgent, "Fabrikam.Archive.Factory", `D:\Fabrikam\Agent.dll`)
	d.write(`D:\House\Footer.dll`, d.library("Contoso", "Footer", "1.0.0.0", false))
	d.agent("House Footer", routingAgent, "House.FooterFactory", `D:\House\Footer.dll`)
	d.write(`D:\Interop\Microsoft.Exchange.Security.Interop.dll`, d.library("Microsoft Corporation", "Microsoft Exchange", "15.2.1118.7", false))
	d.agent("Content Filter Agent", routingAgent, "Microsoft.Exchange.Security.Interop.SecurityInteropAgentFactory",
		`D:\Interop\Microsoft.Exchange.Security.Interop.dll`)
	d.write(`D:\Fabrikam\Store.dll`, d.library("Fabrikam AB", "Fabrikam Archive", "7.2.0.118", true))
	d.agent("Fabrikam Store Agent", "Microsoft.Exchange.Data.Transport.StoreDriverDelivery.StoreDriverDeliveryAgent", "Fabrikam.StoreFactory", `D:\Fabrikam\Store.dll`)
	d.write(`D:\Gone\uninstall.dll`, d.library("Gone Ltd", "Gone", "1.0.0.0", false))
	d.agent("Gone Agent", routingAgent, "Gone.Factory", `D:\Gone\Agent.dll`)
	d.register()
	// Windows lists none of them in a catalog.
	d.write(`C:\Windows\System32\CatRoot\{F750E6C3-38EE-11D1-85E5-00C04FC295EE}\made.cat`, []byte("no catalog"))
	events := []evtxtest.Record{
		{Event: exvet.Event{Record: 1, Time: fixtureTime.AddDate(0, -1, 0), Provider: "EventLog", ID: 6005, Channel: "Application"}},
		{Event: exvet.Event{
			Record: 2, Time: fixtureTime.Add(-time.Hour), Provider: "MSExchangeTransport", ID: 7001, Channel: "Application",
			Strings: []string{`Failed to create type 'Gone.Factory' from assembly 'D:\Gone\Agent.dll' due to error 'Invalid agent assembly path.'`},
		}},
	}
	d.write(`C:\Windows\System32\winevt\Logs\Application.evtx`, evtxtest.Write(events, evtxtest.Options{}))

	report := d.scan(exvet.ExitFindings)
	for subject, want := range map[string][]string{
		"agent:Fabrikam Archive Agent": {"EXV-SUP-001 supported info"},
		"agent:House Footer":           {"EXV-TRA-004B review medium"},
		"agent:Content Filter Agent":   {"EXV-TRA-004 security critical", "EXV-TRA-005 security critical"},
		"agent:Fabrikam Store Agent":   {"EXV-TRA-002 unsupported high"},
		"agent:Gone Agent":             {"EXV-TRA-004C review medium"},
	} {
		if got := found(report, subject); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", subject, got, want)
		}
	}
	for _, result := range report.Results {
		for _, finding := range result.Findings {
			switch {
			case finding.Subject == "agent:Gone Agent" && !strings.Contains(finding.Message, "(event 7001)"):
				t.Errorf("got %q, want it to tell of event 7001", finding.Message)
			case finding.Subject == "agent:Fabrikam Archive Agent" && !strings.Contains(finding.Message, "Fabrikam Archive 7.2.0.118, signed by Fabrikam AB"):
				t.Errorf("got %q, want product, version and signer", finding.Message)
			}
		}
	}
	at := slices.IndexFunc(report.Integrations, func(i exvet.Integration) bool { return i.Product == "Fabrikam Archive" })
	if at < 0 {
		t.Fatal("no integration Fabrikam Archive")
	}
	if got := report.Integrations[at]; got.Vendor != "Fabrikam AB" || got.Version != "7.2.0.118" || got.Signer != "Fabrikam AB" || got.Confidence != "certain" {
		t.Errorf("got %+v", got)
	}
}
