package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	jsonv2 "github.com/go-json-experiment/json"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/decision"
	"github.com/exvet/exvet/internal/hub/store"
)

// A Refused is a decision of an upload that was left out.
type Refused struct {
	Decision string `json:"decision_id"`
	Reason   string `json:"reason"`
}

// An Answer says what became of the decisions of an upload.
type Answer struct {
	Stored     int       `json:"stored"`
	Duplicates int       `json:"duplicates"`
	Refused    []Refused `json:"refused,omitempty"`
}

// Logs takes POST /logs: OPA's decision logs. It answers 2xx when what could be read is on disk. Decisions that are none of
// exvet's are named in the answer; where there is nothing else, the answer is 400.
func (in *Intake) Logs(w http.ResponseWriter, r *http.Request, agent store.Agent) {
	body, release, err := in.receive(w, r, maxBody)
	if err != nil {
		in.fail(w, r, agent, err)
		return
	}
	defer release()
	if err := in.turn(r.Context(), in.unsaved.Acquire, 1); err != nil {
		in.fail(w, r, agent, err)
		return
	}
	defer in.unsaved.Release(1)
	uploads, said, done, err := in.decode(r.Context(), body, r.Header.Get("Content-Encoding"), agent)
	if err != nil {
		in.fail(w, r, agent, err)
		return
	}
	defer done()
	for _, refused := range said.Refused[min(1, len(said.Refused)):] { // fail counts the first where it is all there is
		in.refuse(r.Context(), agent, refused)
	}
	if len(uploads) == 0 && len(said.Refused) > 0 {
		in.fail(w, r, agent, &refusal{http.StatusBadRequest, "upload/decision", said.Refused[0].Decision + ": " + said.Refused[0].Reason})
		return
	}
	if len(said.Refused) > 0 {
		in.refuse(r.Context(), agent, said.Refused[0])
	}
	if len(uploads) > 0 {
		outcomes, err := in.DB.Save(r.Context(), uploads, in.Tell)
		if err != nil {
			in.fail(w, r, agent, err)
			return
		}
		in.count(&said, outcomes)
		in.settle(r.Context(), agent, uploads, outcomes)
	}
	answer(w, http.StatusOK, said)
}

func (in *Intake) refuse(ctx context.Context, agent store.Agent, refused Refused) {
	in.counts.Refused.Add(1)
	if err := in.DB.Refuse(ctx, agent.Server, "upload/decision", clean(refused.Decision+": "+refused.Reason, maxText), time.Now()); err != nil {
		in.Log.Error("count a refused decision", "error", err)
	}
}

func (in *Intake) count(said *Answer, outcomes []string) {
	for _, outcome := range outcomes {
		switch outcome {
		case store.Duplicate:
			said.Duplicates++
			in.counts.Duplicates.Add(1)
			continue
		case store.Late:
			in.counts.Late.Add(1)
		case store.Waits:
			in.counts.Waiting.Add(1)
		}
		said.Stored++
		in.counts.Stored.Add(1)
	}
}

// decode makes uploads of a body. The caller calls done when they are stored.
func (in *Intake) decode(ctx context.Context, body []byte, encoding string, agent store.Agent) (uploads []store.Upload, said Answer, done func(), err error) {
	if err := in.turn(ctx, in.gate.Acquire, 1); err != nil {
		return nil, said, nil, err
	}
	defer in.gate.Release(1)
	text, err := unpack(body, encoding, maxDecoded)
	if err != nil {
		return nil, said, nil, err
	}
	weight := int64(len(text))
	if err := in.turn(ctx, in.decoded.Acquire, weight); err != nil {
		return nil, said, nil, err
	}
	done = func() { in.decoded.Release(weight) }
	now := time.Now().UTC()
	if one, ok := single(text); ok && encoding != "" && encoding != "identity" {
		upload, id, err := in.upload(ctx, agent, one, body, now) // a compressed body with one decision is kept as it came
		uploads, said.Refused = sorted(uploads, said.Refused, upload, id, err, 0)
		return uploads, said, done, nil
	}
	var events []json.RawMessage
	if err := jsonv2.Unmarshal(text, &events); err != nil {
		done()
		return nil, said, nil, &refusal{http.StatusBadRequest, "upload/malformed", err.Error()}
	}
	if len(events) > maxEvents {
		done()
		return nil, said, nil, &refusal{http.StatusRequestEntityTooLarge, "upload/too-many", fmt.Sprintf("%d decisions; the hub takes %d at once", len(events), maxEvents)}
	}
	for i, raw := range events {
		kept, err := compress([]byte("["), raw, []byte("]"))
		if err != nil {
			done()
			return nil, said, nil, err
		}
		var upload store.Upload
		var id string
		var one arrived
		if err = jsonv2.Unmarshal(raw, &one); err == nil {
			upload, id, err = in.upload(ctx, agent, &one, kept, now)
		} else {
			id, err = named(raw), fmt.Errorf("no decision with a result of exvet's: %w", err)
		}
		uploads, said.Refused = sorted(uploads, said.Refused, upload, id, err, i)
	}
	return uploads, said, done, nil
}

