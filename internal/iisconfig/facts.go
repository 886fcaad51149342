// Package iisconfig computes the effective IIS configuration of a server from its files, with the file and
// line every entry comes from. It reads and never judges.
package iisconfig

// Facts is the effective configuration as relations: each table is an array of flat objects. Modules,
// handlers, filters, rules and settings stand once for each place they are declared in, with the list of
// scopes they are effective in.
//
// A scope is a configuration path: "" is the server level, "Default Web Site" a site, "Default Web Site/owa"
// an application or a folder below one ("Default Web Site/" is a site's root application). Fields that end in
// "_key" and those named "key", "class", "assembly" and "token" are lower case, for comparison; the spelling
// found stands beside them.
type Facts struct {
	Pools                []Pool                `json:"pools"`
	Sites                []Site                `json:"sites"`
	Apps                 []App                 `json:"apps"`
	Directories          []Directory           `json:"directories"`
	GlobalModules        []GlobalModule        `json:"global_modules"`
	Modules              []Module              `json:"modules"`
	Handlers             []Handler             `json:"handlers"`
	Filters              []Filter              `json:"filters"`
	RewriteRules         []RewriteRule         `json:"rewrite_rules"`
	RewriteProviders     []RewriteProvider     `json:"rewrite_providers"`
	ManagedTypes         []ManagedType         `json:"managed_types"`
	ISAPIRestrictions    []ISAPIRestriction    `json:"isapi_restrictions"`
	AutoStartProviders   []AutoStartProvider   `json:"auto_start_providers"`
	WebFarms             []WebFarm             `json:"web_farms"`
	SchemaFiles          []SchemaFile          `json:"schema_files"`
	CLRConfigs           []CLRConfig           `json:"clr_configs"`
	Probing              []Probing             `json:"probing"`
	ModuleOrder          []ModuleOrder         `json:"module_order"`
	Settings             []Setting             `json:"settings"`
	LinkedConfigurations []LinkedConfiguration `json:"linked_configurations"`
	CodeBases            []CodeBase            `json:"code_bases"`
	Rejected             []Rejected            `json:"rejected"`
	Notes                []Note                `json:"notes"`
}

// An Origin is the place an entry is declared in.
type Origin struct {
	File string `json:"file"` // Windows path
	Line int    `json:"line"` // of the element's start tag, from 1
}

// An Override is a declaration that a nearer one replaced, removed or cleared.
type Override struct {
	Origin

	Value string `json:"value"` // deciding text of what was overridden: type, image, path or attribute value
}

// A Secret stands for a value that must not leave the server.
type Secret struct {
	Kind        string `json:"kind"`        // "plain" or "encrypted"
	Fingerprint string `json:"fingerprint"` // salted and shortened: tells a change, not the value; "" past the first hundred of a file
}

// A Pool is an application pool with applicationPoolDefaults merged in.
type Pool struct {
	Origin

	Name           string  `json:"name"`
	Key            string  `json:"key"`
	IdentityType   string  `json:"identity_type"` // "LocalSystem", "NetworkService", "SpecificUser", ...
	IdentityFrom   string  `json:"identity_from"` // "pool", "defaults" or "schema": where IdentityType was set
	IdentityLine   int     `json:"identity_line"` // of the element that sets it, in File; 0 for the schema's default
	UserName       string  `json:"user_name"`     // with SpecificUser
	SID            string  `json:"sid"`           // of the account where it is well known, else ""
	Password       *Secret `json:"password,omitempty"`
	PipelineMode   string  `json:"pipeline_mode"`   // "Integrated" or "Classic"
	RuntimeVersion string  `json:"runtime_version"` // "v4.0", "" for no managed code
	Enable32Bit    bool    `json:"enable_32bit"`
	CLRConfigFile  string  `json:"clr_config_file"`
	CLRConfigKey   string  `json:"clr_config_key"`

	RapidFailProtection  bool                  `json:"rapid_fail_protection"`
	PeriodicRestart      string                `json:"periodic_restart"` // "1.05:00:00"
	IdleTimeout          string                `json:"idle_timeout"`     // "00:20:00"
	PingingEnabled       bool                  `json:"pinging_enabled"`
	QueueLength          string                `json:"queue_length"`
	EnvironmentVariables []EnvironmentVariable `json:"environment_variables"` // of the pool, over those of the defaults
}

