package redact

import (
	"strings"
	"testing"
)

// FuzzText puts a secret behind whatever stands in a text, and takes it out: it is gone, and what is left stays as it is.
func FuzzText(f *testing.F) {
	f.Add(`agent.exe /SvcPwd:"a b" /y `)
	f.Add(`Server=a;Uid=b;X=1 https://u:p@h/ "token": `)
	f.Add(`net use \\h\s /user:a b`)
	f.Fuzz(func(t *testing.T, before string) {
		got := Text(before)
		if again := Text(got); again != got {
			t.Errorf("%q: once more: %q, was %q", before, again, got)
		}
		const secret = "hunter2hunter2"
		if got := Text(before + "\n" + `Pwd=` + secret); strings.Contains(got, secret) && !strings.Contains(before, "hunter2") {
			t.Errorf("%q keeps the secret behind it: %q", before, got)
		}
	})
}
