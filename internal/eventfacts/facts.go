// Package eventfacts turns the events of a server into the facts rules read, a few rows for each kind of event. It
// reports and never judges. Pure.
package eventfacts

// Facts is what the event logs say, as relations: each table is an array of flat objects. Fields that end in "_key"
// are lower case, for comparison, paths as exvet.PathKey gives them; the spelling found stands beside them. Texts are
// cut, and values that may be secrets left out.
//
// A table holds the newest rows of each kind of event: Count says how many there were.
type Facts struct {
	Logs                []Log                `json:"logs"`
	Kinds               []Kind               `json:"kinds"`
	Examples            []Example            `json:"examples"`
	Watson              []Watson             `json:"watson"`
	ImpersonatedCallers []ImpersonatedCaller `json:"impersonated_callers"`
	Crashes             []Crash              `json:"crashes"`
	WAS                 []WAS                `json:"was"`
	ModuleFailures      []ModuleFailure      `json:"module_failures"`
	Profilers           []Profiler           `json:"profilers"`
	Agents              []Agent              `json:"agents"`
	Services            []Service            `json:"services"`
	ConfigChanges       []ConfigChange       `json:"config_changes"`
	Cmdlets             []Cmdlet             `json:"cmdlets"`
	WebErrors           []WebError           `json:"web_errors"`
}

// A Row is what every row has that stands for an event.
type Row struct {
	Log         string `json:"log"`    // "Application"
	Record      uint64 `json:"record"` // number in its log
	Time        string `json:"time"`   // "2026-11-20T08:00:00.000Z", or "" where it is not known
	Provider    string `json:"provider"`
	ProviderKey string `json:"provider_key"`
	ID          int    `json:"id"`
	PID         int    `json:"pid"`   // the process the event is about, or 0
	Count       int    `json:"count"` // events of the same kind
}

// A Log is one file of a log: how far back it reaches and how much of it could be read.
type Log struct {
	Log           string   `json:"log"`
	LogKey        string   `json:"log_key"`
	File          string   `json:"file"`
	Record        uint64   `json:"record"` // newest
	Time          string   `json:"time"`   // of the newest event
	Records       int      `json:"records"`
	Recovered     int      `json:"recovered"` // found behind damage, beside Records
	OldestRecord  uint64   `json:"oldest_record"`
	NewestRecord  uint64   `json:"newest_record"`
	Oldest        string   `json:"oldest"`
	Newest        string   `json:"newest"`
	WindowHours   int      `json:"window_hours"` // from the oldest event to the newest
	Dirty         bool     `json:"dirty"`        // copied while it was in use
	Unreadable    int      `json:"unreadable"`   // records
	Chunks        int      `json:"chunks"`
	DamagedChunks int      `json:"damaged_chunks"`
	SkippedBytes  int64    `json:"skipped_bytes"`
	Notes         []string `json:"notes"`
}

// A Kind is an event of one number and provider in one log. Record and Time are those of the newest.
type Kind struct {
	Log         string `json:"log"`
	Record      uint64 `json:"record"`
	Time        string `json:"time"`
	Provider    string `json:"provider"`
	ProviderKey string `json:"provider_key"`
	ID          int    `json:"id"`
	Level       int    `json:"level"` // 1 critical, 2 error, 3 warning, 4 information
	Count       int    `json:"count"`
	First       string `json:"first"`
	Last        string `json:"last"`
}

// An Example is one of the newest events of a Kind.
type Example struct {
	Row

	Level   int      `json:"level"`
	User    string   `json:"user"` // SID
	Strings []string `json:"strings"`
}

// A Watson is a report Exchange made of a failure of its own (4999).
type Watson struct {
	Row

	EventType       string `json:"event_type"` // "E12IIS"
	Flavor          string `json:"flavor"`
	AppVersion      string `json:"app_version"`
	AppName         string `json:"app_name"` // "w3wp#MSExchangeServicesAppPool"
	AppKey          string `json:"app_key"`
	Pool            string `json:"pool"` // of AppName, or ""
	PoolKey         string `json:"pool_key"`
	Assembly        string `json:"assembly"` // names are abbreviated: "M.Exchange.Security"
	AssemblyKey     string `json:"assembly_key"`
	Method          string `json:"method"`
	MethodKey       string `json:"method_key"`
	Exception       string `json:"exception"`
	ExceptionKey    string `json:"exception_key"`
	Hash            string `json:"hash"`
	AssemblyVersion string `json:"assembly_version"`
	Parameters      int    `json:"parameters"` // found behind EventType; 8 are all

	// BlocksImpersonatedCallers is whether ConnectionPoolManager.BlockImpersonatedCallers is named, in any abbreviation.
	BlocksImpersonatedCallers bool   `json:"blocks_impersonated_callers"`
	Text                      string `json:"text"` // the parameters as logged
}

// An ImpersonatedCaller is a call into Exchange's directory access under another account (ADAccess 2117).
type ImpersonatedCaller struct {
	Row

	Process    string   `json:"process"`
	ProcessKey string   `json:"process_key"`
	Account    string   `json:"account"`
	AccountKey string   `json:"account_key"`
	AppName    string   `json:"app_name"` // of a Watson report or WAS event of the same process, or ""
	Pool       string   `json:"pool"`
	PoolKey    string   `json:"pool_key"`
	Frames     []string `json:"frames"` // of the call stack, innermost first, without "at"
}