// sorted puts a decision to those that are stored or, where it was refused, to those that are not.
func sorted(uploads []store.Upload, refused []Refused, upload store.Upload, id string, err error, i int) ([]store.Upload, []Refused) {
	if err == nil {
		return append(uploads, upload), refused
	}
	if id == "" {
		id = fmt.Sprintf("decision %d", i+1)
	}
	return uploads, append(refused, Refused{id, err.Error()})
}

// An arrived is what the hub reads of a decision.Event, its result at once.
type arrived struct {
	Labels     map[string]string          `json:"labels"`
	DecisionID string                     `json:"decision_id"`
	Bundles    map[string]decision.Bundle `json:"bundles"`
	Result     *decision.Result           `json:"result"`
}

// single reads a body that holds one decision of exvet's: what agents send.
func single(text []byte) (*arrived, bool) {
	var all []arrived
	if err := jsonv2.Unmarshal(text, &all); err != nil || len(all) != 1 {
		return nil, false
	}
	return &all[0], true
}

// named is the decision id of a decision that is none of exvet's, where it has one.
func named(raw []byte) string {
	var head struct {
		DecisionID string `json:"decision_id"`
	}
	if jsonv2.Unmarshal(raw, &head) != nil {
		return ""
	}
	return clean(head.DecisionID, maxID)
}

// maxID is how long a decision id may be. OPA's have 36 characters.
const maxID = 200

// upload reads one decision.
func (in *Intake) upload(ctx context.Context, agent store.Agent, event *arrived, kept []byte, now time.Time) (u store.Upload, id string, err error) {
	id = clean(event.DecisionID, maxID)
	if event.DecisionID == "" || id != event.DecisionID {
		return u, id, fmt.Errorf("the decision_id is empty, longer than %d bytes or does not print", maxID)
	}
	result := event.Result
	if err := check(result); err != nil {
		return u, id, err
	}
	bundles, err := json.Marshal(event.Bundles)
	if err != nil {
		return u, id, err
	}
	u = store.Upload{
		Server: agent.Server, Decision: id, Kind: string(result.Kind), Base: clean(result.Base, maxID), Cause: clean(string(result.Cause), 40),
		Received: now, Scanned: earlier(result.StartedAt, now), Bundles: clean(string(bundles), maxText),
		Agent: clean(result.Exvet, 60), Ring: clean(event.Labels["ring"], 60), Body: kept,
	}
	report := result.Report
	switch result.Kind {
	case decision.Failure:
		u.Error = clean(result.Error, maxText)
		if u.Error == "" {
			u.Error = "the agent gives no reason"
		}
		return u, id, nil
	case decision.Changes:
		if report, err = in.whole(ctx, agent, *result); err != nil {
			return u, id, err
		}
		if report == nil {
			u.Waiting = true
			return u, id, nil
		}
	}
	u.Look, err = look(report)
	return u, id, err
}

func earlier(at, now time.Time) time.Time {
	if at.IsZero() || at.After(now) {
		return now
	}
	return at.UTC()
}

// check refuses a result that this hub does not read.
func check(result *decision.Result) error {
	switch {
	case result == nil:
		return fmt.Errorf("the decision has no result of exvet's")
	case result.Format != decision.Format:
		return fmt.Errorf("the result has the format %d; this hub reads %d", result.Format, decision.Format)
	case result.Kind == decision.Failure:
		return nil
	case result.Kind != decision.Whole && result.Kind != decision.Changes:
		return fmt.Errorf("a result of unknown kind %q", clean(string(result.Kind), 40))
	case result.Report == nil || result.Report.Format != exvet.ReportFormat || len(result.Report.Servers) != 1:
		return fmt.Errorf("the result holds no report of one server in format %d", exvet.ReportFormat)
	}
	return nil
}
