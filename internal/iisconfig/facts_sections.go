package iisconfig

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
