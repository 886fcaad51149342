package bundles

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/exvet/exvet"
)

// Capabilities is what rules may call: OPA's built-ins without those that reach the network or the process,
// or that answer differently each time. capabilities.json says the same to stock tools.
func Capabilities() *ast.Capabilities {
	allowed := *ast.CapabilitiesForThisVersion()
	allowed.Builtins = slices.DeleteFunc(slices.Clone(allowed.Builtins), func(b *ast.Builtin) bool { return forbidden(b.Name) })
	allowed.AllowNet = []string{} // not nil, which would allow every host
	return &allowed
}

// forbidden says which built-ins no rule may call. Those that verify signatures look at the clock, those that match schemas
// fetch what a schema refers to.
func forbidden(name string) bool {
	switch name {
	case "opa.runtime", "time.now_ns", "uuid.rfc4122", "io.jwt.decode_verify", "io.jwt.encode_sign", "io.jwt.encode_sign_raw",
		"json.match_schema", "json.verify_schema",
		"crypto.x509.parse_and_verify_certificates", "crypto.x509.parse_and_verify_certificates_with_options":
		return true
	}
	area, _, _ := strings.Cut(name, ".")
	return area == "http" || area == "net" || area == "rand" || area == "providers"
}

// forbid finds the calls of what Capabilities leaves out.
func (b *Bundle) forbid() faults {
	var found faults
	for _, file := range b.files() {
		note := func(operator *ast.Term) {
			if ref, ok := operator.Value.(ast.Ref); ok && forbidden(ref.String()) {
				found = append(found, exvet.Refuse("bundle/forbidden-builtin",
					"%s:%d: %s is not for rules; they judge the snapshot and reach neither network, clock nor chance",
					file, operator.Location.Row, ref))
			}
		}
		ast.NewGenericVisitor(func(node any) bool {
			switch node := node.(type) {
			case *ast.Expr:
				if node.IsCall() {
					note(node.Terms.([]*ast.Term)[0])
				}
			case ast.Call:
				note(node[0])
			case *ast.With:
				note(node.Target)
				note(node.Value)
			}
			return false
		}).Walk(b.Modules[file])
	}
	return found
}