// An EnvironmentVariable is set for the worker processes of a pool.
type EnvironmentVariable struct {
	Origin

	Name  string `json:"name"`
	Key   string `json:"key"`
	Value string `json:"value"` // "[secret]" where the name says so
}

// A Site is an IIS site.
type Site struct {
	Origin

	Name     string    `json:"name"`
	Key      string    `json:"key"`
	ID       string    `json:"id"`
	Bindings []Binding `json:"bindings"`

	LogPluginCLSID string `json:"log_plugin_clsid"` // class that writes the log, or "" for IIS's own
	LogEnabled     bool   `json:"log_enabled"`
}

// A Binding is an address a site answers at.
type Binding struct {
	Protocol    string `json:"protocol"`
	Information string `json:"information"` // "*:443:"
}

// An App is an application of a site.
type App struct {
	Origin

	Scope        string `json:"scope"` // site and path: "Default Web Site/owa"
	Key          string `json:"key"`   // Scope in lower case
	Site         string `json:"site"`  // name
	Path         string `json:"path"`  // "/owa"
	Pool         string `json:"pool"`
	PoolKey      string `json:"pool_key"`
	PoolFrom     string `json:"pool_from"` // "application", "site", "server" or "schema": where Pool was set
	PhysicalPath string `json:"physical_path"`
	PhysicalKey  string `json:"physical_key"` // expanded path key

	AutoStart         bool   `json:"auto_start"`          // serviceAutoStartEnabled
	AutoStartProvider string `json:"auto_start_provider"` // name of one of AutoStartProviders, or ""
	Preload           bool   `json:"preload"`             // preloadEnabled
}

// A Directory is a place below an application with configuration of its own: a virtual directory, a folder
// with a web.config, or a path a <location> names.
type Directory struct {
	Origin

	Scope        string `json:"scope"`
	Key          string `json:"key"`
	App          string `json:"app"`  // scope of the application it belongs to
	Kind         string `json:"kind"` // "virtual_directory", "folder" or "location"
	PhysicalPath string `json:"physical_path"`
	PhysicalKey  string `json:"physical_key"`
}

// A GlobalModule is a native module registered for the server: its image is loaded into every worker
// process its preconditions match.
type GlobalModule struct {
	Origin

	Name          string     `json:"name"`
	Key           string     `json:"key"`
	Image         string     `json:"image"`
	ImageKey      string     `json:"image_key"`
	Preconditions []string   `json:"preconditions"` // lower case
	Overrides     []Override `json:"overrides"`
}

// A Module is an entry of system.webServer/modules. Type is empty for a native one.
type Module struct {
	Origin
	TypeName

	Name          string     `json:"name"`
	Key           string     `json:"key"`
	Preconditions []string   `json:"preconditions"` // lower case
	Scopes        []string   `json:"scopes"`
	Overrides     []Override `json:"overrides"`
}

// A TypeName is a .NET type as configuration writes it, and its parts.
type TypeName struct {
	Type     string `json:"type"`     // as written: "A.B, C, Version=1.0.0.0, PublicKeyToken=..."
	Class    string `json:"class"`    // "a.b"
	Assembly string `json:"assembly"` // "c", or "" for a type without an assembly
	Token    string `json:"token"`    // public key token, or ""
}

// A Handler is an entry of system.webServer/handlers.
type Handler struct {
	Origin
	TypeName

	Name               string     `json:"name"`
	Key                string     `json:"key"`
	Path               string     `json:"path"`
	Verb               string     `json:"verb"`
	Modules            []string   `json:"modules"` // lower case: "isapimodule"
	ScriptProcessor    string     `json:"script_processor"`
	ScriptProcessorKey string     `json:"script_processor_key"` // path key of the file, arguments cut off
	RequireAccess      string     `json:"require_access"`
	Preconditions      []string   `json:"preconditions"` // lower case
	Scopes             []string   `json:"scopes"`
	Overrides          []Override `json:"overrides"`
}

