package host

import (
	"errors"
	"fmt"
	"slices"

	"github.com/exvet/exvet"
)

var _ exvet.TrustJudge = (*Evidence)(nil)

func verdictsOf(index *Index) map[string]IndexVerdict {
	byKey := map[string]IndexVerdict{}
	if index != nil {
		for _, verdict := range index.Verdicts {
			byKey[exvet.PathKey(verdict.Path)] = verdict
		}
	}
	return byKey
}

// Trusts gives what the Windows a capture was made on said of a file. A copied disk cannot be asked.
func (e *Evidence) Trusts(windowsPath string) (exvet.Verdict, error) {
	found, ok := e.verdicts[exvet.PathKey(windowsPath)]
	switch {
	case !ok, found.State == IndexUnknown:
		return "", fmt.Errorf("what Windows makes of %q: %w", windowsPath, exvet.ErrNoEvidence)
	case found.State != "":
		return "", errors.New(found.State)
	case !slices.Contains(exvet.Verdicts(), found.Verdict):
		return "", fmt.Errorf("the capture says %q", found.Verdict)
	}
	return found.Verdict, nil
}
