package collectors

import (
	"strings"

	"github.com/exvet/exvet/internal/redact"
)

// environmentValue gives a variable's value without secrets, and whether there was one.
func environmentValue(name, value string) (string, bool) {
	if redact.Name(name) && value != "" {
		return redact.Mark, true
	}
	clean := shortened(value)
	return clean, strings.Contains(clean, redact.Mark)
}
