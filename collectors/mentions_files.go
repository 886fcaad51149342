package collectors

import (
	"iter"
	"slices"

	"github.com/exvet/exvet"
)

// Mentions gives the assemblies of agents.
func (t *Transport) Mentions() iter.Seq[exvet.Mention] {
	return func(yield func(exvet.Mention) bool) {
		for _, agent := range t.Agents {
			if !yield(exvet.Mention{Key: agent.AssemblyKey, By: "transport.agents:" + agent.Name}) {
				return
			}
		}
	}
}

// frameworkTokens are the keys Microsoft's framework and its products are built with. Who has one of them in the cache is
// some thousand files that come with Windows; to look at each would take longer than all the rest.
var frameworkTokens = []string{"b77a5c561934e089", "b03f5f7f11d50a3a", "31bf3856ad364e35", "89845dcd8080cc91"}

// Mentions gives programs and libraries beside Exchange's and in web folders, and the assemblies of the machine that do not
// bear a key of Microsoft's.
func (f *Files) Mentions() iter.Seq[exvet.Mention] {
	return func(yield func(exvet.Mention) bool) {
		for _, program := range f.Programs {
			if !yield(exvet.Mention{Key: program.Key, By: "files.programs:" + program.Folder}) {
				return
			}
		}
		for _, file := range f.Web {
			named := file.Kind == "library" || file.Kind == "program" && extensionOf(file.NameKey) == "exe"
			if named && !yield(exvet.Mention{Key: file.Key, By: "files.web:" + file.Root}) {
				return
			}
		}
		for _, assembly := range f.GAC {
			if !slices.Contains(frameworkTokens, assembly.Token) && !yield(exvet.Mention{Key: assembly.Key, By: "files.gac:" + assembly.Name}) {
				return
			}
		}
	}
}
