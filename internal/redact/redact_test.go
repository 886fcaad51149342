package redact

import "testing"

func TestText(t *testing.T) {
	tests := []struct{ text, want string }{
		{"plain text", "plain text"},
		{"the password is wrong", "the password is wrong"},
		{`agent.exe -password hunter2 -x`, `agent.exe -password [secret] -x`},
		{`agent.exe /SvcPwd:"hun ter" /y`, `agent.exe /SvcPwd:[secret] /y`},
		{`Server=a;Uid=b;Pwd=hunter2;X=1`, `Server=a;Uid=b;Pwd=[secret];X=1`},
		{"Data Source=x;Password=a;User=y", "Data Source=x;Password=[secret];User=y"},
		{`--api-key=hunter2`, `--api-key=[secret]`},
		{"svc.exe /apikey abc -v", "svc.exe /apikey [secret] -v"},
		{`<add password="hunter2"/>`, `<add password=[secret]/>`},
		{`{"token": "hunter2", "x": 1}`, `{"token": [secret], "x": 1}`},
		{`https://user:hunter2@host/x`, `https://user:[secret]@host/x`},
		{`curl -u admin:hunter2 https://h`, `curl -u admin:[secret] https://h`},
		{`curl -H "Authorization: Basic aHVudGVyMg=="`, `curl -H "Authorization: Basic [secret]"`},
		{`x -H "Bearer eyJhbGciOi.J9-_"`, `x -H "Bearer [secret]"`},
		{`schtasks /create /ru a /rp hunter2 /tn x`, `schtasks /create /ru a /rp [secret] /tn x`},
		{`net use \\h\s /user:a hunter2`, `net use \\h\s /user:a [secret]`},
		{`C:\Program Files\PasswordFilter\f.dll`, `C:\Program Files\PasswordFilter\f.dll`},
		{`C:\My Token Service\a-token b\t.exe -k x`, `C:\My Token Service\a-token b\t.exe -k x`},
		{`"C:\Token Service\t.exe" -k x`, `"C:\Token Service\t.exe" -k x`},
		{"A, PublicKeyToken=31bf3856ad364e35", "A, PublicKeyToken=31bf3856ad364e35"},
		{"M.E.S.O.V1ProfileLocalTokenIssuer..ctor, M.E", "M.E.S.O.V1ProfileLocalTokenIssuer..ctor, M.E"},
		{`c:\windows\system32\inetsrv\w3wp.exe -ap "MSExchangeOWAAppPool" -v "v4.0" -a \\.\pipe\x -t 20`, `c:\windows\system32\inetsrv\w3wp.exe -ap "MSExchangeOWAAppPool" -v "v4.0" -a \\.\pipe\x -t 20`},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			got := Text(test.text)
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if again := Text(got); again != got {
				t.Errorf("given again: got %q, want %q", again, got)
			}
		})
	}
}

func TestName(t *testing.T) {
	for name, want := range map[string]bool{
		"DD_API_KEY": true, "ConnectionString": true, "DefaultPassword": true, "publicKeyToken": false, "COR_PROFILER": false, "AccountKey": true,
	} {
		if got := Name(name); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}
