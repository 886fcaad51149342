package collectors

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/exvet/exvet"
)

// Services is every service and driver of the current control set.
type Services struct {
	List        []Service            `json:"list"`
	Environment []ServiceEnvironment `json:"environment"`
	Minifilters []Minifilter         `json:"minifilters"`
	Extensions  []ServiceExtension   `json:"extensions"`
}

// A Service is one service or driver. Fields in lower case for comparison end in "_key"; paths among them are
// expanded.
type Service struct {
	Name           string   `json:"name"`
	Key            string   `json:"key"`
	Display        string   `json:"display"`
	Type           string   `json:"type"`   // "own_process", "share_process", "user_service", "kernel_driver", "file_system_driver", "recognizer_driver", "adapter" or ""
	Driver         bool     `json:"driver"` // Type is one of the drivers
	Start          string   `json:"start"`  // "boot", "system", "auto", "manual", "disabled" or ""
	Delayed        bool     `json:"delayed"`
	Account        string   `json:"account"` // as written; "" is LocalSystem for a service
	AccountKey     string   `json:"account_key"`
	SID            string   `json:"sid"`   // of Account where it can be told, else ""
	Image          string   `json:"image"` // ImagePath as written
	Path           string   `json:"path"`  // executable or driver, expanded
	PathKey        string   `json:"path_key"`
	Arguments      string   `json:"arguments"`
	Unquoted       bool     `json:"unquoted"` // the path holds a space and stands without quotes
	DLL            string   `json:"dll"`      // ServiceDll
	DLLKey         string   `json:"dll_key"`
	FailureCommand string   `json:"failure_command"` // run when the service fails
	FailurePathKey string   `json:"failure_path_key"`
	FailureActions bool     `json:"failure_actions"` // some are set
	Depends        []string `json:"depends"`         // services, and groups as "+Name"
	Group          string   `json:"group"`
	State          string   `json:"state,omitempty"` // "running", "stopped" or another of exvet.ServiceState; of a running server
	PID            int      `json:"pid,omitempty"`   // of the process it runs in; likewise
	Written        string   `json:"written"`         // when its key was last written to, RFC 3339, or ""
	Ref            string   `json:"ref"`             // its key
}

// A ServiceEnvironment is one variable only one service gets.
type ServiceEnvironment struct {
	Service    string `json:"service"`
	ServiceKey string `json:"service_key"`
	Name       string `json:"name"`
	NameKey    string `json:"name_key"`
	Value      string `json:"value"`
	Secret     bool   `json:"secret"` // Value was taken out, or a part of it
	Ref        string `json:"ref"`
}

// A Minifilter is one instance of a file system filter.
type Minifilter struct {
	Service    string `json:"service"`
	ServiceKey string `json:"service_key"`
	Instance   string `json:"instance"`
	Altitude   string `json:"altitude"` // "328010": where in the stack, a decimal number
	PathKey    string `json:"path_key"` // of the driver
	Ref        string `json:"ref"`
}

const servicesKey = `HKLM\SYSTEM\CurrentControlSet\Services`

func services() Collector {
	return define("services", "Services and drivers with their accounts, programs and environment", collectServices)
}

