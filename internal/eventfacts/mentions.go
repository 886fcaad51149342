package eventfacts

import (
	"iter"

	"github.com/exvet/exvet"
)

// Mentions gives the modules that programs crashed in, and the assemblies of transport agents that failed.
func (f *Facts) Mentions() iter.Seq[exvet.Mention] {
	return func(yield func(exvet.Mention) bool) {
		for _, crash := range f.Crashes {
			if !yield(exvet.Mention{Key: crash.ModulePathKey, By: "events.crashes:" + crash.Application}) {
				return
			}
		}
		for _, agent := range f.Agents {
			if !yield(exvet.Mention{Key: agent.AssemblyKey, By: "events.agents:" + agent.Agent}) {
				return
			}
		}
	}
}
