package host

import (
	"context"
	"fmt"

	"github.com/exvet/exvet"
)

var _ exvet.ServiceManager = (*Evidence)(nil)

// ServiceStates gives what services did when a capture was made. A copied disk does not tell.
func (e *Evidence) ServiceStates(context.Context) ([]exvet.ServiceState, error) {
	if e.index == nil || len(e.index.Services) == 0 {
		return nil, fmt.Errorf("what services do: %w", exvet.ErrNoEvidence)
	}
	return e.index.Services, nil
}