func collectServices(ctx context.Context, host exvet.Host) (*Services, error) {
	r := newRegistryReader(ctx, host, "services")
	found := &Services{List: []Service{}, Environment: []ServiceEnvironment{}, Minifilters: []Minifilter{}, Extensions: []ServiceExtension{}}
	m := newMachine(host)
	all := r.key(servicesKey, "list", "environment", "minifilters")
	if all == nil {
		return nil, cmp.Or(r.absent(), r.done(), fmt.Errorf("%s is not there, as on every Windows", servicesKey))
	}
	for _, name := range sorted(all) {
		if !r.row() {
			break
		}
		key := r.scoped(servicesKey+`\`+name, "service:"+name, "list", "environment", "minifilters")
		if _, typed := key.Value("Type"); !typed {
			continue // settings of something that is no service
		}
		service := found.service(r, m, name, key)
		found.List = append(found.List, service)
		found.environment(r, service, key)
		if service.Driver {
			found.minifilters(r, service)
		}
	}
	found.extensions(r, m)
	return found, errors.Join(r.done(), found.states(ctx, host))
}

// states fills in what services do, where the host tells.
func (s *Services) states(ctx context.Context, host exvet.Host) error {
	manager, ok := host.(exvet.ServiceManager)
	if !ok {
		return nil
	}
	list, err := manager.ServiceStates(ctx)
	if errors.Is(err, exvet.ErrNoEvidence) {
		return nil
	}
	if err != nil {
		return exvet.Missing{Facts: []string{"services.states"}, Reason: err.Error()}
	}
	byKey := map[string]exvet.ServiceState{}
	for _, service := range list {
		byKey[strings.ToLower(service.Name)] = service
	}
	for i := range s.List {
		found := byKey[s.List[i].Key]
		s.List[i].State, s.List[i].PID = found.State, found.PID
	}
	return nil
}

// Bits of a service's type.
var serviceTypes = []struct {
	bit  uint64
	name string
}{
	{0x40, "user_service"}, {0x10, "own_process"}, {0x20, "share_process"}, {0x01, "kernel_driver"}, {0x02, "file_system_driver"},
	{0x04, "adapter"}, {0x08, "recognizer_driver"},
}

func (*Services) service(r *registryReader, m *machine, name string, key *exvet.RegistryKey) Service {
	account := key.Text("ObjectName")
	found := Service{
		Name: name, Key: strings.ToLower(name), Display: shortened(key.Text("DisplayName")),
		Account: shortened(account), AccountKey: strings.ToLower(shortened(account)),
		Image: shortened(key.Text("ImagePath")), Group: shortened(key.Text("Group")),
		FailureCommand: shortened(key.Text("FailureCommand")), Depends: dependencies(key),
		Ref: servicesKey + `\` + name,
	}
	kind, _ := number(key, "Type")
	for _, known := range serviceTypes {
		if kind&known.bit != 0 {
			found.Type, found.Driver = known.name, known.bit < 0x10
			break
		}
	}
	if start, ok := number(key, "Start"); ok && start <= 4 {
		found.Start = []string{"boot", "system", "auto", "manual", "disabled"}[start]
	}
	if delayed, _ := number(key, "DelayedAutostart"); delayed != 0 {
		found.Delayed = true
	}
	if !found.Driver {
		if found.SID = exvet.AccountSID(account); account == "" {
			found.SID = "S-1-5-18"
		}
	}
	found.program(m, key.Text("ImagePath"))
	parameters := r.scoped(found.Ref+`\Parameters`, "service:"+name, "list")
	dll := parameters.Text("ServiceDll")
	if dll == "" {
		dll = key.Text("ServiceDll")
	}
	found.DLL, found.DLLKey = shortened(dll), m.file(dll, "64")
	if command := key.Text("FailureCommand"); command != "" {
		found.FailurePathKey = exvet.PathKey(m.command(command).path)
	}
	_, found.FailureActions = key.Value("FailureActions")
	if !key.Written.IsZero() {
		found.Written = key.Written.UTC().Format(time.RFC3339)
	}
	return found
}

// program fills in what runs.
func (s *Service) program(m *machine, image string) {
	switch {
	case image == "" && s.Driver:
		// Without a path Windows takes the driver of the service's name.
		image = `System32\drivers\` + s.Name + `.sys`
	case image == "":
		return
	}
	parsed := m.command(image)
	if s.Driver {
		parsed = command{path: m.absolute(strings.Trim(m.expand(image), `" `))}
	}
	s.Path, s.PathKey = shortened(parsed.path), exvet.PathKey(parsed.path)
	s.Arguments, s.Unquoted = shortened(parsed.arguments), parsed.unquoted
}

// dependencies gives services and groups a service waits for.
func dependencies(key *exvet.RegistryKey) []string {
	on, _ := key.Value("DependOnService")
	all := on.Texts()
	groups, _ := key.Value("DependOnGroup")
	for _, group := range groups.Texts() {
		all = append(all, "+"+group)
	}
	return shortenedAll(all)
}

func (s *Services) environment(r *registryReader, service Service, key *exvet.RegistryKey) {
	value, _ := key.Value("Environment")
	for _, pair := range value.Texts() {
		if !r.row() {
			return
		}
		name, text, _ := strings.Cut(pair, "=")
		row := ServiceEnvironment{
			Service: service.Name, ServiceKey: service.Key, Name: shortened(name), NameKey: strings.ToLower(shortened(name)),
			Ref: service.Ref + "!Environment",
		}
		row.Value, row.Secret = environmentValue(name, text)
		s.Environment = append(s.Environment, row)
	}
}

func (s *Services) minifilters(r *registryReader, service Service) {
	path := service.Ref + `\Instances`
	instances := r.scoped(path, "service:"+service.Name, "minifilters")
	for _, name := range sorted(instances) {
		instance := r.scoped(path+`\`+name, "service:"+service.Name, "minifilters")
		if altitude := instance.Text("Altitude"); altitude != "" && r.row() {
			s.Minifilters = append(s.Minifilters, Minifilter{
				Service: service.Name, ServiceKey: service.Key, Instance: shortened(name), Altitude: shortened(altitude),
				PathKey: service.PathKey, Ref: valueRef(instance, "Altitude"),
			})
		}
	}
}
