package collectors

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/cmdlet"
)

// Organisation is what read-only cmdlets of Exchange answered, and who called EWS. Fields that end in "_key" are lower
// case. File and Line of a row are the file its cmdlet's answer lies in and the number of the object there.
type Organisation struct {
	Agents          []AgentAnswer      `json:"agents"`
	RoleAssignments []RoleAssignment   `json:"role_assignments"`
	Connectors      []MailConnector    `json:"connectors"`
	Services        []TransportService `json:"services"`
	JournalRules    []JournalRule      `json:"journal_rules"`
	TransportRules  []TransportRule    `json:"transport_rules"`
	Apps            []WebAddIn         `json:"apps"`
	ExtensionAgents []ExtensionAgent   `json:"extension_agents"`
	Directories     []WebDirectory     `json:"directories"`
	Anywhere        []OutlookAnywhere  `json:"anywhere"`
	Groups          []AvailabilityDAG  `json:"groups"`
	Overrides       []SettingOverride  `json:"overrides"`
	Hybrid          []HybridSetting    `json:"hybrid"`
	EWSCallers      []EWSCaller        `json:"ews_callers"`
}

func organisation() Collector {
	return define("organisation", "What read-only cmdlets of Exchange say, and who calls EWS", collectOrganisation)
}

// An exporter is a host that holds more than the server's own disks: a folder exvet.
type exporter interface{ Exports() fs.FS }

// A source is a cmdlet, and the table its answers fill.
type source struct {
	cmdlet string
	table  string
	add    func(*Organisation, answer)
}

// An answer is one object, and where it was found.
type answer struct {
	cmdlet.Object

	cmdlet string
	file   string
	line   int
}

// answers lists the cmdlets whose answers are read: those of docs/exvet-cmdlets.ps1.
func answers() []source {
	return []source{
		{"Get-TransportAgent", "agents", (*Organisation).agent},
		{"Get-ManagementRoleAssignment", "role_assignments", (*Organisation).roleAssignment},
		{"Get-SendConnector", "connectors", (*Organisation).connector},
		{"Get-ReceiveConnector", "connectors", (*Organisation).connector},
		{"Get-DeliveryAgentConnector", "connectors", (*Organisation).connector},
		{"Get-ForeignConnector", "connectors", (*Organisation).connector},
		{"Get-TransportService", "services", (*Organisation).service},
		{"Get-JournalRule", "journal_rules", (*Organisation).journalRule},
		{"Get-TransportRule", "transport_rules", (*Organisation).transportRule},
		{"Get-App", "apps", (*Organisation).app},
		{"Get-CmdletExtensionAgent", "extension_agents", (*Organisation).extensionAgent},
		{"Get-OwaVirtualDirectory", "directories", (*Organisation).directory},
		{"Get-EcpVirtualDirectory", "directories", (*Organisation).directory},
		{"Get-OabVirtualDirectory", "directories", (*Organisation).directory},
		{"Get-WebServicesVirtualDirectory", "directories", (*Organisation).directory},
		{"Get-ActiveSyncVirtualDirectory", "directories", (*Organisation).directory},
		{"Get-OutlookAnywhere", "anywhere", (*Organisation).outlookAnywhere},
		{"Get-DatabaseAvailabilityGroup", "groups", (*Organisation).group},
		{"Get-SettingOverride", "overrides", (*Organisation).override},
		{"Get-HybridConfiguration", "hybrid", (*Organisation).hybridSetting},
	}
}

func collectOrganisation(ctx context.Context, host exvet.Host) (*Organisation, error) {
	found := newOrganisation()
	r := newDiskReader(ctx, host.Files(), "organisation")
	held := found.answers(r, host)
	if !held {
		r.leaveOpen("", "", fmt.Errorf(`no answers of cmdlets, %w: run exvet-cmdlets.ps1 on the server and put what it writes into exvet\cmdlets`, exvet.ErrNoEvidence), tablesOf(answers())...)
	}
	logs := found.ewsLogs(r, installation(ctx, host))
	if !held && !logs {
		return nil, r.done()
	}
	return found, r.done()
}

func tablesOf(all []source) []string {
	var tables []string
	for _, one := range all {
		tables = append(tables, one.table)
	}
	return slices.Compact(slices.Sorted(slices.Values(tables)))
}

// An answerFile is a file that holds what a cmdlet answered.
type answerFile struct {
	files fs.FS
	name  string // in files
	shown string // for people
}

// answers reads every file of answers. It reports whether there are any.
func (o *Organisation) answers(r *diskReader, host exvet.Host) bool {
	byCmdlet := map[string][]answerFile{}
	held := false
	for _, file := range answerFiles(host) {
		if name := cmdletOf(file.name); name != "" {
			byCmdlet[name] = append(byCmdlet[name], file)
			held = true
		}
	}
	if !held {
		return false
	}
	for _, from := range answers() {
		if len(byCmdlet[from.cmdlet]) == 0 {
			r.leaveOpen("", "", fmt.Errorf(`%s is not among the answers in exvet\cmdlets: %w`, from.cmdlet, exvet.ErrNoEvidence), from.table)
		}
		for _, file := range byCmdlet[from.cmdlet] {
			o.read(r, from, file)
		}
	}
	return true
}

func (o *Organisation) read(r *diskReader, from source, file answerFile) {
	reader := diskReader{ctx: r.ctx, files: file.files}
	data, err := reader.readName(file.name, cmdlet.MaxBytes)
	var objects []cmdlet.Object
	if err == nil {
		objects, err = cmdlet.Read(r.ctx, data)
	}
	if err != nil {
		r.leaveOpen(file.shown, "", err, from.table)
	}
	for i, object := range objects {
		if !r.row(from.table) {
			return
		}
		from.add(o, answer{Object: object, cmdlet: from.cmdlet, file: file.shown, line: i + 1})
	}
}

// maxAnswerFiles bounds the files of answers.
const maxAnswerFiles = 1_000

// answerFiles lists the files in exvet\cmdlets, and in the folder the script writes to on the server itself.
func answerFiles(host exvet.Host) []answerFile {
	var found []answerFile
	add := func(files fs.FS, folder, shown string) {
		entries, _ := fs.ReadDir(files, folder)
		for _, entry := range entries {
			if kind := extension(entry); (kind == "json" || kind == "xml" || kind == "clixml") && len(found) < maxAnswerFiles {
				found = append(found, answerFile{files, path.Join(folder, entry.Name()), shown + entry.Name()})
			}
		}
	}
	if more, ok := host.(exporter); ok {
		add(more.Exports(), "exvet/cmdlets", `exvet\cmdlets\`)
	}
	if len(found) == 0 {
		system := environment(host.Files()).Expand(`%ProgramData%\exvet\cmdlets`)
		if name, ok := exvet.FSPath(system); ok {
			add(host.Files(), name, system+`\`)
		}
	}
	return found
}

// cmdletOf gives the cmdlet a file is named after: Get-App.json, GetApp.xml, get-app-ex01.json. The longest name wins.
func cmdletOf(file string) string {
	letters := func(text string) string {
		return strings.Map(func(c rune) rune {
			if unicode.IsLetter(c) {
				return unicode.ToLower(c)
			}
			return -1
		}, text)
	}
	base := letters(strings.TrimSuffix(path.Base(file), path.Ext(file)))
	best := ""
	for _, from := range answers() {
		if strings.HasPrefix(base, letters(from.cmdlet)) && len(from.cmdlet) > len(best) {
			best = from.cmdlet
		}
	}
	return best
}

var errNoLogs = errors.New(`copy Logging\Ews below the folder of Exchange`)
