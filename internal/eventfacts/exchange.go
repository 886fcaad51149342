package eventfacts

import (
	"strings"

	"github.com/exvet/exvet"
)

// failedType is how transport names an agent it could not load: the factory's type, then the assembly's path.
var failedType = exvet.Pattern(`'([\p{L}_][\w.+]*)'[^']{1,80}'([^']*\.dll)'`)

// addAgent reads the failure of a transport agent.
func (r *Reader) addAgent(event exvet.Event) {
	transport := strings.EqualFold(event.Provider, "MSExchangeTransport")
	kinds := map[int]string{
		1050: "slow", 1051: "exception", 1052: "factory", 1053: "instance", 1054: "version", 1055: "startup_delay", 1056: "completed_twice",
		1057: "not_resumed",
	}
	if transport {
		kinds = map[int]string{7001: "start", 9201: "exception", 16023: "start"}
	}
	kind := kinds[event.ID]
	if kind == "" {
		return
	}
	all := event.Strings
	text := cut(strings.Join(all, ", "), maxText)
	row := Agent{Row: rowOf(event), Kind: kind}
	if !transport {
		row.Agent = cut(at(all, 0), maxString)
	}
	if event.ID == 1051 {
		row.Exception, row.Event = cut(at(all, 1), maxString), cut(at(all, 3), maxString)
	}
	if match := exceptionName().FindString(text); row.Exception == "" {
		row.Exception = cut(match, maxString)
	}
	if match := failedType().FindStringSubmatch(text); match != nil {
		row.Factory, row.Assembly = cut(match[1], maxString), cut(match[2], maxString)
	}
	row.AgentKey, row.AssemblyKey = strings.ToLower(row.Agent), exvet.PathKey(row.Assembly)
	kindKey := strings.Join([]string{row.ProviderKey, row.Kind, row.AgentKey, row.Exception, row.Event, row.AssemblyKey}, "\x00")
	r.agents.add(event, kindKey, func() Agent {
		row.Text = textOf(all, ", ")
		return row
	})
}

var exceptionName = exvet.Pattern(`(?:[\p{L}_]\w*\.)+\w*Exception\b`)

// cmdlets are those that change what is integrated, by the start or the end of their names.
var cmdlets = exvet.Pattern(`(?i)^(?:(?:Install|Uninstall|Enable|Disable|Set)-TransportAgent|(?:New|Set|Remove)-ManagementRoleAssignment|` +
	`(?:New|Set|Remove)-\w+VirtualDirectory|New-MailboxExportRequest|Set-TransportService|(?:New|Set|Remove|Enable|Disable)-(?:OutlookProvider|App|` +
	`TransportRule|JournalRule|ReceiveConnector|SendConnector|DeliveryAgentConnector|ForeignConnector|PartnerApplication|AuthServer|OwaMailboxPolicy)|` +
	`Set-EventLogLevel|Set-OrganizationConfig|Set-ExchangeServer)$`)

// addCmdlet reads a cmdlet that was run: name, parameters, account, its SID twice, host, process id and name.
func (r *Reader) addCmdlet(event exvet.Event) {
	all := event.Strings
	name := at(all, 0)
	if !cmdlets().MatchString(name) {
		return
	}
	row := Cmdlet{
		Row: rowOf(event), Cmdlet: name, CmdletKey: strings.ToLower(name), Parameters: textOf([]string{at(all, 1)}, ""),
		Account: cut(at(all, 2), maxString), SID: cut(at(all, 3), maxString), Process: cut(at(all, 7), maxString), Failed: event.ID == 6,
	}
	row.AccountKey = strings.ToLower(row.Account)
	row.PID = number(at(all, 6))
	r.cmdlets.add(event, row.CmdletKey+"\x00"+row.Parameters, func() Cmdlet { return row })
}

// Places of the values in a web event of ASP.NET.
const (
	webCode = 0
	webApp  = 11
	webPID  = 14
	webUser = 16
	webType = 17
	webPath = 20
)

// addWebError reads an exception in a web application.
func (r *Reader) addWebError(event exvet.Event) {
	all := event.Strings
	text := strings.Join(all, "\n")
	row := WebError{Row: rowOf(event), Frames: frames(lines(text))}
	switch {
	case event.ID == 1309:
		row.Code, row.Application = cut(at(all, webCode), maxString), cut(at(all, webApp), maxString)
		row.Exception, row.Account = cut(at(all, webType), maxString), cut(at(all, webUser), maxString)
		row.PID = number(at(all, webPID))
		row.Path, _, _ = strings.Cut(cut(at(all, webPath), maxString), "?")
	case event.ID == 1003 && strings.EqualFold(event.Provider, "MSExchange Front End HTTP Proxy"):
		row.Exception = cut(exceptionName().FindString(cut(text, maxText)), maxString)
	default:
		return
	}
	row.ExceptionKey = strings.ToLower(row.Exception)
	kind := strings.Join([]string{row.Code, row.ExceptionKey, row.Application, at(row.Frames, 0), at(row.Frames, 1)}, "\x00")
	r.errors.add(event, kind, func() WebError {
		row.Text = textOf(all, ", ")
		if event.ID == 1309 {
			row.Text = textOf([]string{at(all, webType+1)}, "")
		}
		return row
	})
}
