package collectors

import (
	"context"

	"github.com/exvet/exvet"
)

// Exchange is what the evidence says of the installation itself. Unknown stays "".
type Exchange struct {
	Name          string             `json:"name"`     // computer name
	Build         string             `json:"build"`    // "15.2.1118.7"
	Product       string             `json:"product"`  // "2013", "2016", "2019" or "SE"
	Roles         []string           `json:"roles"`    // "mailbox", "client_access", "edge"
	Root          string             `json:"root"`     // folder Exchange is installed in, no trailing backslash
	RootKey       string             `json:"root_key"` // Root in lower case
	SystemRoot    string             `json:"system_root"`
	SystemRootKey string             `json:"system_root_key"`
	Evidence      []ExchangeEvidence `json:"evidence"`
}

// ExchangeEvidence is the place one of the facts above was read from.
type ExchangeEvidence struct {
	Fact  string `json:"fact"` // "root", "build", "name" or "roles"
	Value string `json:"value"`
	File  string `json:"file"`
	Line  int    `json:"line"`
}

func (e *Exchange) server() exvet.Server {
	return exvet.Server{
		Name: e.Name, Build: e.Build, Product: e.Product, Roles: e.Roles, ExchangeRoot: e.Root, SystemRoot: e.SystemRoot,
	}
}

func exchange() Collector {
	return define("exchange", "Product, build, roles and folders of Exchange", collectExchange)
}

func collectExchange(_ context.Context, _ exvet.Host) (*Exchange, error) {
	return nil, nil
}