// A Filter is an ISAPI filter. Its scopes are "" and sites.
type Filter struct {
	Origin

	Name          string     `json:"name"`
	Key           string     `json:"key"`
	Path          string     `json:"path"`
	PathKey       string     `json:"path_key"`
	Enabled       bool       `json:"enabled"`
	Preconditions []string   `json:"preconditions"` // lower case
	Scopes        []string   `json:"scopes"`
	Overrides     []Override `json:"overrides"`
}

// A RewriteRule is a rule of the URL Rewrite module.
type RewriteRule struct {
	Origin

	Kind            string           `json:"kind"` // "inbound", "outbound" or "global"
	Name            string           `json:"name"`
	Key             string           `json:"key"`
	Enabled         bool             `json:"enabled"`
	PatternSyntax   string           `json:"pattern_syntax"` // "ECMAScript", "Wildcard" or "ExactMatch"
	Match           RewriteMatch     `json:"match"`
	Grouping        string           `json:"grouping"` // of the conditions: "MatchAll" or "MatchAny"
	Conditions      []Condition      `json:"conditions"`
	Action          RewriteAction    `json:"action"`
	ServerVariables []ServerVariable `json:"server_variables"`
	Precondition    Precondition     `json:"precondition"`
	Scopes          []string         `json:"scopes"`
	Overrides       []Override       `json:"overrides"`
}

// A RewriteMatch says what a rule looks at.
type RewriteMatch struct {
	Pattern        string `json:"pattern"` // url of an inbound rule, pattern of an outbound one
	Negate         bool   `json:"negate"`
	ServerVariable string `json:"server_variable"` // of an outbound rule: "RESPONSE_Content_Security_Policy"
	FilterByTags   string `json:"filter_by_tags"`  // of an outbound rule: "A, Form, Img"
	CustomTags     string `json:"custom_tags"`
}

// A Condition narrows a rule or a precondition.
type Condition struct {
	Input     string `json:"input"`
	Pattern   string `json:"pattern"`
	MatchType string `json:"match_type"` // "Pattern", "IsFile" or "IsDirectory"
	Negate    bool   `json:"negate"`
}

// A RewriteAction is what a rule does.
type RewriteAction struct {
	Type       string `json:"type"` // "Rewrite", "Redirect", "AbortRequest", "CustomResponse" or "None"
	Value      string `json:"value"`
	StatusCode string `json:"status_code"`
}

// A ServerVariable is set by an inbound rule.
type ServerVariable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A Precondition narrows an outbound rule to some responses. Name is "" when the rule names none, and
// Conditions is empty when the name it uses is not defined.
type Precondition struct {
	Name       string      `json:"name"`
	Grouping   string      `json:"grouping"`
	Conditions []Condition `json:"conditions"`
}

// A RewriteProvider is a .NET type the URL Rewrite module loads.
type RewriteProvider struct {
	Origin
	TypeName

	Name      string     `json:"name"`
	Key       string     `json:"key"`
	Scopes    []string   `json:"scopes"`
	Overrides []Override `json:"overrides"`
}

// A ManagedType is a .NET type, or an assembly, that configuration makes ASP.NET or WCF load, outside the
// sections that have tables of their own.
type ManagedType struct {
	Origin
	TypeName

	Section   string     `json:"section"` // "system.web/httpModules"
	Name      string     `json:"name"`    // or the path of a handler, the extension of a build provider
	Key       string     `json:"key"`
	Scopes    []string   `json:"scopes"`
	Overrides []Override `json:"overrides"`
}

// An ISAPIRestriction says whether an ISAPI or CGI program may run on the server.
type ISAPIRestriction struct {
	Origin

	Path        string `json:"path"`
	PathKey     string `json:"path_key"` // arguments cut off
	Allowed     bool   `json:"allowed"`
	Group       string `json:"group"`
	Description string `json:"description"`
}

