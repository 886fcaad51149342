package plan

import (
	"fmt"
	"slices"
	"strings"
)

func backupFolder(nth int) string { return fmt.Sprintf("exvet-backup-%d", nth) }

// cautions is what to know before anything is done.
func (w *work) cautions() []string {
	cautions := []string{
		"Read every command before you run it. Names in them were read from the server.",
		"Run the commands in the Exchange Management Shell (Windows PowerShell 5.1), as administrator, one after the other, in one window.",
	}
	switch in := w.integration; {
	case in.Confidence == "none" && in.File == "" && len(w.change) > 1:
		cautions = append(cautions, "Nothing says that these findings belong to one product: they are what could not be attributed. Find out whose each is, and take out one at a time.")
	case in.Confidence == "none":
		cautions = append(cautions, "Nobody knows which product this is. Find out before you take it out: the files and entries are named below.")
	case in.Confidence == "unverified":
		cautions = append(cautions, "The product is named by a fingerprint or by what its files say of themselves, not by a signature: make sure of it first.")
	}
	if w.integration.Waived > 0 {
		cautions = append(cautions, fmt.Sprintf("A waiver covers %d of its findings: ask its owner first.", w.integration.Waived))
	}
	if len(w.incident) > 0 {
		cautions = append(cautions, "Some of it looks like a compromise or a weakened control. That part is kept as evidence and not taken out here: follow your incident response.")
	}
	return cautions
}

// before scans, and backs up all that will be changed.
func (w *work) before() []Step {
	steps := []Step{{
		Phase: Before, Text: "Scan the server, as the proof of how it was.",
		Commands: []string{"exvet.exe scan -o json=exvet-before.json"},
	}, {
		Phase: Before, Text: "Make a folder for backups.",
		Commands: []string{
			`$backup = (New-Item -ItemType Directory -Force -Path (Join-Path $env:SystemDrive ` + literal(w.folder) + `)).FullName`,
		},
	}}
	if w.has("module", "handler", "filter", "rewrite", "global-module", "app", "pool", "config", "site") {
		steps = append(steps, Step{
			Phase: Before, Text: "Save the configuration of IIS. This holds applicationHost.config with its passwords, and no web.config.",
			Commands: []string{appcmdRun("add", "backup", w.folder)},
		})
	}
	var copies []string
	for i, file := range w.files() {
		copies = append(copies, fmt.Sprintf("Copy-Item -LiteralPath %s -Destination (Join-Path $backup 'file-%d')", literal(file), i+1))
	}
	if len(copies) > 0 {
		steps = append(steps, Step{Phase: Before, Text: "Copy the files that will be changed.", Commands: copies})
	}
	var exports []string
	for i, key := range w.keys() {
		exports = append(exports, fmt.Sprintf(`reg.exe export %s (Join-Path $backup 'key-%d.reg') /y`, argument(key), i+1))
	}
	if len(exports) > 0 {
		steps = append(steps, Step{Phase: Before, Text: "Export the keys of the registry that will be changed.", Commands: exports})
	}
	if w.has("agent") {
		steps = append(steps, Step{
			Phase: Before, Text: "Note the transport agents, their order and which are enabled.",
			Commands: []string{`Get-TransportAgent | Format-List Identity, Enabled, Priority, TransportAgentFactory, AssemblyPath > (Join-Path $backup 'agents.txt')`},
		})
	}
	return steps
}

// files lists configuration files that will be changed, beside the one appcmd saves.
func (w *work) files() []string {
	var files []string
	for _, f := range w.change {
		for _, file := range f.files() {
			lower := strings.ToLower(file)
			if !strings.HasSuffix(lower, `\inetsrv\config\applicationhost.config`) && strings.HasSuffix(lower, ".config") && !slices.Contains(files, file) {
				files = append(files, file)
			}
		}
	}
	slices.Sort(files)
	return files
}

// preserve keeps what an incident response needs.
func (w *work) preserve() []Step {
	if len(w.incident) == 0 {
		return nil
	}
	step := Step{
		Phase: Preserve, Rules: rules(w.incident),
		Text: "Keep the files with their times and hashes, and note who owns them. Do not delete anything. Isolate the server as your incident response says; the rest of this plan can wait.",
	}
	seen := []string{}
	for _, f := range w.incident {
		file := f.finding.Binary
		if kind, _, name := f.subject(); kind == "file" {
			file = name
		}
		if file == "" || slices.Contains(seen, file) {
			continue
		}
		seen = append(seen, file)
		step.Commands = append(step.Commands,
			fmt.Sprintf("Get-Item -LiteralPath %s -Force | Format-List FullName, Length, CreationTimeUtc, LastWriteTimeUtc >> (Join-Path $backup 'evidence.txt')", literal(file)),
			fmt.Sprintf("Get-FileHash -LiteralPath %s -Algorithm SHA256 | Format-List >> (Join-Path $backup 'evidence.txt')", literal(file)))
	}
	return []Step{step}
}

