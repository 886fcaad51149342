package eventfacts

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzFacts gives the reader of each provider strings a server may have made up: what comes out is bounded.
func FuzzFacts(f *testing.F) {
	sources := []struct {
		log, provider string
		id            int
	}{
		{application, "MSExchange Common", 4999}, {application, "MSExchange ADAccess", 2080}, {application, "Application Error", 1000},
		{application, "Windows Error Reporting", 1001}, {application, ".NET Runtime", 1026}, {application, ".NET Runtime", 1022},
		{application, "MSExchange Extensibility", 1050}, {application, "MSExchangeTransport", 16023},
		{"System", "Microsoft-Windows-WAS", 5011}, {"System", "Service Control Manager", 7031}, {"System", "Service Control Manager", 7045},
		{"MSExchange Management", "MSExchange CmdletLogs", 1}, {application, "MSExchange Front End HTTP Proxy", 1003}, {iisConfig, "x", 29},
		{application, "ASP.NET 4.0.30319.0", 1309}, {application, "Microsoft-Windows-IIS-W3SVC-WP", 2280},
	}
	texts := []string{
		"8844|E12IIS|c-RTL-AMD64|15.02.1118.007|w3wp#MSExchangeServicesAppPool|M.Exchange.Diagnostics|A.B|C|1a2b|15.02.1118.007|True",
		"w3wp.exe|10.0|55|x.dll|1.0|66|c0000005|0000000000001234|0x2a4|01d9|C:\\Windows\\w3wp.exe|C:\\x.dll",
		"Application: w3wp.exe\nFramework Version: v4.0.30319\nException Info: System.X\n   at A.B(C)\n   at D.E()\n",
		"Svc|1|60000|1|Restart the service", "Foo|%SystemRoot%\\foo.exe -password x|user mode service|auto start|LocalSystem",
	}
	for kind := range sources {
		for _, text := range texts {
			f.Add(uint8(kind), text)
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, text string) {
		source := sources[int(kind)%len(sources)]
		facts := factsOf(event(source.log, source.provider, source.id, strings.Split(text, "|")...))
		out, err := json.Marshal(facts)
		if err != nil {
			t.Fatal(err)
		}
		if most := 200_000; len(out) > most {
			t.Errorf("%d bytes of facts from an event of %d", len(out), len(text))
		}
	})
}
