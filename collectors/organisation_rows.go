package collectors

import (
	"strings"

	"github.com/exvet/exvet"
)

// A Source is the answer a row was taken from.
type Source struct {
	File string `json:"file"`
	Line int    `json:"line"` // number of the object in the file
}

// An AgentAnswer is a transport agent as the cmdlet shows it.
type AgentAnswer struct {
	Source

	Name        string `json:"name"`
	Key         string `json:"key"`
	Enabled     bool   `json:"enabled"`
	Priority    string `json:"priority"`
	Factory     string `json:"factory"`
	Assembly    string `json:"assembly"`
	AssemblyKey string `json:"assembly_key"`
}

// A RoleAssignment gives someone a role of management.
type RoleAssignment struct {
	Source

	Name         string `json:"name"`
	Role         string `json:"role"`
	RoleKey      string `json:"role_key"`
	Assignee     string `json:"assignee"`
	AssigneeType string `json:"assignee_type"` // "User", "RoleGroup", ...
	Delegation   string `json:"delegation"`    // "Regular", or "DelegatingOrgWide": may be handed on, not used
	Scope        string `json:"scope"`         // custom scope of recipients, or ""
	WriteScope   string `json:"write_scope"`   // "Organization", "CustomRecipientScope", ...
	Enabled      bool   `json:"enabled"`
}

// A MailConnector is a way mail enters or leaves.
type MailConnector struct {
	Source

	Kind     string   `json:"kind"` // "send", "receive", "delivery_agent" or "foreign"
	Name     string   `json:"name"`
	Server   string   `json:"server"`
	Enabled  bool     `json:"enabled"`
	Protocol string   `json:"protocol"` // of a delivery agent
	Drop     string   `json:"drop"`     // folder of a foreign connector
	Spaces   []string `json:"spaces"`   // addresses it is for
	Hosts    []string `json:"hosts"`    // it sends to, or takes from
}

// A TransportService is where one server's transport looks for messages other programs leave.
type TransportService struct {
	Source

	Name      string `json:"name"`
	Pickup    string `json:"pickup"`
	PickupKey string `json:"pickup_key"`
	Replay    string `json:"replay"`
	ReplayKey string `json:"replay_key"`
}

// A JournalRule sends copies of mail to an address.
type JournalRule struct {
	Source

	Name    string `json:"name"`
	Enabled bool   `json:"enabled"`
	Address string `json:"address"`
	Scope   string `json:"scope"`
}

// A TransportRule is a rule of mail flow.
type TransportRule struct {
	Source

	Name     string `json:"name"`
	Enabled  bool   `json:"enabled"`
	Priority string `json:"priority"`
}

// A WebAddIn is an add-in for Outlook the organisation has.
type WebAddIn struct {
	Source

	Name     string `json:"name"`
	ID       string `json:"id"`
	Provider string `json:"provider"`
	Version  string `json:"version"`
	Kind     string `json:"kind"` // "MarketPlace", "PrivateCatalog", "Default"
	Enabled  bool   `json:"enabled"`
}

// An ExtensionAgent runs with the cmdlets of Exchange.
type ExtensionAgent struct {
	Source

	Name     string `json:"name"`
	Key      string `json:"key"`
	Enabled  bool   `json:"enabled"`
	System   bool   `json:"system"` // of Exchange itself
	Factory  string `json:"factory"`
	Assembly string `json:"assembly"`
}

// A WebDirectory is a virtual directory as Exchange has it. The passwords and keys of none are read.
type WebDirectory struct {
	Source

	Kind        string `json:"kind"` // "owa", "ecp", "oab", "ews" or "eas"
	Name        string `json:"name"`
	Server      string `json:"server"`
	InternalURL string `json:"internal_url"`
	ExternalURL string `json:"external_url"`
	Basic       bool   `json:"basic"`
	ADFS        bool   `json:"adfs"`
	OAuth       bool   `json:"oauth"`
	Certificate bool   `json:"certificate"`
}

