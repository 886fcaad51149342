package iisconfig

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
