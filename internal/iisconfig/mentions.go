package iisconfig

import (
	"iter"

	"github.com/exvet/exvet"
)

// Mentions gives the native code the configuration names.
func (f *Facts) Mentions() iter.Seq[exvet.Mention] {
	return func(yield func(exvet.Mention) bool) {
		for _, m := range f.GlobalModules {
			if !yield(exvet.Mention{Key: m.ImageKey, By: "iis.global_modules:" + m.Name}) {
				return
			}
		}
		for _, h := range f.Handlers {
			if !yield(exvet.Mention{Key: h.ScriptProcessorKey, By: "iis.handlers:" + h.Name}) {
				return
			}
		}
		for _, filter := range f.Filters {
			if !yield(exvet.Mention{Key: filter.PathKey, By: "iis.filters:" + filter.Name}) {
				return
			}
		}
		for _, program := range f.ISAPIRestrictions {
			if !yield(exvet.Mention{Key: program.PathKey, By: "iis.isapi_restrictions:" + program.Description}) {
				return
			}
		}
	}
}