// An AutoStartProvider is a .NET type that a pool loads when it starts.
type AutoStartProvider struct {
	Origin
	TypeName

	Name string `json:"name"`
	Key  string `json:"key"`
}

// A WebFarm is a group of servers that requests are passed on to.
type WebFarm struct {
	Origin

	Name    string   `json:"name"`
	Enabled bool     `json:"enabled"`
	Servers []string `json:"servers"`
}

// A SchemaFile extends what IIS accepts in its configuration.
type SchemaFile struct {
	File string `json:"file"`
	Key  string `json:"key"` // its name in lower case: "iis_schema.xml"
}

// A CLRConfig is what the file of a pool's CLRConfigFile says of the runtime. It stands once for each file.
type CLRConfig struct {
	File    string           `json:"file"`
	FileKey string           `json:"file_key"`
	Pools   []string         `json:"pools"`
	Values  []CLRConfigValue `json:"values"` // of every attribute below runtime and system.web
}

// A CLRConfigValue is one attribute of a CLRConfig.
type CLRConfigValue struct {
	Origin

	Element   string `json:"element"`   // "runtime/appDomainManagerAssembly"
	Attribute string `json:"attribute"` // "value"
	Value     string `json:"value"`
}

// A Probing is where an application looks for assemblies beside its bin folder, or a binding of its own.
type Probing struct {
	Origin

	Kind   string   `json:"kind"`  // "private_path", "code_base" or "binding_redirect"
	Value  string   `json:"value"` // the path, the href, or the versions
	Name   string   `json:"name"`  // of the assembly, or ""
	Key    string   `json:"key"`   // path key of a code base, or ""
	Scopes []string `json:"scopes"`
}

// A ModuleOrder lists the modules of one application, in lower case, in the order in which IIS asks them.
type ModuleOrder struct {
	Scope   string   `json:"scope"`
	Modules []string `json:"modules"`
}

// A Setting is the value of one attribute of a section, or of one entry of a collection of names and values.
type Setting struct {
	Origin

	Section   string     `json:"section"` // "system.web/identity", "system.webServer/httpProtocol/customHeaders"
	Name      string     `json:"name"`    // "impersonate", "X-FEServer"
	Key       string     `json:"key"`
	Value     string     `json:"value"`
	Scopes    []string   `json:"scopes"`
	Overrides []Override `json:"overrides"`
}

// A LinkedConfiguration is a file of assembly bindings another file pulls in.
type LinkedConfiguration struct {
	Origin

	Href       string   `json:"href"`
	PathKey    string   `json:"path_key"`
	Assemblies int      `json:"assemblies"` // code bases in it
	Scopes     []string `json:"scopes"`
}

// A CodeBase sums up the assemblies one linked file loads from one folder; translations, which lie in folders
// of their own below it, count with it.
type CodeBase struct {
	Origin // of the first of them

	Folder     string `json:"folder"`
	FolderKey  string `json:"folder_key"` // "" for an href that is no path
	Assemblies int    `json:"assemblies"`
	Example    string `json:"example"` // name of the first of them
	Href       string `json:"href"`    // of the first of them
}

// A Rejected entry is one IIS refuses to apply, and answers the requests of its scope with an error: its
// section is locked farther up, or not allowed where it stands.
type Rejected struct {
	Origin

	Section string   `json:"section"` // "system.webServer/modules"
	Name    string   `json:"name"`
	Key     string   `json:"key"`
	Value   string   `json:"value"`  // deciding text: type, image, path or action
	Reason  string   `json:"reason"` // "locked by C:\...\applicationHost.config:1193", ...
	Scopes  []string `json:"scopes"`
}

// A Note is something odd that leaves nothing open: an encoding that contradicts its declaration, a
// duplicate entry, a native module nobody registered.
type Note struct {
	Origin

	Kind  string `json:"kind"`  // "encoding", "duplicate_entry", "dangling_module", ...
	Scope string `json:"scope"` // or ""
	Text  string `json:"text"`
}
