package iisconfig

// A Probing is where an application looks for assemblies beside its bin folder, or a binding of its own.
type Probing struct {
	Origin

	Kind   string   `json:"kind"`  // "private_path", "code_base" or "binding_redirect"
	Value  string   `json:"value"` // the path, the href, or the versions
	Name   string   `json:"name"`  // of the assembly, or ""
	Key    string   `json:"key"`   // path key of a code base, or ""
	Scopes []string `json:"scopes"`
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
