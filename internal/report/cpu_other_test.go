//go:build !unix

package report

import (
	"testing"
	"time"
)

// processorTime is the clock where nothing better is at hand.
func processorTime(*testing.T) time.Duration { return time.Duration(time.Now().UnixNano()) }
