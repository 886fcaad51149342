package collectors

import (
	"bytes"
	"context"
	"debug/pe"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/authenticode"
)

const exchangeKey = `HKLM\SOFTWARE\Microsoft\ExchangeServer\v15`

// A setup is what Exchange's own setup wrote into the registry. Unknown stays "".
type setup struct {
	root, build, name, roles             string // roles as one text
	rootRef, buildRef, nameRef, rolesRef string
	list                                 []string
}

// readSetup reads the registry, as far as it is in the evidence; the other collectors say what is missing of it.
func readSetup(registry exvet.Registry) setup {
	var found setup
	if key, _ := registry.Key(exchangeKey + `\Setup`); key != nil {
		if root := strings.TrimRight(key.Text("MsiInstallPath"), `\`); root != "" {
			if _, ok := exvet.FSPath(root); ok {
				found.root, found.rootRef = shortened(root), valueRef(key, "MsiInstallPath")
			}
		}
		found.build, found.buildRef = buildOf(key), valueRef(key, "MsiBuildMajor")
	}
	if key, _ := registry.Key(`HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName`); key != nil {
		if name := key.Text("ComputerName"); computerName().MatchString(name) {
			found.name, found.nameRef = name, valueRef(key, "ComputerName")
		}
	}
	if top, _ := registry.Key(exchangeKey); top != nil {
		found.list, found.rolesRef = installedRoles(registry, productOf(found.build)), top.Path
		found.roles = strings.Join(found.list, ", ")
	}
	return found
}

func buildOf(key *exvet.RegistryKey) string {
	parts := []any{}
	for _, name := range []string{"MsiProductMajor", "MsiProductMinor", "MsiBuildMajor", "MsiBuildMinor"} {
		n, ok := number(key, name)
		if !ok || n > 99_999 {
			return ""
		}
		parts = append(parts, n)
	}
	return fmt.Sprintf("%d.%d.%d.%d", parts...)
}

// installedRoles reads the roles setup has configured. ClientAccessRole is the back end of a mailbox server; what
// Exchange 2013 could have on a server of its own is CafeRole.
func installedRoles(registry exvet.Registry, product string) []string {
	has := func(name string) bool {
		key, _ := registry.Key(exchangeKey + `\` + name)
		if key == nil {
			return false
		}
		_, unpacked := key.Value("UnpackedVersion")
		_, configured := key.Value("ConfiguredVersion")
		return configured || !unpacked
	}
	roles := []string{}
	mailbox, split := has("MailboxRole"), product == "2013" || product == ""
	if has("CafeRole") && (split || !mailbox) || has("ClientAccessRole") && !mailbox {
		roles = append(roles, "client_access")
	}
	if has("EdgeTransportRole") {
		roles = append(roles, "edge")
	}
	if mailbox {
		roles = append(roles, "mailbox")
	}
	return roles
}

// overrule lets the registry win over what was inferred, and keeps the evidence of both.
func (e *Exchange) overrule(fact, inferred, value, ref string) string {
	if value == "" {
		return inferred
	}
	for i := range e.Evidence {
		same := e.Evidence[i].Value == value || fact == "root" && exvet.PathKey(e.Evidence[i].Value) == exvet.PathKey(value) ||
			fact == "name" && strings.EqualFold(e.Evidence[i].Value, value)
		if e.Evidence[i].Fact == fact && !same {
			e.Evidence[i].Overruled = true
		}
	}
	e.Evidence = append(e.Evidence, ExchangeEvidence{Fact: fact, Value: value, Registry: ref})
	return value
}

// maxSetup is the largest ExSetup.exe that is read, in bytes; it has some 200 KB.
const maxSetup = 16 << 20

// readSetupVersion takes the version of ExSetup.exe, which each security update replaces.
func (e *Exchange) readSetupVersion(files fs.FS) {
	path := e.Root + `\Bin\ExSetup.exe`
	name, ok := exvet.FSPath(path)
	if !ok || e.Root == "" {
		return
	}
	file, err := files.Open(name)
	if err != nil {
		return
	}
	defer file.Close()
	if e.SetupVersion = heldVersion(file); e.SetupVersion != "" {
		e.Evidence = append(e.Evidence, ExchangeEvidence{Fact: "setup_version", Value: e.SetupVersion, File: path})
		return
	}
	data, err := io.ReadAll(io.LimitReader(file, maxSetup+1))
	if err != nil || len(data) > maxSetup {
		return
	}
	if e.SetupVersion = fileVersion(data); e.SetupVersion != "" {
		e.Evidence = append(e.Evidence, ExchangeEvidence{Fact: "setup_version", Value: e.SetupVersion, File: path})
	}
}

// heldVersion is fileVersion of a program of which a capture may hold no more than its outline.
func heldVersion(file fs.File) string {
	info, err := file.Stat()
	at, random := file.(io.ReaderAt)
	if err != nil || !random {
		return ""
	}
	version, err := authenticode.ReadVersion(context.Background(), at, info.Size())
	if err != nil {
		return ""
	}
	return version.FixedFileVersion
}

// fileVersion gives the file version in a program's resources, "15.2.1118.40", or "".
func fileVersion(program []byte) (version string) {
	defer func() {
		if recover() != nil {
			version = "" // debug/pe met what it did not expect
		}
	}()
	image, err := pe.NewFile(bytes.NewReader(program))
	if err != nil {
		return ""
	}
	section := image.Section(".rsrc")
	if section == nil || uint64(section.Offset)+uint64(section.Size) > uint64(len(program)) {
		return ""
	}
	resources := program[section.Offset : section.Offset+section.Size]
	const block, signature = "V\x00S\x00_\x00V\x00E\x00R\x00S\x00I\x00O\x00N\x00_\x00I\x00N\x00F\x00O\x00\x00\x00", "\xbd\x04\xef\xfe"
	_, after, found := bytes.Cut(resources, []byte(block))
	if !found {
		return ""
	}
	// The block is padded to four bytes, then the fixed part begins with its signature.
	at := bytes.Index(after[:min(len(after), 8)], []byte(signature))
	if at < 0 || at+16 > len(after) {
		return ""
	}
	high, low := binary.LittleEndian.Uint32(after[at+8:]), binary.LittleEndian.Uint32(after[at+12:])
	return fmt.Sprintf("%d.%d.%d.%d", high>>16, high&0xffff, low>>16, low&0xffff)
}
