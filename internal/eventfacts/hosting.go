package eventfacts

import (
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/redact"
)

// addWAS reads an event about an application pool. Where its values have no names, the pool is the first that is no
// number, and the process the first that is one.
func (r *Reader) addWAS(event exvet.Event) {
	kind := map[int]string{
		5002: "disabled", 5009: "terminated", 5010: "unresponsive", 5011: "communication", 5013: "shutdown", 5021: "identity",
		5022: "logon", 5057: "identity_disabled", 5059: "start_failed", 5127: "untrusted", 5139: "listener_channel",
	}[event.ID]
	if kind == "" {
		return
	}
	row := WAS{Row: rowOf(event), Kind: kind, Pool: named(event, "AppPoolID", "AppPoolName")}
	row.PID = number(named(event, "ProcessID"))
	for _, text := range event.Strings {
		text = strings.TrimSpace(text)
		isNumber := text != "" && strings.Trim(text, "0123456789") == ""
		if row.Pool == "" && text != "" && !isNumber {
			row.Pool = text
		}
		if row.PID == 0 && isNumber {
			row.PID = number(text)
		}
	}
	row.Pool = cut(row.Pool, maxString)
	row.PoolKey = strings.ToLower(row.Pool)
	r.addKnown(row.PID, event.Time, "", row.Pool)
	r.was.add(event, row.Kind+"\x00"+row.PoolKey, func() WAS {
		row.Text = textOf(event.Strings, ", ")
		return row
	})
}

// image is a text that names a file of code.
var image = exvet.Pattern(`(?i)\.(?:dll|exe|aspnet)\b|^(?:[a-z]:|%\w+%)?[\\/]`)

// addModule reads what a worker process could not load.
func (r *Reader) addModule(event exvet.Event) {
	kind := map[int]string{
		2214: "filter", 2220: "extension", 2268: "filters", 2280: "load", 2282: "architecture", 2293: "registration", 2295: "entry_point",
		2296: "precondition", 2297: "configuration", 2298: "configuration", 2299: "unhealthy",
	}[event.ID]
	if kind == "" {
		return
	}
	row := ModuleFailure{Row: rowOf(event), Kind: kind}
	for _, text := range event.Strings {
		if text = strings.TrimSpace(text); image().MatchString(text) {
			row.Image = cut(text, maxString)
			break
		}
	}
	row.ImageKey = exvet.PathKey(row.Image)
	r.modules.add(event, row.Kind+"\x00"+row.ImageKey, func() ModuleFailure {
		row.Text = textOf(event.Strings, ", ")
		return row
	})
}

// addChange reads an edit of IIS configuration.
func (r *Reader) addChange(event exvet.Event) {
	row := ConfigChange{
		Row: rowOf(event), Operation: cut(named(event, "EditOperationType", "Operation"), maxString),
		Configuration: cut(named(event, "Configuration", "EffectiveLocationPath"), maxString),
		ConfigPath:    cut(named(event, "ConfigPath", "PhysicalPath"), maxString),
		User:          event.User,
	}
	row.ConfigurationKey = strings.ToLower(row.Configuration)
	row.OldValue, row.NewValue = named(event, "OldValue"), named(event, "NewValue")
	for _, value := range []*string{&row.OldValue, &row.NewValue} {
		if *value != "" && redact.Name(row.Configuration) {
			*value = redact.Mark
		}
		*value = cut(clean(*value), maxString)
	}
	kind := strings.Join([]string{row.Operation, row.ConfigurationKey, row.ConfigPath, row.NewValue}, "\x00")
	r.changes.add(event, kind, func() ConfigChange { return row })
}

// addService reads an event of the service control manager. Values without names come in the order of the names.
func (r *Reader) addService(event exvet.Event) {
	kind := map[int]string{
		7000: "failed_to_start", 7009: "timeout", 7023: "error", 7024: "error", 7031: "terminated", 7034: "terminated",
		7040: "start_type", 7045: "installed",
	}[event.ID]
	if kind == "" {
		return
	}
	row := Service{Row: rowOf(event), Kind: kind}
	row.PID = 0 // that of the control manager itself
	all := event.Strings
	row.Service = at(all, 0)
	switch event.ID {
	case 7000, 7023, 7024:
		row.Code = at(all, 1)
	case 7009:
		row.Service = at(all, 1) // behind the milliseconds that were waited
	case 7040:
		row.StartType, row.Name = at(all, 2), at(all, 3)
	case 7045:
		row.Name, row.Image, row.StartType, row.Account = row.Service, at(all, 1), at(all, 3), at(all, 4)
	}
	for _, field := range []*string{&row.Service, &row.Name, &row.Code, &row.StartType, &row.Account} {
		*field = cut(*field, maxString)
	}
	row.Image = cut(clean(row.Image), maxText)
	row.ServiceKey, row.NameKey, row.AccountKey = strings.ToLower(row.Service), strings.ToLower(row.Name), strings.ToLower(row.Account)
	row.ImageKey = strings.ToLower(row.Image)
	kindKey := strings.Join([]string{row.Kind, row.ServiceKey, row.ImageKey, row.AccountKey, row.StartType, row.Code}, "\x00")
	r.services.add(event, kindKey, func() Service {
		row.Text = textOf(event.Strings, ", ")
		return row
	})
}
