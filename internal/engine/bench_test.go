package engine

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/exvet/exvet/bundles"
)

// large is a snapshot of about n MB: module entries of many applications.
func large(n int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < n<<20; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"name":"Module%d","key":"module%d","type":"Contoso.Module%d, Contoso.Web, Version=1.0.0.0","class":"contoso.module%d",`+
			`"assembly":"contoso.web","token":"31bf3856ad364e35","preconditions":["managedHandler","runtimeVersionv4.0"],`+
			`"scopes":["Default Web Site/app%d","Default Web Site/app%d/sub"],"file":"C:\\inetpub\\wwwroot\\app%d\\web.config","line":%d,"overrides":[]}`,
			i%3000, i%3000, i%3000, i%3000, i%500, i%500, i%500, i%700)
	}
	text := framed(`{"exchange":{"root":"","root_key":""},"iis":{"modules":[` + b.String() + `],"apps":[],"pools":[]}}`)
	section := `{"status":"complete","missing":[]}`
	return bytes.Replace([]byte(text), []byte(`"collected":{}`), []byte(`"collected":{"exchange":`+section+`,"iis":`+section+`}`), 1)
}

func BenchmarkDecode(b *testing.B) {
	snapshot := large(8)
	b.Run("exvet", func(b *testing.B) {
		b.SetBytes(int64(len(snapshot)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := decode(snapshot); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("opa", func(b *testing.B) {
		b.SetBytes(int64(len(snapshot)))
		b.ReportAllocs()
		for b.Loop() {
			var plain any
			if err := util.UnmarshalJSON(snapshot, &plain); err != nil {
				b.Fatal(err)
			}
			if _, err := ast.InterfaceToValue(plain); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// sixty are rules that look for one module each, in a table they share.
func sixty() []testRule {
	rules := make([]testRule, 60)
	for i := range rules {
		rules[i] = testRule{name: fmt.Sprintf("r%02d", i), body: fmt.Sprintf(
			"findings contains {\"subject\": m.key, \"message\": m.file} if some m in words.by_key.module%d", i)}
	}
	return rules
}

// BenchmarkEvaluate measures decoding and judging, with the tables of each worker shared and not.
func BenchmarkEvaluate(b *testing.B) {
	snapshot := large(4)
	e, err := load(b, nil, sixty()...)
	if err != nil {
		b.Fatal(err)
	}
	for _, apart := range []bool{false, true} {
		b.Run(fmt.Sprintf("apart=%t", apart), func(b *testing.B) {
			input, err := decode(snapshot)
			if err != nil {
				b.Fatal(err)
			}
			chosen, _, err := e.choose([]string{"T-*"}, nil)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				w := worker{run: &run{engine: e, input: input, tables: newTables(e.tables())}}
				for _, index := range chosen {
					if apart {
						w.run.tables = newTables(e.tables())
					}
					if got := w.rule(b.Context(), index); got.Error != "" {
						b.Fatal(got.Error)
					}
				}
			}
		})
	}
	b.Run(fmt.Sprintf("whole on %d", runtime.GOMAXPROCS(0)), func(b *testing.B) {
		b.SetBytes(int64(len(snapshot)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := judge(b.Context(), e, snapshot, Options{Rules: []string{"T-*"}}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkStart measures what a scan spends before it looks at a snapshot.
func BenchmarkStart(b *testing.B) {
	schema, err := os.ReadFile(filepath.Join("..", "..", "snapshot.schema.json"))
	if err != nil {
		b.Fatal(err)
	}
	for name, schema := range map[string][]byte{"untyped": nil, "typed": schema} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				core, err := bundles.Core()
				if err != nil {
					b.Fatal(err)
				}
				if _, err := newEngine(b.Context(), []*bundles.Bundle{core}, schema); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
