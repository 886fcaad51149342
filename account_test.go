package exvet

import "testing"

func TestAccountSID(t *testing.T) {
	tests := []struct{ account, want string }{
		{"LocalSystem", "S-1-5-18"},
		{`.\LocalSystem`, "S-1-5-18"},
		{`NT AUTHORITY\SYSTEM`, "S-1-5-18"},
		{`AUTORITE NT\Système`, "S-1-5-18"},
		{`NT-AUTORITÄT\Lokaler Dienst`, "S-1-5-19"},
		{`nt authority\NetworkService`, "S-1-5-20"},
		{`NT AUTHORITY\Network Service`, "S-1-5-20"},
		{`NT-AUTORITÄT\Netzwerkdienst`, "S-1-5-20"},
		{`AUTORITE NT\SERVICE RÉSEAU`, "S-1-5-20"},
		{`NT SERVICE\TrustedInstaller`, "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"},
		{"s-1-5-20", "S-1-5-20"},
		{`CONTOSO\LocalSystem`, ""},
		{`CONTOSO\gmsa-exchange$`, ""},
		{`NT SERVICE\`, ""},
		{"", ""},
	}
	for _, test := range tests {
		t.Run(test.account, func(t *testing.T) {
			if got := AccountSID(test.account); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
