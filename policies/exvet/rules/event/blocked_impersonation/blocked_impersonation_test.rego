package exvet.rules.event.blocked_impersonation_test

import data.exvet.rules.event.blocked_impersonation

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"blocked-impersonation": {"event:Application/4999"},
		"blocked-impersonation-transport": {"event:Application/4999"},
		"blocked-impersonation-report": set(),
		"impersonated-caller": set(),
		"foreign-crash": set(),
		"crash-elsewhere": set(),
		"events-short": set(),
		"events-absent": set(),
	}
	got := {finding.subject | some finding in blocked_impersonation.findings} with input as data.fixtures[name]
	got == want
}

test_evidence if {
	got := [finding.evidence |
		some finding in blocked_impersonation.findings
	] with input as data.fixtures["blocked-impersonation"]
	refs := [evidence.ref | some evidence in got[0]]
	array.slice(refs, 0, 2) == ["event:Application/4999#41001", "event:Application/2117#41000"]
	got[0][1].value == `CONTOSO\svc-sso: Acme.Ews.Gate.OnAuthenticate(Object sender, EventArgs e)`
	{evidence.value | some evidence in array.slice(got[0], 2, count(got[0]))} == {
		`D:\Acme\acmesso64.dll`,
		"Acme.Ews.Gate, Acme.Ews",
		`impersonate="True"`,
	}
}

test_message_names[part] if {
	some part in [
		"MSExchangeServicesAppPool",
		`CONTOSO\svc-sso`,
		"Acme.Ews.Gate.OnAuthenticate",
		"AcmeGate",
		"AcmeEws",
		"3 times",
	]
	got := [finding.message |
		some finding in blocked_impersonation.findings
	] with input as data.fixtures["blocked-impersonation"]
	contains(got[0], part)
	not contains(got[0], "AcmeOwa")
}
