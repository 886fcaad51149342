package authenticode

import (
	"crypto"
	"crypto/sha1" //nolint:gosec // how Windows names the certificates of its stores
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A copied server with six more native modules is scanned through the command a user types: whose each file is, is
// said, and nothing that could be borrowed makes one trusted.
func TestScan(t *testing.T) {
	shop := newWorkshop(t, "osslsigncode", "x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-windres")
	w := makeWorld(t)
	root := issue(t, nil, request{subject: named("Contoso Root", "Contoso"), ca: true, rsa: true, keyBits: 2048})
	vendor := issue(t, root, request{subject: named("Contoso Ltd", "Contoso Ltd"), rsa: true, keyBits: 2048})
	fake := issue(t, nil, request{subject: named("Microsoft Corporation", "Microsoft Corporation"), rsa: true, keyBits: 2048})
	pe := shop.dll()
	signed := shop.sign("signed.dll", shop.identity("vendor", vendor)...)
	tampered := slices.Clone(signed)
	tampered[0x600] ^= 1
	listed := append(slices.Clone(pe), make([]byte, 512)...)
	files := map[string][]byte{
		"signed": signed, "tampered": tampered, "unsigned": pe, "listed": listed,
		"lookalike": shop.sign("lookalike.dll", shop.identity("fake", fake)...),
	}
	catalog := signing{by: vendor}.catalog(t, crypto.SHA256, digestOf(t, listed, crypto.SHA256))
	forged := signing{by: w.fake}.catalog(t, crypto.SHA256, digestOf(t, pe, crypto.SHA256))

	server := filepath.Join(t.TempDir(), "server")
	if err := os.CopyFS(server, os.DirFS("../../testdata/evidence/clean")); err != nil {
		t.Fatal(err)
	}
	put := func(name string, data []byte) {
		name = filepath.Join(server, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	entries := ""
	for name, data := range files {
		put("D/Acme/"+name+".dll", data)
	}
	for _, name := range []string{"signed", "tampered", "unsigned", "listed", "lookalike", "gone"} {
		entries += fmt.Sprintf(`<add name="%s" image="D:\ACME\%s.dll" preCondition="bitness64" />`, name, name)
	}
	const folder = "C/Windows/System32/CatRoot/{F750E6C3-38EE-11D1-85E5-00C04FC295EE}/"
	put(folder+"good.cat", catalog)
	put(folder+"forged.cat", forged)
	put("exvet/registry/certificates.reg", rootStore(root.certificate.Raw))
	config := filepath.Join(server, "C/Windows/System32/inetsrv/config/applicationHost.config")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	put("C/Windows/System32/inetsrv/config/applicationHost.config", []byte(strings.Replace(string(text), "</globalModules>", entries+"</globalModules>", 1)))

	got := map[string]string{}
	for _, result := range scanned(t, server) {
		for _, finding := range result.Findings {
			if name, ok := strings.CutPrefix(finding.Subject, "global-module:"); ok {
				_, said, _ := strings.Cut(finding.Message, "; ")
				got[result.ID+" "+name] = strings.TrimSpace(finding.Severity + " " + said)
			}
		}
	}
	want := map[string]string{
		"EXV-IIS-001 signed": "high signed by Contoso Ltd", "EXV-IIS-001 listed": "high signed by Contoso Ltd",
		"EXV-IIS-001 unsigned": "high not signed", "EXV-IIS-003 unsigned": "high",
		"EXV-IIS-001 tampered": "high whose contents are not what was signed", "EXV-IIS-003 tampered": "high",
		"EXV-IIS-001 lookalike": "high signed in the name of Microsoft by somebody else", "EXV-IIS-003 lookalike": "high",
		"EXV-IIS-001 gone": "high which is not there", "EXV-IIS-003 gone": "high",
	}
	for key, line := range want {
		if got[key] != line {
			t.Errorf("%s: got %q, want %q", key, got[key], line)
		}
		delete(got, key)
	}
	if len(got) > 0 {
		t.Errorf("more than wanted: %v", got)
	}
}

type scannedRule struct {
	ID       string
	Findings []struct{ Subject, Message, Severity string }
}

// scanned builds exvet and scans a server with it.
func scanned(t *testing.T, server string) []scannedRule {
	t.Helper()
	program := filepath.Join(t.TempDir(), "exvet")
	if out, err := exec.Command("go", "build", "-o", program, "../../cmd/exvet").CombinedOutput(); err != nil {
		t.Fatalf("build exvet: %v\n%s", err, out)
	}
	command := exec.Command(program, "scan", server, "-o", "json", "--rule", "EXV-IIS-00*", "--quiet")
	out, err := command.Output()
	if command.ProcessState.ExitCode() != 2 {
		t.Fatalf("exit code %d (%v), want 2 for findings", command.ProcessState.ExitCode(), err)
	}
	var report struct {
		Servers []struct{ Results []scannedRule }
	}
	if err := json.Unmarshal(out, &report); err != nil || len(report.Servers) != 1 {
		t.Fatalf("read report: %v", err)
	}
	return report.Servers[0].Results
}

// rootStore is the host's root store with one certificate, as reg export writes it.
func rootStore(der []byte) []byte {
	blob := []byte{32, 0, 0, 0, 1, 0, 0, 0, byte(len(der)), byte(len(der) >> 8), 0, 0}
	var hex []string
	for _, b := range append(blob, der...) {
		hex = append(hex, fmt.Sprintf("%02x", b))
	}
	key := `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates`
	text := "Windows Registry Editor Version 5.00\r\n\r\n[" + key + "]\r\n"
	for _, part := range []string{"ROOT", "Certificates", fmt.Sprintf("%X", sha1.Sum(der))} {
		key += `\` + part
		text += "\r\n[" + key + "]\r\n"
	}
	return []byte(text + `"Blob"=hex:` + strings.Join(hex, ",") + "\r\n")
}
