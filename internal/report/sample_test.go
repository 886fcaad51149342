package report

import (
	"time"

	"github.com/exvet/exvet"
)

// sample is one server with something of everything a report shows.
func sample() *exvet.Report {
	stamp := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	malformed := exvet.Missing{
		Facts: []string{"iis.handlers", "iis.modules", "iis.settings"}, Scope: "Default Web Site/EWS",
		Reason: "</system.web> expected",
		File:   `D:\Exchange\FrontEnd\HttpProxy\EWS\web.config`, Line: 41,
	}
	absent := exvet.Missing{
		Facts:  []string{"processes"},
		Reason: "a copied disk holds none: scan on the server, or copy exvet/processes.json beside it",
	}
	server := exvet.ServerReport{
		Server: exvet.ReportedServer{
			Name: "EX01", Build: "15.2.1118.7", Product: "Exchange Server 2019 CU12", Roles: []string{"mailbox"},
			ExchangeRoot: `D:\Exchange`,
		},
		Source:   "evidence/ex01",
		Snapshot: exvet.SnapshotStamp{CollectedAt: stamp, SHA256: "00ff"},
		Collected: map[string]exvet.Section{
			"iis":       {Status: exvet.Partial, Missing: []exvet.Missing{malformed}},
			"processes": {Status: exvet.Absent, Missing: []exvet.Missing{absent}},
		},
		Summary: exvet.Summary{Rules: 6, Found: 4, Unknown: 1, Error: 1, Skipped: 2, Coverage: 0.666},
		Notes: []string{
			"the KB names Exchange 2010 to 2016; exvet holds 2019 and Subscription Edition to it by extension",
		},
	}
	server.Results = []exvet.Result{
		sampleResult("EXV-IIS-001", exvet.Unsupported, exvet.High, "C3", "AD FS or hybrid modern authentication in front of Exchange",
			finding("module:Default Web Site/owa:SsoGate", `module SsoGate (Contoso.Sso.Gate, Contoso.Sso) in Default Web Site/owa`,
				exvet.High, `file:D:\Exchange\FrontEnd\HttpProxy\owa\web.config:38`),
			finding("module:Default Web Site/owa/Calendar:SsoGate", `module SsoGate (Contoso.Sso.Gate, Contoso.Sso) in Default Web Site/owa/Calendar`,
				exvet.High, `file:D:\Exchange\FrontEnd\HttpProxy\owa\web.config:38`),
			finding("module:Default Web Site/owa/Integrated:SsoGate", `module SsoGate (Contoso.Sso.Gate, Contoso.Sso) in Default Web Site/owa/Integrated`,
				exvet.High, `file:D:\Exchange\FrontEnd\HttpProxy\owa\web.config:38`)),
		sampleResult("EXV-IIS-030", exvet.Unsupported, exvet.Critical, "C4", "AD FS or hybrid modern authentication in front of Exchange",
			finding("pool:MSExchangeOWAAppPool", `MSExchangeOWAAppPool runs as CONTOSO\svc-sso; setup gives LocalSystem`,
				exvet.Critical, `file:C:\Windows\System32\inetsrv\config\applicationHost.config:161`)),
		sampleResult("EXV-IIS-041", exvet.Review, exvet.Medium, "C2", "",
			finding("rewrite:Default Web Site/ecp:Banner", "outbound rule Banner rewrites links in the answers of Default Web Site/ecp, and its pattern and its action are so long that they take more than one line",
				exvet.Low, `file:D:\Exchange\FrontEnd\HttpProxy\ecp\web.config:7`, `file:C:\inetpub\wwwroot\web.config:9`,
				`file:C:\inetpub\wwwroot\web.config:10`, `file:C:\inetpub\wwwroot\web.config:11`, `file:C:\inetpub\wwwroot\web.config:12`)),
		sampleResult("EXV-IIS-047", exvet.Supported, exvet.Info, "S", "",
			finding("rewrite:Default Web Site:EEMS M1", "EEMS rule M1 is a mitigation Microsoft installs", exvet.Info,
				`file:C:\inetpub\wwwroot\web.config:5`)),
		{About: exvet.About{ID: "EXV-PRC-001", Title: "Foreign module in an Exchange process"}, Status: exvet.Unknown,
			Missing: []exvet.Missing{absent}},
		{About: exvet.About{ID: "ORG-ACME-001", Title: "Rule of our own"}, Status: exvet.Error,
			Error: "org/acme/rules/x.rego:12: eval_conflict_error: complete rules must not produce multiple outputs"},
	}
	server.Results[0].Missing = []exvet.Missing{malformed}
	server.Results[2].Basis = "inference"
	server.Integrations = []exvet.Integration{
		{Product: "EEMS", Vendor: "Microsoft", Stance: exvet.Supported, Confidence: "certain", Methods: []exvet.Method{
			{Rule: "EXV-IIS-047", Stance: exvet.Supported, Subject: "rewrite:Default Web Site:EEMS M1"}}},
		{Product: "Contoso Single Sign-On", Version: "4.1", Vendor: "Contoso Ltd", Signer: "Contoso Ltd",
			Stance: exvet.Unsupported, Confidence: "likely", Methods: []exvet.Method{
				{Rule: "EXV-IIS-001", Stance: exvet.Unsupported, Subject: "module:Default Web Site/owa:SsoGate"},
				{Rule: "EXV-IIS-001", Stance: exvet.Unsupported, Subject: "module:Default Web Site/owa/Calendar:SsoGate"},
				{Rule: "EXV-IIS-001", Stance: exvet.Unsupported, Subject: "module:Default Web Site/owa/Integrated:SsoGate"},
				{Rule: "EXV-IIS-030", Stance: exvet.Unsupported, Subject: "pool:MSExchangeOWAAppPool"}}},
	}
	for i := range server.Results {
		fill(&server.Results[i].About)
	}
	return &exvet.Report{
		Format: exvet.ReportFormat, GeneratedAt: stamp, Exvet: exvet.Program{Version: "1.2.3"},
		Bundles: []exvet.Bundle{{Name: "core", SignedBy: "embedded"}, {Name: "org/acme", Revision: "7"}},
		Servers: []exvet.ServerReport{server},
		Exit: exvet.Exit{Code: exvet.ExitFindings, Reason: "unsupported or security at or above medium", FailOn: "medium",
			Require: []string{"iis"}},
	}
}

