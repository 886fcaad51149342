package collectors

import (
	"reflect"
	"testing"

	"github.com/exvet/exvet/internal/iisconfig"
)

func madeMachine() *machine {
	return &machine{standard: iisconfig.Environment{SystemRoot: `C:\Windows`}, variables: map[string]string{
		"agent": `%ProgramFiles%\Agent`, "loop": "%loop%%loop%", "exchangeinstallpath": `D:\Exchange\`,
	}}
}

func TestCommand(t *testing.T) {
	tests := []struct {
		line string
		want command
	}{
		{`"C:\Program Files\A\a.exe" -x "y z"`, command{`C:\Program Files\A\a.exe`, `-x "y z"`, false}},
		{`C:\Program Files\A\a.exe -x`, command{`C:\Program Files\A\a.exe`, "-x", true}},
		{`C:\Windows\system32\svchost.exe -k netsvcs -p`, command{`C:\Windows\system32\svchost.exe`, "-k netsvcs -p", false}},
		{`%SystemRoot%\System32\svchost.exe -k x`, command{`C:\Windows\System32\svchost.exe`, "-k x", false}},
		{`%agent%\a.exe`, command{`C:\Program Files\Agent\a.exe`, "", true}},
		{`%ExchangeInstallPath%bin\x.exe`, command{`D:\Exchange\bin\x.exe`, "", false}},
		{`C:\tools\noext -a`, command{`C:\tools\noext`, "-a", false}},
		{`C:\My Tools\noext /a`, command{`C:\My Tools\noext`, "/a", true}},
		{`svchost.exe -k x`, command{`C:\Windows\System32\svchost.exe`, "-k x", false}},
		{`system32\lsass.exe`, command{`C:\Windows\system32\lsass.exe`, "", false}},
		{`\SystemRoot\System32\x.exe`, command{`C:\Windows\System32\x.exe`, "", false}},
		{`\??\C:\x\y.exe /z`, command{`C:\x\y.exe`, "/z", false}},
		{`\\server\share\a.exe`, command{`\\server\share\a.exe`, "", false}},
		{`"C:\unclosed quote.exe`, command{`C:\unclosed quote.exe`, "", false}},
		{`C:\a.exe.d\b.exe x.exe`, command{`C:\a.exe.d\b.exe`, "x.exe", false}},
		{`%unknown%\a.exe`, command{`%unknown%\a.exe`, "", false}},
		{``, command{}},
	}
	for _, test := range tests {
		t.Run(test.line, func(t *testing.T) {
			if got := madeMachine().command(test.line); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestFile(t *testing.T) {
	tests := []struct{ name, view, want string }{
		{"mswsock.dll", "64", `c:\windows\system32\mswsock.dll`},
		{"mswsock.dll", "32", `c:\windows\syswow64\mswsock.dll`},
		{`"%agent%\A.DLL"`, "32", `c:\program files\agent\a.dll`},
		{`system32\DRIVERS\x.sys`, "64", `c:\windows\system32\drivers\x.sys`},
		{`\SystemRoot\x.dll`, "64", `c:\windows\x.dll`},
		{"", "64", ""},
	}
	for _, test := range tests {
		t.Run(test.name+test.view, func(t *testing.T) {
			if got := madeMachine().file(test.name, test.view); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	if got := madeMachine().library("msv1_0", "64"); got != `c:\windows\system32\msv1_0.dll` {
		t.Errorf("library: got %q", got)
	}
	if got := madeMachine().expand("%loop%"); len(got) > 8*maxText {
		t.Errorf("a variable made of itself grows to %d", len(got))
	}
}

func TestListOfFiles(t *testing.T) {
	got := listOfFiles(`a.dll,C:\b.dll "C:\Program Files\c.dll" , PROGRA~1\d.dll`)
	if want := []string{"a.dll", `C:\b.dll`, `C:\Program Files\c.dll`, `PROGRA~1\d.dll`}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEnvironmentValue(t *testing.T) {
	for _, test := range []struct {
		name, value, want string
		secret            bool
	}{
		{"COR_PROFILER", "{A}", "{A}", false},
		{"DD_API_KEY", "hunter2", "[secret]", true},
		{"PROXY", "http://u:hunter2@h", "http://u:[secret]@h", true},
		{"EMPTY_TOKEN", "", "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, secret := environmentValue(test.name, test.value); got != test.want || secret != test.secret {
				t.Errorf("got %q %v, want %q %v", got, secret, test.want, test.secret)
			}
		})
	}
}
