package exvet.rules.iis.planted_web_file_test

import data.exvet.rules.iis.planted_web_file

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"web-folder-auth": {`file:E:\Exchange\FrontEnd\HttpProxy\owa\auth\current\web.config`},
		"web-folder-client": {`file:C:\inetpub\wwwroot\aspnet_client\acme\web.config`},
		"managed-handler-folder": set(),
		"aspnet-client": set(),
	}
	got := {finding.subject | some finding in planted_web_file.findings} with input as data.fixtures[name]
	got == want
}
