package collectors

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/exvet/exvet"
)

// A TransportAgent is one agent a transport service is configured with. Fields that end in "_key" are lower case, paths
// among them as exvet.PathKey gives them.
type TransportAgent struct {
	Service      string `json:"service"`  // "transport", "front_end", or the name of any other file of agents without its ending
	Priority     int    `json:"priority"` // 1 is asked first
	Name         string `json:"name"`
	Key          string `json:"key"`
	BaseType     string `json:"base_type"`
	BaseTypeKey  string `json:"base_type_key"`
	Factory      string `json:"factory"` // class
	FactoryKey   string `json:"factory_key"`
	Assembly     string `json:"assembly"` // path as written
	AssemblyKey  string `json:"assembly_key"`
	AssemblyFile string `json:"assembly_file"` // "present", "missing" (its folder was seen, with others like it) or "unknown"
	Enabled      bool   `json:"enabled"`
	File         string `json:"file"`
	Line         int    `json:"line"`
}

// agents reads every file of agents: that of the transport service, which each server but a 2013 client access server
// has, that of the front end, and any other beside them.
func (t *Transport) agents(r *diskReader, disk *locator, exchange *Exchange, expand func(string) string) {
	folder := exchange.Root + `\TransportRoles\Shared`
	entries, err := r.list(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.leaveOpen(folder, "", err, "agents")
		return
	}
	files := map[string]string{} // service to file
	for _, entry := range entries {
		name := strings.ToLower(entry.Name())
		service, ok := strings.CutSuffix(name, ".config")
		if !ok || entry.IsDir() || !strings.Contains(service, "agents") {
			continue
		}
		switch service {
		case "agents":
			service = "transport"
		case "fetagents":
			service = "front_end"
		}
		files[service] = folder + `\` + entry.Name()
	}
	only := func(role string) bool { return slices.Equal(exchange.Roles, []string{role}) }
	if files["transport"] == "" && !only("client_access") {
		r.leaveOpen(folder+`\agents.config`, "transport", fmt.Errorf("%w, and every server with the transport service has it", exvet.ErrNoEvidence), "agents")
	}
	frontEnd := !only("edge") && (exchange.Product != "2013" || !only("mailbox"))
	if files["front_end"] == "" && frontEnd {
		r.leaveOpen(folder+`\fetagents.config`, "front_end", fmt.Errorf("%w, and every server with the front end transport service has it", exvet.ErrNoEvidence), "agents")
	}
	for _, service := range slices.Sorted(maps.Keys(files)) {
		t.agentsOf(r, disk, service, files[service], expand)
	}
}

func (t *Transport) agentsOf(r *diskReader, disk *locator, service, file string, expand func(string) string) {
	root := r.xml(file, "configuration", service, "agents")
	if root == nil {
		return
	}
	for i, agent := range root.All("mexRuntime", "agentList", "agent") {
		if !r.row("agents") {
			return
		}
		row := TransportAgent{
			Service: service, Priority: i + 1, Name: shortened(agent.Attr("name")), BaseType: shortened(agent.Attr("baseType")),
			Factory: shortened(agent.Attr("classFactory")), Assembly: shortened(agent.Attr("assemblyPath")),
			Enabled: strings.EqualFold(strings.TrimSpace(agent.Attr("enabled")), "true"), File: file, Line: agent.Line,
		}
		row.Key, row.BaseTypeKey = strings.ToLower(row.Name), strings.ToLower(row.BaseType)
		row.FactoryKey = strings.ToLower(row.Factory)
		row.AssemblyKey = exvet.PathKey(expand(row.Assembly))
		row.AssemblyFile = disk.presence(row.AssemblyKey)
		t.Agents = append(t.Agents, row)
	}
}

// presence says whether a file is on the server. That it is not, only a folder tells that holds others of its kind, a disk
// that was copied whole, or the server itself: an empty folder may be one of which nothing was copied.
func (l *locator) presence(key string) string {
	switch at := l.find(key); {
	case at.name != "" && !at.folder:
		return "present"
	case at.status == fileAbsent && (at.parent == "" || l.list(at.parent).images[ending(key)] > 0):
		return "missing"
	}
	return "unknown"
}
