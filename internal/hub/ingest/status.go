package ingest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/exvet/exvet/internal/decision"
	"github.com/exvet/exvet/internal/hub/store"
)

// A status is what the hub reads of OPA's status. OPA's own type does not read its own JSON back.
type status struct {
	Labels  map[string]string `json:"labels"`
	Bundles map[string]struct {
		Revision string `json:"active_revision"`
		Code     string `json:"code"`
		Message  string `json:"message"`
		HTTPCode any    `json:"http_code"`
		Errors   []any  `json:"errors"`
	} `json:"bundles"`
	Plugins map[string]struct {
		State   string `json:"state"`
		Message string `json:"message"`
	} `json:"plugins"`
	Metrics struct {
		Exvet struct {
			CoreEmbedded float64 `json:"core_embedded"`
		} `json:"exvet"`
	} `json:"metrics"`
}

// Status takes POST /status. The last one of an agent counts.
func (in *Intake) Status(w http.ResponseWriter, r *http.Request, agent store.Agent) {
	body, release, err := in.receive(w, r, maxStatus)
	if err != nil {
		in.fail(w, r, agent, err)
		return
	}
	defer release()
	text, err := unpack(body, r.Header.Get("Content-Encoding"), maxStatus)
	if err != nil {
		in.fail(w, r, agent, err)
		return
	}
	var s status
	if err := json.Unmarshal(text, &s); err != nil || (s.Labels == nil && s.Bundles == nil && s.Plugins == nil) {
		if err == nil {
			err = fmt.Errorf("it has neither labels nor bundles nor plugins")
		}
		in.fail(w, r, agent, &refusal{http.StatusBadRequest, "upload/malformed", "no status of OPA's: " + err.Error()})
		return
	}
	now := time.Now().UTC()
	beat, states, err := s.beat(agent, text, now)
	if err != nil {
		in.fail(w, r, agent, err)
		return
	}
	var notices []store.Notice
	if in.Alarm != nil {
		notices = in.Alarm(agent.Name, agent.Server, states, now)
	}
	if err := in.DB.SaveBeat(r.Context(), beat, notices); err != nil {
		in.fail(w, r, agent, err)
		return
	}
	in.counts.Statuses.Add(1)
	answer(w, http.StatusOK, struct{}{})
}

func (s *status) beat(agent store.Agent, text []byte, now time.Time) (store.Beat, []store.BundleState, error) {
	states := []store.BundleState{}
	trouble := ""
	for _, name := range slices.Sorted(maps.Keys(s.Bundles)) {
		b := s.Bundles[name]
		state := store.BundleState{Name: clean(name, 100), Revision: clean(b.Revision, 200), Code: clean(b.Code, 60)}
		if b.Code != "" {
			state.Reason = b.Message
			for _, each := range b.Errors {
				state.Reason += "; " + fmt.Sprint(each)
			}
			state.Reason = clean(state.Reason, 1000)
			if trouble == "" {
				trouble = state.Name + ": " + state.Reason
			}
		}
		states = append(states, state)
	}
	if exvet := s.Plugins["exvet"]; trouble == "" && exvet.State == "ERROR" {
		trouble = clean(exvet.Message, 1000)
	}
	core := clean(s.Bundles["core"].Revision, 200)
	if s.Metrics.Exvet.CoreEmbedded == 1 {
		core = "embedded"
	}
	list, err := json.Marshal(states)
	return store.Beat{
		Server: agent.Server, Received: now, Ring: clean(s.Labels["ring"], 60), Agent: clean(s.Labels[decision.LabelExvet], 60), Core: core,
		Trouble: trouble, Bundles: string(list), Body: strings.ReplaceAll(strings.ToValidUTF8(string(text), "\uFFFD"), "\x00", "\uFFFD"),
	}, states, err
}
