package collectors

import (
	"context"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/iisconfig"
)

func iis() Collector {
	return define("iis", "Sites, applications, pools and modules of IIS", collectIIS)
}

func collectIIS(_ context.Context, _ exvet.Host) (*iisconfig.Facts, error) {
	return nil, nil
}
