package agent

import "path/filepath"

// absolute makes paths that stand in a configuration relative to its folder: a service starts in no folder of its own.
func (c *Config) absolute() {
	folder, err := filepath.Abs(filepath.Dir(c.File))
	if err != nil {
		folder = filepath.Dir(c.File)
	}
	join := func(path string) string {
		if path == "" || filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(folder, path)
	}
	c.Directory, c.Source = join(c.Directory), join(c.Source)
	for i := range c.Waivers {
		c.Waivers[i] = join(c.Waivers[i])
	}
	c.opa["persistence_directory"] = c.Directory
	for _, service := range c.services {
		for _, path := range serviceFiles {
			at, last := service, len(path)-1
			for _, key := range path[:last] {
				at, _ = at[key].(map[string]any)
			}
			if file, ok := at[path[last]].(string); ok {
				at[path[last]] = join(file)
			}
		}
	}
}

// serviceFiles are where OPA's section of a service names files.
var serviceFiles = [][]string{
	{"tls", "ca_cert"},
	{"credentials", "bearer", "token_path"},
	{"credentials", "client_tls", "cert"},
	{"credentials", "client_tls", "private_key"},
	{"credentials", "client_tls", "ca_cert"},
	{"credentials", "oauth2", "client_assertion_path"},
}