// fill gives a rule that is not about them the words every rule has.
func fill(about *exvet.About) {
	if about.Stance == "" {
		about.Stance, about.Severity, about.Clause, about.Basis = exvet.Review, exvet.Medium, "C3", "kb"
	}
}

func sampleResult(id string, stance exvet.Stance, severity exvet.Severity, clause, alternative string, findings ...exvet.Finding) exvet.Result {
	return exvet.Result{
		About: exvet.About{ID: id, Title: id, Stance: stance, Severity: severity, Clause: clause, Basis: "kb",
			Alternative: alternative},
		Status: exvet.Found, Findings: findings,
	}
}

func finding(subject, message string, severity exvet.Severity, refs ...string) exvet.Finding {
	f := exvet.Finding{Subject: subject, Message: message, Severity: severity}
	for _, ref := range refs {
		f.Evidence = append(f.Evidence, exvet.Evidence{Ref: ref, Value: "as found"})
	}
	return f
}

// twoServers is the sample beside a server on which nothing was found.
func twoServers() *exvet.Report {
	r := sample()
	second := r.Servers[0]
	second.Server.Name, second.Source = "EX02", "ex02.zip"
	second.Results, second.Integrations, second.Collected = nil, nil, nil
	second.Summary = exvet.Summary{Rules: 6, Clear: 6, Coverage: 1}
	r.Servers = append(r.Servers, second)
	return r
}

// waivedSample is the sample with one finding that a waiver covers.
func waivedSample() *exvet.Report {
	r := sample()
	r.Exit = exvet.Exit{Code: exvet.ExitUnknown, Reason: "a required rule is unknown", FailOn: "medium", Require: []string{"iis"}}
	r.Servers[0].Results[1].Findings[0].Waiver = &exvet.Waiver{
		Reason: "replaced in spring", Owner: "messaging", Expires: "2026-12-31", Ticket: "MSG-1"}
	return r
}
