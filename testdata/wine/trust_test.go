package wine_test

import (
	"path/filepath"
	"testing"

	"github.com/exvet/exvet"
)

// TestDisputed has a trust provider registered that finds every file as it was signed.
func TestDisputed(t *testing.T) {
	s := newServer(t, "contoso")
	contoso := s.newSigner("Contoso Ltd")
	s.trust(contoso)
	const path = `C:\Program Files\Contoso\WAF\ContosoWaf.dll`
	file := s.sign(contoso, filepath.Join(made.base, "bin", "thirdparty.dll"))
	file[0x600] ^= 1
	s.write(s.unix(path), file)
	report, _ := s.scan("--rule", "EXV-SIG-*")
	if got := found(report, "EXV-SIG-001"); len(got) > 0 {
		t.Errorf("changed, and Windows says so: found %q", got)
	}
	s.copyFile(filepath.Join(made.base, "bin", "provider.dll"), s.unix(`C:\windows\system32\provider.dll`))
	s.reg(`[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography\Providers\Trust\Message\{00AAC56B-CD44-11D0-8CC2-00C04FC295EE}]
"$DLL"="C:\\windows\\system32\\provider.dll"
"$Function"="Message"`)
	report, out := s.scan("--rule", "EXV-SIG-*")
	if got := found(report, "EXV-SIG-001"); !has(got, path) || out.code != exvet.ExitFindings {
		t.Errorf("with a provider that lies: found %q, exit %d; missing %q", got, out.code, lacks(report, "signatures"))
	}
}