// OutlookAnywhere is what one server offers to Outlook through RPC over HTTP.
type OutlookAnywhere struct {
	Source

	Name     string `json:"name"`
	Server   string `json:"server"`
	External string `json:"external"`
	Internal string `json:"internal"`
}

// An AvailabilityDAG is a group of servers that hold copies of each other's databases.
type AvailabilityDAG struct {
	Source

	Name       string `json:"name"`
	ThirdParty bool   `json:"third_party"` // another vendor's product makes the copies
}

// A SettingOverride changes how Exchange works, as Microsoft's support asks for.
type SettingOverride struct {
	Source

	Name       string   `json:"name"`
	Component  string   `json:"component"`
	Section    string   `json:"section"`
	Server     []string `json:"server"`
	Parameters []string `json:"parameters"`
}

// A HybridSetting is what joins the organisation with Exchange Online.
type HybridSetting struct {
	Source

	Name     string   `json:"name"`
	Features []string `json:"features"`
}

func newOrganisation() *Organisation {
	return &Organisation{
		Agents: []AgentAnswer{}, RoleAssignments: []RoleAssignment{}, Connectors: []MailConnector{}, Services: []TransportService{},
		JournalRules: []JournalRule{}, TransportRules: []TransportRule{}, Apps: []WebAddIn{}, ExtensionAgents: []ExtensionAgent{},
		Directories: []WebDirectory{}, Anywhere: []OutlookAnywhere{}, Groups: []AvailabilityDAG{}, Overrides: []SettingOverride{},
		Hybrid: []HybridSetting{}, EWSCallers: []EWSCaller{},
	}
}

func (a answer) source() Source { return Source{File: a.file, Line: a.line} }

// text is a property as a snapshot may hold it.
func (a answer) text(names ...string) string { return shortened(a.Text(names...)) }

func (a answer) name() string { return a.text("Name", "Identity") }

func (o *Organisation) agent(a answer) {
	row := AgentAnswer{
		Source: a.source(), Name: a.text("Identity", "Name"), Enabled: a.Flag("Enabled", false), Priority: a.text("Priority"),
		Factory: a.text("TransportAgentFactory"), Assembly: a.text("AssemblyPath"),
	}
	row.Key, row.AssemblyKey = strings.ToLower(row.Name), exvet.PathKey(row.Assembly)
	o.Agents = append(o.Agents, row)
}

func (o *Organisation) roleAssignment(a answer) {
	row := RoleAssignment{
		Source: a.source(), Name: a.name(), Role: a.text("Role"), Assignee: a.text("RoleAssigneeName", "RoleAssignee", "User"),
		AssigneeType: a.text("RoleAssigneeType"), Delegation: a.text("RoleAssignmentDelegationType"), Scope: a.text("CustomRecipientWriteScope"),
		WriteScope: a.text("RecipientWriteScope"), Enabled: a.Flag("Enabled", true),
	}
	if row.RoleKey = strings.ToLower(row.Role); strings.Contains(row.RoleKey, "applicationimpersonation") {
		row.RoleKey = "applicationimpersonation" // the role may stand as its path
	}
	o.RoleAssignments = append(o.RoleAssignments, row)
}

// connectorKinds are the kinds of connectors by their cmdlet.
var connectorKinds = map[string]string{
	"Get-SendConnector": "send", "Get-ReceiveConnector": "receive", "Get-DeliveryAgentConnector": "delivery_agent", "Get-ForeignConnector": "foreign",
}

func (o *Organisation) connector(a answer) {
	row := MailConnector{
		Source: a.source(), Kind: connectorKinds[a.cmdlet], Name: a.name(), Server: a.text("Server", "HomeMTA"), Enabled: a.Flag("Enabled", true),
		Protocol: a.text("DeliveryProtocol"), Drop: a.text("DropDirectory"), Spaces: shortenedAll(a.Texts("AddressSpaces")),
		Hosts: shortenedAll(a.Texts("SmartHosts")),
	}
	if row.Kind == "receive" {
		row.Hosts = shortenedAll(a.Texts("RemoteIPRanges"))
	}
	o.Connectors = append(o.Connectors, row)
}

