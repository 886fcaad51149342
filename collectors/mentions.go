package collectors

import (
	"iter"

	"github.com/exvet/exvet"
)

var (
	_ exvet.Mentioner = (*Services)(nil)
	_ exvet.Mentioner = (*Injection)(nil)
	_ exvet.Mentioner = (*AMSI)(nil)
)

// Mentions gives the programs, drivers and DLLs of services.
func (s *Services) Mentions() iter.Seq[exvet.Mention] {
	return func(yield func(exvet.Mention) bool) {
		for _, service := range s.List {
			for _, key := range []string{service.PathKey, service.DLLKey, service.FailurePathKey} {
				if !yield(exvet.Mention{Key: key, By: "services.list:" + service.Name}) {
					return
				}
			}
		}
	}
}

// Mentions gives what the registry brings into processes, and what it runs beside them.
func (i *Injection) Mentions() iter.Seq[exvet.Mention] {
	return func(yield func(exvet.Mention) bool) {
		more := true
		say := func(table, name string, keys ...string) {
			for _, key := range keys {
				more = more && yield(exvet.Mention{Key: key, By: "injection." + table + ":" + name})
			}
		}
		for _, row := range i.AppInit {
			say("app_init", row.DLL, row.DLLKey)
		}
		for _, row := range i.AppCertDLLs {
			say("app_cert_dlls", row.Name, row.DLLKey)
		}
		for _, row := range i.IFEO {
			say("ifeo", row.Image, row.DebuggerKey)
			say("ifeo", row.Image, row.VerifierDLLKeys...)
		}
		for _, row := range i.SilentExits {
			say("silent_exits", row.Image, row.MonitorKey)
		}
		for _, row := range i.KnownDLLs {
			say("known_dlls", row.Name, row.DLLKey)
		}
		for _, row := range i.Shims {
			say("shims", row.Name, row.PathKey)
		}
		for _, row := range i.Debuggers {
			say("debuggers", row.Kind, row.PathKey)
		}
		i.mentionProviders(say)
	}
}

func (i *Injection) mentionProviders(say func(table, name string, keys ...string)) {
	for _, row := range i.WinsockProviders {
		say("winsock_providers", row.Name, row.DLLKey)
	}
	for _, row := range i.LSAPackages {
		say("lsa_packages", row.Name, row.DLLKey)
	}
	for _, row := range i.NetworkProviders {
		say("network_providers", row.Name, row.DLLKey)
	}
	for _, row := range i.CredentialProviders {
		say("credential_providers", row.CLSID, row.DLLKey)
	}
	for _, row := range i.COMOverrides {
		if row.Kind != "treatas" { // which names another class
			say("com_overrides", row.CLSID, row.DLLKey)
		}
	}
	for _, row := range i.Profilers {
		say("profilers", row.Profiler, row.DLLKey)
	}
	for _, row := range i.PrintModules {
		say("print_modules", row.Name, row.DLLKey)
	}
}

// Mentions gives the providers' DLLs.
func (a *AMSI) Mentions() iter.Seq[exvet.Mention] {
	return func(yield func(exvet.Mention) bool) {
		for _, row := range a.Providers {
			if !yield(exvet.Mention{Key: row.DLLKey, By: "amsi.providers:" + row.CLSID}) {
				return
			}
		}
	}
}
