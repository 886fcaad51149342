package host

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/exvet/exvet"
)

func TestExports(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  string
		err   error
	}{
		{"at the top", map[string]string{"C/x": "", "exvet/cmdlets/Get-App.json": "[]"}, "[]", nil},
		{"in another case", map[string]string{"C/x": "", "EXVET/Cmdlets/get-app.JSON": "[]"}, "[]", nil},
		{"below a folder that wraps everything", map[string]string{"case1/C/x": "", "case1/exvet/cmdlets/Get-App.json": "[]"}, "[]", nil},
		{"without the file", map[string]string{"C/x": "", "exvet/cmdlets/Get-Other.json": "[]"}, "", fs.ErrNotExist},
		{"without the folder", map[string]string{"C/x": ""}, "", exvet.ErrNoEvidence},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inBoth(t, test.files, func(t *testing.T, evidence *Evidence) {
				got, err := fs.ReadFile(evidence.Exports(), "exvet/cmdlets/Get-App.json")
				if string(got) != test.want || !errors.Is(err, test.err) {
					t.Errorf("got %q, %v; want %q, %v", got, err, test.want, test.err)
				}
			})
		})
	}
}
