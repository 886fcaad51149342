package exvet.rules.iis.pool_identity_test

import data.exvet.rules.iis.pool_identity

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"pool-user": {"pool:MSExchangeOWAAppPool"},
		"pool-network-service": {"pool:MSExchangeOWAAppPool"},
		"pool-identity-defaults": {"pool:MSExchangeServicesAppPool"},
		"pool-identity-schema": {"pool:MSExchangeServicesAppPool"},
		"pool-renamed": {"pool:AcmePool"},
		"pool-user-localsystem": set(),
		"moved-pool": set(),
		"foreign-app-own-pool": set(),
	}
	got := {finding.subject | some finding in pool_identity.findings} with input as data.fixtures[name]
	got == want
}

test_evidence[name] if {
	file := `file:C:\Windows\System32\inetsrv\config\applicationHost.config`
	some name, want in {
		"pool-user": [{"ref": concat(":", [file, "161"]), "value": `identityType="SpecificUser" userName="CONTOSO\svc-sso"`}],
		"pool-identity-defaults": [
			{"ref": concat(":", [file, "166"]), "value": `add name="MSExchangeServicesAppPool" without identityType`},
			{"ref": concat(":", [file, "200"]), "value": `identityType="ApplicationPoolIdentity"`},
		],
		"pool-identity-schema": [{
			"ref": concat(":", [file, "166"]),
			"value": `add name="MSExchangeServicesAppPool" without identityType`,
		}],
	}
	got := [finding.evidence | some finding in pool_identity.findings] with input as data.fixtures[name]
	got == [want]
}

test_no_secret if {
	every finding in pool_identity.findings {
		not contains(json.marshal(finding), "b0f7e1")
	} with input as data.fixtures["pool-user"]
}
