package plan

import (
	"fmt"
	"slices"
	"strings"
)

// restart lets go of what is loaded: a DLL stays in a process until the process ends.
func (w *work) restart() []Step {
	var steps []Step
	if pools := w.pools(); len(pools) > 0 {
		var commands []string
		for _, pool := range pools {
			commands = append(commands, appcmdRun("recycle", "apppool", "/apppool.name:"+pool))
		}
		steps = append(steps, Step{
			Phase: Restart, Text: "Recycle the application pools that had it loaded.", Commands: commands,
			Interrupts: "Requests in these pools are finished first; clients that keep state, such as Outlook on the web, may have to sign in again.",
		})
	}
	if w.has("global-module", "filter", "module", "handler", "site") {
		steps = append(steps, Step{
			Phase: Restart, Text: "Restart IIS, so that no worker process keeps the old modules.", Commands: []string{"Restart-Service W3SVC, WAS -Force"},
			Interrupts: "Every client access protocol of this server is down for about a minute.",
		})
	}
	if w.has("agent") || w.names("service:MSExchangeTransport") {
		steps = append(steps, Step{
			Phase: Restart, Text: "Restart the transport services that load agents.",
			Commands:   []string{"Restart-Service MSExchangeTransport", "Restart-Service MSExchangeFrontEndTransport"},
			Interrupts: "Mail waits in queues for about a minute; nothing is lost.",
		})
	}
	if w.clause("C5") || w.has("registry", "process") {
		steps = append(steps, Step{
			Phase: Restart, Text: "Restart the server: what the registry loads into processes, and variables services start with, go only then.",
			Commands:   []string{"Restart-Computer"},
			Interrupts: "The server is away for as long as it takes to start. Afterwards open a new shell and set $backup again: " + `$backup = (Join-Path $env:SystemDrive ` + literal(w.folder) + `)`,
		})
	}
	return steps
}

// pools lists the application pools that findings name: their own, and those in a message by the name every Exchange pool has.
func (w *work) pools() []string {
	var pools []string
	for _, f := range w.change {
		if kind, _, name := f.subject(); kind == "pool" && !slices.Contains(pools, name) {
			pools = append(pools, name)
		}
	}
	slices.Sort(pools)
	return pools
}

// names reports whether a finding is about a subject.
func (w *work) names(subject string) bool {
	return slices.ContainsFunc(w.change, func(f found) bool { return strings.EqualFold(f.finding.Subject, subject) })
}

// A watched is events that tell whether a problem stays.
type watched struct {
	why, log, provider string
	ids                []int
}

// events lists what to watch, by what is taken out.
func (w *work) events() []watched {
	all := []watched{{"any failure of an Exchange process", "Application", "MSExchange Common", []int{4999}}}
	if w.clause("C1") {
		all = append(all, watched{"impersonated callers, with account and stack", "Application", "MSExchange ADAccess", []int{2117}})
	}
	if w.clause("C3") || w.clause("C5") || w.clause("C2") {
		all = append(all,
			watched{"crashes with the module at fault", "Application", "Application Error", []int{1000}},
			watched{"unhandled exceptions", "Application", ".NET Runtime", []int{1025, 1026}},
			watched{"worker processes that ended", "System", "Microsoft-Windows-WAS", []int{5009, 5011, 5013}},
			watched{"modules that could not be loaded", "Application", "Microsoft-Windows-IIS-W3SVC-WP", []int{2280, 2282, 2214, 2295, 2296}})
	}
	if w.clause("C4") {
		all = append(all, watched{"pools whose account does not work", "System", "Microsoft-Windows-WAS", []int{5021, 5057, 5059}})
	}
	if w.has("agent") {
		all = append(all,
			watched{"agents that fail", "Application", "MSExchange Extensibility", []int{1050, 1051, 1052, 1053, 1054, 1056, 1057}},
			watched{"transport that does not start", "Application", "MSExchangeTransport", []int{7001, 16023}})
	}
	return all
}

func (e watched) command() string {
	ids := make([]string, len(e.ids))
	for i, id := range e.ids {
		ids[i] = fmt.Sprint(id)
	}
	return fmt.Sprintf("Get-WinEvent -FilterHashtable @{LogName=%s; ProviderName=%s; Id=%s; StartTime=$since} -ErrorAction SilentlyContinue | Format-List TimeCreated, Id, Message  # %s",
		literal(e.log), literal(e.provider), strings.Join(ids, ","), e.why)
}

