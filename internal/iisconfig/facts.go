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
