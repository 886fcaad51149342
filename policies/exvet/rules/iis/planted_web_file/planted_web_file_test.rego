package exvet.rules.iis.planted_web_file_test

import data.exvet.rules.iis.planted_web_file

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"web-folder-auth": {`file:E:\Exchange\FrontEnd\HttpProxy\owa\auth\current\web.config`},
		"web-folder-client": {`file:C:\inetpub\wwwroot\aspnet_client\acme\web.config`},
		"managed-handler-folder": set(),
		"aspnet-client": set(),
		"web-shell-auth": {`file:E:\Exchange\FrontEnd\HttpProxy\owa\auth\shell.aspx`},
		"web-shell-auth-plain": {`file:E:\Exchange\FrontEnd\HttpProxy\owa\auth\15.2.1118\x.ashx`},
		"web-shell-client": {`file:C:\inetpub\wwwroot\aspnet_client\supp0rt.aspx`},
		"web-shell-root": {`file:C:\inetpub\wwwroot\default.aspx`},
		"web-shell-back-end": {`file:E:\Exchange\ClientAccess\ecp\about.aspx`},
		"web-shell-program": {`file:E:\Exchange\FrontEnd\HttpProxy\owa\auth\a.exe`},
		"web-script-back-end": set(),
		"logon-changed": set(),
		"theme-changed": set(),
	}
	got := {finding.subject | some finding in planted_web_file.findings} with input as data.fixtures[name]
	got == want
}