// maintenance takes the server out of service. What the restart of a pool interrupts is short, that of a server is not.
func (w *work) maintenance() []Step {
	if len(w.change) == 0 {
		return nil
	}
	return []Step{{
		Phase: Maintenance,
		Text: "Where the server is a member of a database availability group, put it into maintenance mode: drain its queues, move its active databases and take it out of the load balancer. " +
			"Get-MailboxServer says whether it is one. TARGET is another Mailbox server, by its full name.",
		Commands: []string{
			"Get-MailboxServer $env:COMPUTERNAME | Format-List DatabaseAvailabilityGroup",
			"Set-ServerComponentState $env:COMPUTERNAME -Component HubTransport -State Draining -Requester Maintenance",
			"Redirect-Message -Server $env:COMPUTERNAME -Target TARGET -Confirm:$false",
			"Suspend-ClusterNode $env:COMPUTERNAME",
			"Set-MailboxServer $env:COMPUTERNAME -DatabaseCopyActivationDisabledAndMoveNow $true",
			"Set-MailboxServer $env:COMPUTERNAME -DatabaseCopyAutoActivationPolicy Blocked",
			"Set-ServerComponentState $env:COMPUTERNAME -Component ServerWideOffline -State Inactive -Requester Maintenance",
		},
		Undo: []string{
			"Set-ServerComponentState $env:COMPUTERNAME -Component ServerWideOffline -State Active -Requester Maintenance",
			"Resume-ClusterNode $env:COMPUTERNAME",
			"Set-MailboxServer $env:COMPUTERNAME -DatabaseCopyActivationDisabledAndMoveNow $false",
			"Set-MailboxServer $env:COMPUTERNAME -DatabaseCopyAutoActivationPolicy Unrestricted",
			"Set-ServerComponentState $env:COMPUTERNAME -Component HubTransport -State Active -Requester Maintenance",
		},
		Interrupts: "In a group nothing, once the databases have moved. A server that stands alone cannot be drained: use a maintenance window.",
	}}
}

// exclude is for a product one may not remove: first it is asked to leave Exchange's processes alone.
func (w *work) exclude() []Step {
	if w.integration.Class != "security" || len(w.change) == 0 {
		return nil
	}
	return []Step{{
		Phase: Exclude, Rules: rules(w.change),
		Text: "This is security software. Ask its vendor for a configuration that is supported with Exchange, and exclude Exchange's processes and applications from hooking, injection, exploit prevention and its modules in IIS (not from scanning) in its own console. " +
			"Restart the processes, watch and scan again as below. Go on to turn it off only if it still loads or the problem stays, with the consent of those who answer for security.",
	}}
}

// disable takes one entry out after the other.
func (w *work) disable() []Step {
	var steps []Step
	at := map[string]int{}
	for _, f := range w.change {
		if w.inherited(f) {
			continue // it goes with the entry of the place above
		}
		commands := w.off(f)
		if len(commands) == 0 {
			if kind, _, _ := f.subject(); kind == "event" || kind == "process" {
				continue // what it tells of goes with the rest
			}
		}
		text := f.result.Repro
		if text == "" {
			text = f.result.Remediation
		}
		text = comment(f.finding.Subject) + ". " + strings.Join(strings.Fields(text), " ")
		undo := w.on(f)
		switch kind, _, _ := f.subject(); {
		case len(commands) == 0:
			text += f.places()
		case kind == "service" && len(undo) > 0:
			text += " Have the password of the account at hand: no backup holds it."
		}
		key := f.result.ID + "\x00" + strings.Join(commands, "\n")
		if _, done := at[key]; done && len(commands) > 0 {
			continue
		}
		at[key] = len(steps)
		steps = append(steps, Step{
			Phase: Disable, Text: text, Commands: commands, Undo: undo, Rules: []string{f.result.ID},
		})
	}
	for _, service := range w.services() {
		steps = append(steps, Step{
			Phase: Disable, Text: "The product's own service " + comment(service) + ": keep it from starting, and stop it. What depends on it stops, too.",
			Commands: []string{run("sc.exe", "config", service, "start=", "disabled"), run("sc.exe", "stop", service)},
		})
	}
	return steps
}

// prove scans again and compares.
func (w *work) prove() []Step {
	return []Step{{
		Phase: Prove, Text: "Scan again and compare: what was taken out is listed as fixed, and nothing else changed. Keep both reports for the vendor and for Microsoft Support.",
		Commands: []string{"exvet.exe scan -o json=exvet-after.json", "exvet.exe diff exvet-before.json exvet-after.json"},
	}}
}