// A Crash is the end of a process as Windows or .NET reports it.
type Crash struct {
	Row

	Kind               string   `json:"kind"` // "fault", "clr", "fail_fast", "unhandled" or "report"
	Application        string   `json:"application"`
	ApplicationKey     string   `json:"application_key"`
	ApplicationPath    string   `json:"application_path"`
	ApplicationPathKey string   `json:"application_path_key"`
	Module             string   `json:"module"` // where it faulted, which is not who is guilty
	ModuleKey          string   `json:"module_key"`
	ModulePath         string   `json:"module_path"`
	ModulePathKey      string   `json:"module_path_key"`
	Code               string   `json:"code"`        // "c0000005"
	Exception          string   `json:"exception"`   // type, of the .NET kinds
	ReportType         string   `json:"report_type"` // of a report: "E12IIS", "CLR20r3", "APPCRASH"
	AppName            string   `json:"app_name"`    // of a Watson report or WAS event of the same process, or ""
	Pool               string   `json:"pool"`
	PoolKey            string   `json:"pool_key"`
	Frames             []string `json:"frames"`
	Text               string   `json:"text"`
}

// A WAS is an event of the service that runs application pools.
type WAS struct {
	Row

	Kind    string `json:"kind"` // "disabled", "terminated", "communication", "shutdown", "identity", ...
	Pool    string `json:"pool"`
	PoolKey string `json:"pool_key"`
	Text    string `json:"text"`
}

// A ModuleFailure is a module, filter or extension a worker process could not load.
type ModuleFailure struct {
	Row

	Kind     string `json:"kind"` // "load", "architecture", "filter", "extension", "filters", "registration", ...
	Image    string `json:"image"`
	ImageKey string `json:"image_key"` // variables are not expanded
	Text     string `json:"text"`
}

// A Profiler is what .NET says of a profiler. The number of the event does not tell the message.
type Profiler struct {
	Row

	MessageID string `json:"message_id"` // "0x2504", or "" where the text has none
	Meaning   string `json:"meaning"`    // "loaded", "load_failed", "declined", "attach_requested", "attach_failed", "detached", "disabled" or "other"
	CLSID     string `json:"clsid"`      // or a ProgID, as written
	CLSIDKey  string `json:"clsid_key"`  // without braces
	HRESULT   string `json:"hresult"`
	Text      string `json:"text"`
}

// An Agent is a failure of a transport agent.
type Agent struct {
	Row

	Kind        string `json:"kind"` // "slow", "exception", "factory", "instance", "version", "startup_delay", "completed_twice", "not_resumed", "start"
	Agent       string `json:"agent"`
	AgentKey    string `json:"agent_key"`
	Factory     string `json:"factory"`
	Assembly    string `json:"assembly"` // path
	AssemblyKey string `json:"assembly_key"`
	Exception   string `json:"exception"`
	Event       string `json:"event"` // "OnSubmittedMessage"
	Text        string `json:"text"`
}

// A Service is an event of the service control manager.
type Service struct {
	Row

	Kind       string `json:"kind"`    // "terminated", "failed_to_start", "timeout", "error", "start_type" or "installed"
	Service    string `json:"service"` // display name, as the events have it
	ServiceKey string `json:"service_key"`
	Name       string `json:"name"` // the short one, where it is told
	NameKey    string `json:"name_key"`
	Image      string `json:"image"` // command line
	ImageKey   string `json:"image_key"`
	Account    string `json:"account"`
	AccountKey string `json:"account_key"`
	StartType  string `json:"start_type"`
	Code       string `json:"code"`
	Text       string `json:"text"`
}

// A ConfigChange is an edit of IIS configuration.
type ConfigChange struct {
	Row

	Operation        string `json:"operation"`
	Configuration    string `json:"configuration"` // "/system.webServer/modules/add[@name='x']"
	ConfigurationKey string `json:"configuration_key"`
	ConfigPath       string `json:"config_path"` // "MACHINE/WEBROOT/APPHOST/Default Web Site"
	OldValue         string `json:"old_value"`
	NewValue         string `json:"new_value"`
	User             string `json:"user"` // SID
}

// A Cmdlet is a command that changes what is integrated with Exchange.
type Cmdlet struct {
	Row

	Cmdlet     string `json:"cmdlet"`
	CmdletKey  string `json:"cmdlet_key"`
	Parameters string `json:"parameters"`
	Account    string `json:"account"`
	AccountKey string `json:"account_key"`
	SID        string `json:"sid"`
	Process    string `json:"process"` // "w3wp#MSExchangePowerShellAppPool"
	Failed     bool   `json:"failed"`
}

// A WebError is an exception in a web application.
type WebError struct {
	Row

	Code         string   `json:"code"` // "3005"
	Exception    string   `json:"exception"`
	ExceptionKey string   `json:"exception_key"`
	Application  string   `json:"application"` // folder
	Path         string   `json:"path"`        // of the request, without its query
	Account      string   `json:"account"`
	Frames       []string `json:"frames"`
	Text         string   `json:"text"`
}
