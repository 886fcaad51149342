package collectors

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/exvet/exvet/internal/regfile/regtest"
)

// madeProgram is a PE file with one section, which holds a version resource.
func madeProgram(version ...uint16) []byte {
	le := binary.LittleEndian
	file := make([]byte, 0x400)
	copy(file, "MZ")
	le.PutUint32(file[0x3c:], 0x80)
	copy(file[0x80:], "PE\x00\x00")
	le.PutUint16(file[0x84:], 0x8664)
	le.PutUint16(file[0x86:], 1) // sections
	section := file[0x98:]
	copy(section, ".rsrc")
	le.PutUint32(section[16:], 0x200)
	le.PutUint32(section[20:], 0x200)
	resource := file[0x220:]
	for i, c := range "VS_VERSION_INFO" {
		le.PutUint16(resource[2*i:], uint16(c))
	}
	le.PutUint32(resource[34:], 0xfeef04bd)
	for i, n := range []int{1, 0, 3, 2} {
		le.PutUint16(resource[34+8+2*n:], version[i])
	}
	return file
}

func TestFileVersion(t *testing.T) {
	whole := madeProgram(15, 2, 1118, 40)
	tests := []struct {
		name string
		file []byte
		want string
	}{
		{"whole", whole, "15.2.1118.40"},
		{"cut off", whole[:0x250], ""},
		{"no program", []byte("MZ"), ""},
		{"nothing", nil, ""},
		{"no signature", bytes.Replace(whole, []byte{0xbd, 0x04, 0xef, 0xfe}, []byte{0, 0, 0, 0}, 1), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := fileVersion(test.file); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	random := rand.New(rand.NewPCG(7, 8))
	for range 20_000 {
		file := bytes.Clone(whole)
		for range 4 {
			file[random.IntN(len(file))] = byte(random.Uint32())
		}
		fileVersion(file[:random.IntN(len(file))]) // must come back
	}
}

func TestSetupVersion(t *testing.T) {
	files := vectors().hives()
	files["D/Exchange/Bin/ExSetup.exe"] = madeProgram(15, 2, 1118, 40)
	if got := look(t, files).Facts["exchange"].(*Exchange).SetupVersion; got != "15.2.1118.40" {
		t.Errorf("got %q", got)
	}
}

func TestInstalledRoles(t *testing.T) {
	configured, unpacked := values{"ConfiguredVersion": "15"}, values{"UnpackedVersion": "15"}
	tests := []struct {
		name  string
		minor uint32
		roles map[string]values
		want  []string
	}{
		{"mailbox server", 2, map[string]values{"MailboxRole": configured, "CafeRole": configured, "ClientAccessRole": configured}, []string{"mailbox"}},
		{"edge server", 1, map[string]values{"EdgeTransportRole": configured, "MailboxRole": unpacked}, []string{"edge"}},
		{"both of 2013", 0, map[string]values{"MailboxRole": configured, "CafeRole": configured, "ClientAccessRole": configured}, []string{"client_access", "mailbox"}},
		{"mailbox of 2013", 0, map[string]values{"MailboxRole": configured, "ClientAccessRole": configured}, []string{"mailbox"}},
		{"client access of 2013", 0, map[string]values{"CafeRole": configured}, []string{"client_access"}},
		{"tools alone", 2, map[string]values{"AdminTools": configured}, []string{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			const v15 = `Microsoft\ExchangeServer\v15\`
			software := tree{v15 + "Setup": {
				"MsiProductMajor": uint32(15), "MsiProductMinor": test.minor, "MsiBuildMajor": uint32(1), "MsiBuildMinor": uint32(1),
			}}
			for role, v := range test.roles {
				software[v15+role] = v
			}
			snapshot := look(t, map[string][]byte{"C/Windows/System32/config/SOFTWARE": regtest.Hive(software)})
			if got := snapshot.Server.Roles; !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
