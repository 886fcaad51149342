package eventfacts

import "github.com/exvet/exvet"

// A Source is a log that facts are made of.
type Source struct {
	exvet.EventQuery

	Tables []string // made of it
}

// The logs, as Windows names them.
const (
	application = "Application"
	system      = "System"
	iisConfig   = "Microsoft-Windows-IIS-Configuration/Operational"
	management  = "MSExchange Management"
)

// Sources lists what to read.
func Sources() []Source {
	return []Source{
		{
			EventQuery: exvet.EventQuery{
				Log: application,
				Providers: []string{
					"MSExchange Common", "MSExchange ADAccess", "MSExchangeADAccess", "Application Error", "Windows Error Reporting", ".NET Runtime",
					"Microsoft-Windows-IIS-W3SVC-WP", "W3SVC-WP", "Microsoft-Windows-IIS-WMSVC", "MSExchange Extensibility", "MSExchangeTransport",
					"MSExchange Front End HTTP Proxy", "ASP.NET 4.0.30319.0", "ASP.NET 2.0.50727.0",
				},
				IDs: []int{
					1000, 1001, 1003, 1022, 1023, 1025, 1026, 1050, 1051, 1052, 1053, 1054, 1055, 1056, 1057, 1309, 2117, 2214, 2220, 2268, 2280,
					2282, 2293, 2295, 2296, 2297, 2298, 2299, 4998, 4999, 7001, 9201, 16023,
				},
			},
			Tables: []string{"watson", "impersonated_callers", "crashes", "module_failures", "profilers", "agents", "web_errors"},
		},
		{
			EventQuery: exvet.EventQuery{
				Log:       system,
				Providers: []string{"Microsoft-Windows-WAS", "WAS", "Service Control Manager"},
				IDs: []int{
					5002, 5009, 5010, 5011, 5013, 5021, 5022, 5057, 5059, 5127, 5139,
					7000, 7009, 7023, 7024, 7031, 7034, 7040, 7045,
				},
			},
			Tables: []string{"was", "services"},
		},
		{
			EventQuery: exvet.EventQuery{Log: iisConfig, IDs: []int{29, 50}},
			Tables:     []string{"config_changes"},
		},
		{
			EventQuery: exvet.EventQuery{Log: management, Providers: []string{"MSExchange CmdletLogs"}, IDs: []int{1, 6}},
			Tables:     []string{"cmdlets"},
		},
	}
}
