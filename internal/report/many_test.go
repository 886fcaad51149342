package report

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/exvet/exvet"
)

// manyFindings is a server on which so many things were found, each of its own file, product and evidence.
func manyFindings(n int) *exvet.Report {
	r := sample()
	s := &r.Servers[0]
	s.Results, s.Integrations, s.Summary = nil, nil, exvet.Summary{Rules: 100, Found: 100, Coverage: 1}
	const rules, perProduct = 100, 50
	for i := range rules {
		stance := exvet.Stances()[i%5]
		result := sampleResult(fmt.Sprintf("EXV-IIS-%03d", i), stance, exvet.Severities()[i%5], []string{"C1", "C2", "C3", "C4", "C5"}[i%5],
			"A transport agent, EWS or Graph for mail; AD FS or hybrid modern authentication in front of Exchange for signing in.")
		result.Remediation = "Uninstall the product from this server, or move it to a reverse proxy or an IIS server of its own."
		s.Results = append(s.Results, result)
	}
	for i := range n {
		result := &s.Results[i%rules]
		f := finding(fmt.Sprintf("module:Default Web Site/owa:Gate%05d", i),
			fmt.Sprintf("foreign managed module Gate%05d (Contoso.Gate%05d, Contoso) is effective in Default Web Site/owa", i, i), result.Severity,
			fmt.Sprintf(`file:E:\Exchange\FrontEnd\HttpProxy\owa\web.config:%d`, i+1), fmt.Sprintf(`registry:HKLM\SOFTWARE\Contoso\%05d!Image`, i))
		f.Integration = fmt.Sprintf("Product %03d", i/perProduct)
		result.Findings = append(result.Findings, f)
		if i%perProduct == 0 {
			s.Integrations = append(s.Integrations, exvet.Integration{Product: f.Integration, Vendor: "Contoso", Stance: exvet.Unsupported})
		}
		in := &s.Integrations[len(s.Integrations)-1]
		in.Methods = append(in.Methods, exvet.Method{Rule: result.ID, Stance: result.Stance, Subject: f.Subject})
	}
	return r
}

func BenchmarkWrite(b *testing.B) {
	r := manyFindings(10_000)
	for _, format := range Formats() {
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := Write(io.Discard, format, r, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestTenThousandFindings: each format in under two seconds of a processor, and under 200 MB even if nothing were ever freed.
func TestTenThousandFindings(t *testing.T) {
	const findings, limit, megabytes = 10_000, 2 * time.Second, 200
	r := manyFindings(findings)
	for _, format := range Formats() {
		t.Run(format, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := processorTime(t)
			var out bytes.Buffer
			if err := Write(&out, format, r, Options{}); err != nil {
				t.Fatal(err)
			}
			took := processorTime(t) - start
			runtime.ReadMemStats(&after)
			if took > limit && !raceDetector {
				t.Errorf("took %s, want less than %s", took, limit)
			}
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > megabytes {
				t.Errorf("allocated %d MB, want at most %d", used, megabytes)
			}
			if format != "prometheus" && !bytes.Contains(out.Bytes(), []byte("Gate09999")) && format != "markdown" {
				t.Error("the last finding is lost")
			}
			t.Logf("%s, %d MB allocated, %d KB written", took.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20, out.Len()>>10)
		})
	}
}
