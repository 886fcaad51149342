package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// planted is the secret that stands in every place of the server below.
const planted = "hunter2"

// withSecrets makes a server with a secret in every place one may stand, and processes.
func withSecrets(t *testing.T) string {
	t.Helper()
	top := t.TempDir()
	if err := os.CopyFS(top, os.DirFS(filepath.Join(evidence, "contoso"))); err != nil {
		t.Fatal(err)
	}
	edit := func(name string, change func(string) string) {
		t.Helper()
		file := filepath.Join(top, filepath.FromSlash(name))
		text, err := os.ReadFile(file)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		changed := change(string(text))
		if changed == string(text) {
			t.Fatalf("%s: nothing was planted", name)
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	before := func(mark, text string) func(string) string {
		return func(document string) string { return strings.Replace(document, mark, text+mark, 1) }
	}
	const hosts = "C/Windows/System32/inetsrv/config/applicationHost.config"
	edit(hosts, before("</applicationPools>", `<add name="AcmePool"><processModel identityType="SpecificUser" userName="ACME\svc" password="hunter2"/>
		<environmentVariables><add name="DD_API_KEY" value="hunter2"/><add name="PROXY" value="http://u:hunter2@proxy:8080"/></environmentVariables></add>
		<!-- was: password="hunter2" -->`))
	edit(hosts, before("</sites>", `<virtualDirectoryDefaults userName="ACME\svc" password="hunter2"/>`))
	edit("E/Exchange/FrontEnd/HttpProxy/owa/web.config", before("</system.web>", `<machineKey validationKey="hunter2" decryptionKey="hunter2"/>
		<sessionState stateConnectionString="tcpip=hunter2"/>`))
	edit("E/Exchange/FrontEnd/HttpProxy/owa/web.config", before("</configuration>", `<connectionStrings><add name="Main" connectionString="Server=x;Password=hunter2"/></connectionStrings>
		<appSettings><add key="SmtpPassword" value="hunter2"/><add key="Db" value="Server=x;Uid=y;Pwd=hunter2;Encrypt=1"/></appSettings>
		<identity><EncryptedData><CipherData><CipherValue>hunter2</CipherValue></CipherData></EncryptedData></identity>`))
	edit("exvet/registry/planted.reg", func(string) string {
		return strings.ReplaceAll(`Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\AcmeAgent]
"Type"=dword:00000010
"ImagePath"="\"D:\\Acme\\agent.exe\" --password hunter2"
"FailureCommand"="D:\\Acme\\fail.exe /pwd:hunter2"
"ServicePassword"="hunter2"
"Licence"=hex:68,75,6e,74,65,72,32
"Environment"=hex(7):`+hexOf("ACME_TOKEN=hunter2\x00A=b\x00\x00")+`

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\AcmeAgent\Parameters]
"ServiceDll"="D:\\Acme\\agent.dll"
"ConnectionString"="hunter2"
`, "\n", "\r\n")
	})
	edit("exvet/events/planted.json", func(string) string {
		return `[{"log": "MSExchange Management", "record": 9001, "time": "2026-11-19T21:00:00Z", "provider": "MSExchange CmdletLogs", "id": 1,
			"strings": ["Install-TransportAgent", "-Name x -Password hunter2", "hunter2:no"], "data": [{"name": "password", "value": "hunter2"}]},
			{"log": "Application", "record": 9002, "time": "2026-11-19T21:00:00Z", "provider": ".NET Runtime", "id": 1026,
			"strings": ["Application: w3wp.exe\nException Info: Acme.X: Server=x;Password=hunter2\n   at Acme.Gate.Open(String pwd=hunter2)"]}]`
	})
	edit("exvet/events/planted.json", func(text string) string { return strings.Replace(text, `, "hunter2:no"`, "", 1) })
	edit("exvet/processes.json", func(string) string {
		return `[
		{"pid": 4, "name": "System", "unreadable": "access is denied"},
		{"pid": 4100, "name": "w3wp.exe", "image": "C:\\Windows\\System32\\inetsrv\\w3wp.exe", "command_line": "w3wp.exe -ap \"MSExchangeOWAAppPool\"",
		 "user": "S-1-5-21-1-2-3-1105", "account": "CONTOSO\\svc-sso", "started": "2026-11-19T22:00:00Z", "modules": [{"path": "D:\\Acme\\hook.dll"}, {"path": "C:\\Windows\\System32\\ntdll.dll"}]},
		{"pid": 4101, "parent": 4100, "name": "cmd.exe", "image": "C:\\Windows\\System32\\cmd.exe", "command_line": "cmd /c net use \\\\h\\s /user:a hunter2 & curl -u a:hunter2 http://h",
		 "user": "S-1-5-18", "started": "2026-11-19T22:00:01Z", "modules": []},
		{"pid": 4900, "name": "MSExchangeTransport.exe", "image": "E:\\Exchange\\Bin\\MSExchangeTransport.exe", "command_line": "x -pwd=hunter2", "user": "S-1-5-20", "services": ["MSExchangeTransport"],
		 "modules": null, "unreadable": "a password=hunter2 nobody can read"}
		]`
	})
	return top
}

// hexOf writes ASCII as regedit writes UTF-16.
func hexOf(text string) string {
	return strings.TrimSuffix(strings.ReplaceAll(fmt.Sprintf("% x ", text), " ", ",00,"), ",")
}

// secretsIn lists the files of a capture that hold the planted secret, in any of the forms it may have.
func secretsIn(t *testing.T, file string) []string {
	t.Helper()
	all, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close()
	wide := strings.Join(strings.Split(planted, ""), "\x00")
	var found []string
	for _, entry := range all.File {
		r, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		plain := strings.ReplaceAll(string(text), "\x00", "") // .reg files are UTF-16
		for _, form := range []string{planted, wide, "68,75,6e,74,65,72,32", "68,00,75,00,6e,00,74,00,65,00,72"} {
			joined := strings.NewReplacer("\\\r\n  ", "").Replace(plain)
			if bytes.Contains(text, []byte(form)) || strings.Contains(joined, form) {
				found = append(found, entry.Name)
				break
			}
		}
	}
	return found
}

func TestCaptureHoldsNoSecret(t *testing.T) {
	source := withSecrets(t)
	capture := captured(t, source)
	if found := secretsIn(t, capture); len(found) > 0 {
		t.Errorf("the capture holds the secret in %q", found)
	}
	sameVerdicts(t, source, capture)
	server, _ := judged(t, capture)
	for _, id := range []string{"EXV-PRC-001", "EXV-PRC-003"} {
		if !foundBy(server.Results, id) {
			t.Errorf("%s found nothing in the processes of the capture", id)
		}
	}
	again := captured(t, capture)
	sameVerdicts(t, source, again)

	whole := captured(t, source, "--unredacted")
	if found := secretsIn(t, whole); len(found) < 5 {
		t.Errorf("an unredacted capture holds the secret in %q only", found)
	}
	sameVerdicts(t, source, whole)
}