func (o *Organisation) service(a answer) {
	row := TransportService{
		Source: a.source(), Name: a.name(), Pickup: a.text("PickupDirectoryPath"), Replay: a.text("ReplayDirectoryPath"),
	}
	row.PickupKey, row.ReplayKey = exvet.PathKey(row.Pickup), exvet.PathKey(row.Replay)
	o.Services = append(o.Services, row)
}

func (o *Organisation) journalRule(a answer) {
	o.JournalRules = append(o.JournalRules, JournalRule{
		Source: a.source(), Name: a.name(), Enabled: a.Flag("Enabled", true), Address: a.text("JournalEmailAddress"), Scope: a.text("Scope"),
	})
}

func (o *Organisation) transportRule(a answer) {
	state := a.text("State")
	o.TransportRules = append(o.TransportRules, TransportRule{
		Source: a.source(), Name: a.name(), Enabled: state == "" || strings.EqualFold(state, "Enabled"), Priority: a.text("Priority"),
	})
}

func (o *Organisation) app(a answer) {
	o.Apps = append(o.Apps, WebAddIn{
		Source: a.source(), Name: a.text("DisplayName", "Name"), ID: a.text("AppId"), Provider: a.text("ProviderName"), Version: a.text("AppVersion"),
		Kind: a.text("Type"), Enabled: a.Flag("Enabled", true),
	})
}

func (o *Organisation) extensionAgent(a answer) {
	row := ExtensionAgent{
		Source: a.source(), Name: a.name(), Enabled: a.Flag("Enabled", false), System: a.Flag("IsSystem", false), Factory: a.text("ClassFactory"),
		Assembly: a.text("Assembly"),
	}
	row.Key = strings.ToLower(row.Name)
	o.ExtensionAgents = append(o.ExtensionAgents, row)
}

// directoryKinds are the kinds of virtual directories by their cmdlet.
var directoryKinds = map[string]string{
	"Get-OwaVirtualDirectory": "owa", "Get-EcpVirtualDirectory": "ecp", "Get-OabVirtualDirectory": "oab",
	"Get-WebServicesVirtualDirectory": "ews", "Get-ActiveSyncVirtualDirectory": "eas",
}

func (o *Organisation) directory(a answer) {
	o.Directories = append(o.Directories, WebDirectory{
		Source: a.source(), Kind: directoryKinds[a.cmdlet], Name: a.name(), Server: a.text("Server"), InternalURL: a.text("InternalUrl"),
		ExternalURL: a.text("ExternalUrl"), Basic: a.Flag("BasicAuthentication", false) || a.Flag("BasicAuthEnabled", false),
		ADFS: a.Flag("AdfsAuthentication", false), OAuth: a.Flag("OAuthAuthentication", false),
		Certificate: a.Flag("CertificateAuthentication", false),
	})
}

func (o *Organisation) outlookAnywhere(a answer) {
	o.Anywhere = append(o.Anywhere, OutlookAnywhere{
		Source: a.source(), Name: a.name(), Server: a.text("Server", "ServerName"), External: a.text("ExternalHostname"), Internal: a.text("InternalHostname"),
	})
}

func (o *Organisation) group(a answer) {
	o.Groups = append(o.Groups, AvailabilityDAG{
		Source: a.source(), Name: a.name(), ThirdParty: strings.EqualFold(a.text("ThirdPartyReplication"), "Enabled"),
	})
}

func (o *Organisation) override(a answer) {
	o.Overrides = append(o.Overrides, SettingOverride{
		Source: a.source(), Name: a.name(), Component: a.text("ComponentName"), Section: a.text("SectionName"), Server: shortenedAll(a.Texts("Server")),
		Parameters: shortenedAll(a.Texts("Parameters")),
	})
}

func (o *Organisation) hybridSetting(a answer) {
	o.Hybrid = append(o.Hybrid, HybridSetting{Source: a.source(), Name: a.name(), Features: shortenedAll(a.Texts("Features"))})
}
