package engine

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/util"
)

// framed puts facts into a snapshot.
func framed(facts string) string {
	return `{"format":1,"collected_at":"2026-11-20T08:00:00Z","source":"evidence",` +
		`"server":{"name":"EX01","build":"15.1.2375.7","product":"2016","roles":["mailbox"],"exchange_root":"C:\\Ex","system_root":"C:\\Windows"},` +
		`"collected":{},"facts":` + facts + `}`
}

func TestDecode(t *testing.T) {
	tests := []struct{ name, facts string }{
		{"nothing", `{}`},
		{"literals", `{"a":[null,true,false,0,-1,12,3.25,-1e3,"",{}]}`},
		{"escapes", `{"a":"tab\t quote\" slash\\ \u00e9 \ud83d\ude00","\u0062":1}`},
		{"long strings", `{"a":"` + strings.Repeat("x", 1000) + `","b":"` + strings.Repeat("x", 1000) + `"}`},
		{"long numbers", `{"a":12345678901234567890,"b":0.1234567890123456789}`},
		{"shared strings", `{"a":["x","x",{"x":"x"}],"x":["a"]}`},
		{"nested", `{"a":` + strings.Repeat("[", 60) + strings.Repeat("]", 60) + `}`},
		{"white space", " {\n\t\"a\" : [ 1 , 2 ] }\r\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := decode([]byte(framed(test.facts)))
			if err != nil {
				t.Fatal(err)
			}
			var plain any
			if err := util.UnmarshalJSON([]byte(framed(test.facts)), &plain); err != nil {
				t.Fatal(err)
			}
			want := ast.MustInterfaceToValue(plain)
			if got.Compare(want) != 0 {
				t.Errorf("got %v, want %v", got, want)
			}
			if got.Hash() != want.Hash() {
				t.Errorf("hash %d, want %d", got.Hash(), want.Hash())
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := []struct {
		name, snapshot, reason, says string
	}{
		{"nothing", "", "snapshot/malformed", "byte 0"},
		{"no JSON", "hello", "snapshot/malformed", "byte 0"},
		{"cut off", framed(`{}`)[:40], "snapshot/malformed", "byte 40"},
		{"something after", framed(`{}`) + "{}", "snapshot/malformed", "follows"},
		{"duplicate key", framed(`{"iis":1,"iis":2}`), "snapshot/malformed", "duplicate"},
		{"duplicate key, escaped", framed(`{"iis":1,"ii\u0073":2}`), "snapshot/malformed", "duplicate"},
		{"invalid UTF-8", framed("{\"a\":\"\xff\"}"), "snapshot/malformed", "UTF-8"},
		{"lone surrogate", framed(`{"a":"\ud800"}`), "snapshot/malformed", "byte"},
		{"deep arrays", framed(`{"a":` + strings.Repeat("[", 100_000)), "snapshot/malformed", "deeper than 64"},
		{"deep objects", framed(strings.Repeat(`{"a":`, 100_000)), "snapshot/malformed", "deeper than 64"},
		{"huge number", framed(`{"a":1e999999999}`), "snapshot/malformed", "number"},
		{"long number", framed(`{"a":` + strings.Repeat("9", 1000) + `}`), "snapshot/malformed", "number"},
		{"an array", `[1]`, "snapshot/format", "not an object"},
		{"no format", `{"server":{},"collected":{},"facts":{}}`, "snapshot/format", "no format number"},
		{"another format", strings.Replace(framed(`{}`), `"format":1`, `"format":2`, 1), "snapshot/format", "format 2"},
		{"format in quotes", strings.Replace(framed(`{}`), `"format":1`, `"format":"1"`, 1), "snapshot/format", `format "1"`},
		{"a report", `{"format":1,"servers":[]}`, "snapshot/format", `"server"`},
		{"facts are a list", framed(`[]`), "snapshot/format", `"facts"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := decode([]byte(test.snapshot))
			refused(t, err, test.reason, test.says)
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(framed(`{"a":[null,true,0.5,"x\u0041",{"b":[]}]}`)))
	f.Add([]byte(`{"format":1,`))
	f.Fuzz(func(t *testing.T, snapshot []byte) {
		value, err := decode(snapshot)
		if err != nil {
			return
		}
		if !json.Valid(snapshot) {
			t.Errorf("decoded what is not JSON: %q", snapshot)
		}
		if _, err := ast.JSON(value); err != nil {
			t.Errorf("value of %q has no JSON form: %v", snapshot, err)
		}
	})
}
