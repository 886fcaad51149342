package bundles

import "errors"

// faults is everything in a bundle that does not keep to the contract, each an exvet.Refusal in one line. As an error it is
// its first.
type faults []error

func (f faults) Error() string { return f[0].Error() }
func (f faults) Unwrap() error { return f[0] }

func (f faults) orNil() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// Faults lists everything an error of Load stands for, in the order of files: the error itself says the first alone.
func Faults(err error) []error {
	if all := (faults)(nil); errors.As(err, &all) {
		return all
	}
	if err == nil {
		return nil
	}
	return []error{err}
}
