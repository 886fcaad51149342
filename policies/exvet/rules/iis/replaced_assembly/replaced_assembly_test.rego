package exvet.rules.iis.replaced_assembly_test

import data.exvet.rules.iis.replaced_assembly

test_findings[name] if {
	some name, want in {
		"healthy": set(),
		"assembly-microsoft": set(),
		"assembly-of-product": set(),
		"assembly-unsigned": {[
			`file:e:\exchange\frontend\httpproxy\bin\microsoft.exchange.httputilities.dll`,
			"critical",
		]},
	}
	got := {[finding.subject, object.get(finding, "severity", "critical")] |
		some finding in replaced_assembly.findings
	} with input as data.fixtures[name]
	got == want
}
