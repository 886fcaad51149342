package exvet
import (
 _ "github.com/open-policy-agent/opa/v1/rego"
 _ "github.com/open-policy-agent/opa/v1/tester"
 _ "github.com/open-policy-agent/opa/v1/bundle"
 _ "github.com/spf13/cobra"
 _ "github.com/google/go-jsonnet"
 _ "github.com/rogpeppe/go-internal/testscript"
 _ "github.com/invopop/jsonschema"
 _ "github.com/santhosh-tekuri/jsonschema/v6"
 _ "github.com/go-json-experiment/json/jsontext"
 _ "golang.org/x/term"
 _ "golang.org/x/text/encoding/charmap"
)
