package agent

import "context"

// serviceName is what the service manager knows the agent by, and where Windows' event log has its messages from.
const serviceName = "exvet-agent"

const serviceAbout = "Keeps this server checked for third-party integrations of Exchange, by rules from signed bundles."

// A Start reads a configuration and runs an agent until ctx ends.
type Start func(ctx context.Context, options Options) error

// An Install says how the agent is made a service.
type Install struct {
	Program string // absolute path of exvet
	Config  string // absolute path of the configuration
	Start   bool   // it at once
	Folder  string // the agent's own
}
