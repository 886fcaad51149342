//go:build !windows

package host

import (
	"context"

	"github.com/exvet/exvet"
)

// OpenLive refuses: exvet reads the machine it runs on under Windows only.
func OpenLive(context.Context, LiveOptions) (Server, error) {
	return nil, exvet.Refuse("source/none", "no source given, and only on Windows does exvet look at the machine it runs on")
}
