package wine_test

import (
	"encoding/asn1"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/exvet/exvet"
)

// furnish makes the files that the server's configuration names and the evidence does not hold: all the same library,
// signed by somebody. Microsoft's signature cannot be had: what rules find of that is in waivers.yaml.
func (s *server) furnish(like string) {
	s.t.Helper()
	by := s.newSigner("Made Exchange")
	s.trust(by)
	library := s.sign(by, filepath.Join(made.base, "bin", "thirdparty.dll"))
	facts := s.names(like)
	for _, file := range facts.Binaries.List {
		if name, ok := exvet.FSPath(file.Path); ok && file.Status != "read" && file.Status != "unreadable" {
			s.write(s.unix(exvet.WindowsPath(name)), library)
		}
	}
	for _, entry := range append(facts.IIS.Modules, facts.IIS.Handlers...) {
		if name := entry.Assembly; name != "" {
			s.write(s.unix(`C:\windows\Microsoft.NET\assembly\GAC_MSIL\`+name+`\v4.0_1.0.0.0__31bf3856ad364e35\`+name+`.dll`), library)
		}
	}
	empty := filepath.Join(s.t.TempDir(), "empty.cat")
	s.check(os.WriteFile(empty, s.emptyCatalog(), 0o600))
	s.write(s.unix(`C:\windows\system32\CatRoot\{F750E6C3-38EE-11D1-85E5-00C04FC295EE}\made.cat`), s.sign(by, empty))
}

// waivers puts waivers.yaml where exvet.exe finds it, and gives its path.
func (s *server) waivers() string {
	s.t.Helper()
	const path = `C:\run\waivers.yaml`
	s.copyFile("waivers.yaml", s.unix(path))
	return path
}

// A naming is what configuration names.
type naming struct {
	Binaries struct {
		List []struct{ Path, Status string }
	}
	IIS struct {
		Modules, Handlers []struct{ Assembly string }
	}
}

// names gives what the server's configuration names, as this machine reads its disk.
func (s *server) names(like string) naming {
	s.t.Helper()
	for link, folder := range map[string]string{"C": "drive_c", "D": "drive_d", "E": "drive_e"} {
		s.check(os.Symlink(folder, filepath.Join(s.prefix, link)))
	}
	s.copyTree(filepath.Join("..", "evidence", like, "exvet"), filepath.Join(s.prefix, "exvet"))
	text, err := exec.Command(made.linux, "collect", s.prefix).Output()
	s.check(err)
	var snapshot struct{ Facts naming }
	s.check(json.Unmarshal(text, &snapshot))
	return snapshot.Facts
}

// emptyCatalog gives a catalog of no files, not signed. Windows has thousands of catalogs; one without any has lost them.
func (s *server) emptyCatalog() []byte {
	s.t.Helper()
	type kind struct {
		ID   asn1.ObjectIdentifier
		Null asn1.RawValue
	}
	type content struct {
		ID   asn1.ObjectIdentifier
		List any `asn1:"explicit,tag:0"`
	}
	list := struct {
		Usage  []asn1.ObjectIdentifier
		Number []byte
		Time   time.Time `asn1:"utc"`
		Kind   kind
	}{
		[]asn1.ObjectIdentifier{{1, 3, 6, 1, 4, 1, 311, 12, 1, 1}}, make([]byte, 16), time.Now().UTC(),
		kind{asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 12, 1, 3}, asn1.NullRawValue},
	}
	signed := struct {
		Version int
		Digests []kind `asn1:"set"`
		Content content
		Signers []kind `asn1:"set"`
	}{1, []kind{}, content{asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 10, 1}, list}, []kind{}}
	der, err := asn1.Marshal(content{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}, signed})
	s.check(err)
	return der
}