// watch looks whether the problem stays away.
func (w *work) watch() []Step {
	if len(w.change) == 0 {
		return nil
	}
	first := Step{
		Phase: Watch, Text: "Put the server back into service (the last commands of the maintenance step), and note the time.",
		Commands: []string{"$since = Get-Date"},
	}
	steps := []Step{first}
	if w.clause("C1") {
		steps = append(steps, Step{
			Phase: Watch, Text: "For the test only, log impersonated callers with account and stack. Without this, event 2117 is not written at all.",
			Commands: []string{`Set-EventLogLevel "MSExchange ADAccess\General" -Level Expert`},
			Undo:     []string{`Set-EventLogLevel "MSExchange ADAccess\General" -Level Lowest`},
		})
	}
	var commands []string
	for _, event := range w.events() {
		commands = append(commands, event.command())
	}
	commands = append(commands,
		`Get-Counter '\Web Service(_Total)\Current Connections', '\Process(w3wp*)\Private Bytes', '\MSExchangeTransport Queues(_total)\Active Mailbox Delivery Queue Length' -SampleInterval 60 -MaxSamples 5`)
	return append(steps, Step{
		Phase: Watch, Commands: commands, Rules: rules(w.change),
		Text: "Watch for as long as the problem used to take to come back, and over one full working day at least. If it stays away, the product has to answer for it: its vendor's support goes on from here. " +
			"If it comes back, the product is not the cause (or not alone): restore it, and tell Microsoft Support so.",
	})
}

// restore puts everything back, the last change first.
func (w *work) restore() []Step {
	var steps []Step
	services := w.services()
	slices.Reverse(services)
	var imports []string
	for i, key := range slices.Backward(w.keys()) {
		imports = append(imports, fmt.Sprintf("reg.exe import (Join-Path $backup 'key-%d.reg')  # %s", i+1, comment(key)))
	}
	if len(imports) > 0 {
		steps = append(steps, Step{Phase: Restore, Text: "Import the exported keys; this puts the start of the product's services back, too.", Commands: imports})
	}
	var copies []string
	for i, file := range w.files() {
		copies = append(copies, fmt.Sprintf("Copy-Item -LiteralPath (Join-Path $backup 'file-%d') -Destination %s -Force", i+1, literal(file)))
	}
	if w.has("module", "handler", "filter", "rewrite", "global-module", "app", "pool", "config", "site") {
		copies = append(copies, appcmdRun("restore", "backup", w.folder, "/stop:true"))
	}
	if len(copies) > 0 {
		steps = append(steps, Step{
			Phase: Restore, Text: "Put the configuration back, with the passwords it held. IIS is stopped and started.", Commands: copies,
			Interrupts: "Every client access protocol of this server is down for about a minute.",
		})
	}
	var enable, accounts []string
	for _, f := range w.change {
		if kind, _, _ := f.subject(); kind == "agent" {
			enable = append(enable, w.on(f)...)
		} else {
			accounts = append(accounts, w.on(f)...)
		}
	}
	if len(accounts) > 0 {
		steps = append(steps, Step{Phase: Restore, Text: "Give the services their accounts again, each with its password in place of PASSWORD.", Commands: accounts})
	}
	if len(enable) > 0 {
		steps = append(steps, Step{Phase: Restore, Text: "Turn the agents on again and restart transport.", Commands: append(enable, "Restart-Service MSExchangeTransport")})
	}
	var start []string
	for _, service := range services {
		start = append(start, run("sc.exe", "start", service))
	}
	if len(start) > 0 {
		steps = append(steps, Step{Phase: Restore, Text: "Start the product's services: restart the server, or start those that ran.", Commands: start})
	}
	if len(steps) == 0 {
		return nil
	}
	return append(steps, Step{
		Phase: Restore, Text: "Restart what the restart steps name, take the server out of maintenance mode, and scan once more: the report is the one from before.",
		Commands: []string{"exvet.exe scan -o json=exvet-restored.json", "exvet.exe diff exvet-before.json exvet-restored.json"},
	})
}
