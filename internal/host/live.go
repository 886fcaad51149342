package host

import "github.com/exvet/exvet"

// A Server is the server exvet runs on. It is safe for concurrent use, and nothing is written to it.
type Server interface {
	exvet.Host

	// Problems lists what holds for the whole server: rights that are not held.
	Problems() []error

	// Close gives back what OpenLive took: handles and the priority of the process.
	Close() error
}

// LiveOptions say how the server exvet runs on is read.
type LiveOptions struct {
	Gentle bool // use less than a tenth of one processor, however long it takes
}
