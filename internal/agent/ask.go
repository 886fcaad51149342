package agent

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/decision"
)

// ReadStatus gives what the agent of a configuration last said of itself, and whether it runs now. An agent that never ran is an
// exvet.Refusal.
func ReadStatus(config *Config) (Status, error) {
	var found Status
	content, err := readLimited(filepath.Join(config.Directory, statusFile), maxStatus)
	if errors.Is(err, fs.ErrNotExist) {
		return found, exvet.Refuse("agent/not-running", "no agent has run in %q; exvet agent run, or install", config.Directory)
	}
	if errors.Is(err, fs.ErrPermission) {
		return found, exvet.Refuse("agent/rights", "%w; run this as administrator", err)
	}
	if err == nil {
		err = json.Unmarshal(content, &found)
	}
	if err != nil {
		return found, exvet.Refuse("agent/status", "read the status of the agent: %w", err)
	}
	found.Running = running(config)
	return found, nil
}

const maxStatus = 16 << 20

// running reports whether an agent holds the folder.
func running(config *Config) bool {
	release, err := lock(filepath.Join(config.Directory, lockFile))
	if err == nil {
		_ = release() // nobody had it
		return false
	}
	var refusal *exvet.Refusal
	return errors.As(err, &refusal)
}

// askEvery is how often a scan that was asked for is looked for.
const askEvery = 250 * time.Millisecond

// AskScan asks the running agent of a configuration for a scan, and waits for it. It reports false where none runs.
func AskScan(ctx context.Context, config *Config) (decision.Result, exvet.Exit, bool, error) {
	if !running(config) {
		return decision.Result{}, exvet.Exit{}, false, nil
	}
	name := rand.Text()
	content, err := json.Marshal(map[string]string{"name": name})
	if err == nil {
		err = replace(filepath.Join(config.Directory, requestFile), content)
	}
	if errors.Is(err, fs.ErrPermission) {
		err = exvet.Refuse("agent/rights", "%w; run this as administrator", err)
	}
	if err != nil {
		return decision.Result{}, exvet.Exit{}, true, err
	}
	for {
		select {
		case <-ctx.Done():
			_ = os.Remove(filepath.Join(config.Directory, requestFile)) // it may be taken already
			return decision.Result{}, exvet.Exit{}, true, ctx.Err()
		case <-time.After(askEvery):
		}
		found, err := ReadStatus(config)
		if err == nil && found.LastScan != nil && found.LastScan.Request == name {
			return found.LastScan.Result, found.LastScan.Exit, true, nil
		}
		if err == nil && !found.Running {
			return decision.Result{}, exvet.Exit{}, true, exvet.Refuse("agent/stopped", "the agent stopped before it had scanned")
		}
	}
}
