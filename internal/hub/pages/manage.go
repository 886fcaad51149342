package pages

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/exvet/exvet/internal/hub/access"
	"github.com/exvet/exvet/internal/hub/store"
)

// wantsJSON reports whether a program asks, not a browser.
func wantsJSON(r *http.Request) bool {
	person := access.PersonOf(r)
	return person != nil && person.ByKey || strings.Contains(r.Header.Get("Accept"), "application/json")
}

func answerJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // whoever asked may have gone
}

// An Enrolments is the page on which servers are enrolled.
type Enrolments struct {
	Codes []store.Code   `json:"codes"`
	Never []store.Server `json:"never_reported"`
}

func (s *Site) enrolments(r *http.Request) (any, error) {
	codes, err := s.DB.Codes(r.Context(), time.Now())
	if err != nil {
		return nil, err
	}
	never, _, err := s.DB.Servers(r.Context(), store.ServerQuery{State: "never", Sort: "name", To: pageRows})
	return Enrolments{codes, never}, err
}

// AddCode makes a one-time code and shows it.
func (s *Site) AddCode(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	name := strings.TrimSpace(r.PostFormValue("name"))
	code, err := access.NewCode(r.Context(), s.DB, name, access.PersonOf(r).Name)
	if err != nil {
		s.back(w, r, "/enrolments", "", s.text(err))
		return
	}
	s.Gate.Audit(r, "made a code of enrolment", name, "")
	s.secret(w, r, shown{Title: "A code for " + name, Secret: code, Back: "/enrolments",
		Text: "It enrols the server once, within a day. On the server:",
		Use:  "exvet hub join " + s.URL + " --code " + code + " --ca hub-ca.pem --token-file hub.token"})
}

// Revoke ends the credentials of a server, or one of them.
func (s *Site) Revoke(w http.ResponseWriter, r *http.Request) {
	id := serverID(r)
	found, err := s.DB.Server(r.Context(), id)
	if err != nil || found == nil {
		s.fail(w, r, notFound(err))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	credential := r.PostFormValue("credential")
	if err := s.DB.Revoke(r.Context(), id, credential, "", time.Now()); err != nil {
		s.fail(w, r, err)
		return
	}
	s.Gate.Audit(r, "revoked credentials", found.Name, credential)
	s.back(w, r, "/servers/"+strconv.FormatInt(id, 10), "The credentials are no longer taken. Enrol the server with a new code.", "")
}

// RemoveServer forgets a server and what it reported.
func (s *Site) RemoveServer(w http.ResponseWriter, r *http.Request) {
	id := serverID(r)
	found, err := s.DB.Server(r.Context(), id)
	if err != nil || found == nil {
		s.fail(w, r, notFound(err))
		return
	}
	if err := s.DB.RemoveServer(r.Context(), id); err != nil {
		s.fail(w, r, err)
		return
	}
	s.Gate.Audit(r, "removed a server", found.Name, "")
	s.back(w, r, "/servers", found.Name+" and what it reported are gone.", "")
}

// A Users is the page of the users.
type Users struct {
	Users []store.User  `json:"users"`
	Roles []access.Role `json:"-"`
}

func (s *Site) users(r *http.Request) (any, error) {
	all, err := s.DB.Users(r.Context())
	return Users{all, access.Roles()}, err
}

// AddUser makes a local user with a password that is shown once.
func (s *Site) AddUser(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	name, role, password := strings.TrimSpace(r.PostFormValue("name")), r.PostFormValue("role"), access.NewPassword()
	if _, err := access.AddUser(r.Context(), s.DB, name, access.Role(role), password, false); err != nil {
		s.back(w, r, "/users", "", s.text(err))
		return
	}
	s.Gate.Audit(r, "added a user", name, role)
	s.secret(w, r, shown{Title: "A password for " + name, Secret: password, Back: "/users",
		Text: "It is shown this once. " + name + " changes it under Account.", Use: s.URL + "/login"})
}

// ChangeUser gives a user another role, or disables it, or lets it in again.
func (s *Site) ChangeUser(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	id, err := strconv.ParseInt(r.PathValue("user"), 10, 64)
	if err != nil {
		s.fail(w, r, errNotFound)
		return
	}
	user, err := s.DB.User(r.Context(), id)
	if err != nil || user == nil {
		s.fail(w, r, notFound(err))
		return
	}
	if user.ID == access.PersonOf(r).ID {
		s.back(w, r, "/users", "", "You cannot change yourself here: another admin can.")
		return
	}
	role := access.Role(r.PostFormValue("role"))
	if !role.May(access.Viewer) {
		s.back(w, r, "/users", "", "There is no such role.")
		return
	}
	user.Role, user.Disabled = string(role), r.PostFormValue("disabled") != ""
	if err := s.DB.ChangeUser(r.Context(), *user); err != nil {
		s.fail(w, r, err)
		return
	}
	detail := string(role)
	if user.Disabled {
		detail = "disabled"
	}
	s.Gate.Audit(r, "changed a user", user.Name, detail)
	s.back(w, r, "/users", user.Name+" is changed. Its sessions have ended.", "")
}

// An AuditLog is the page of the audit log.
type AuditLog struct {
	Entries []store.Entry `json:"entries"`
	Pager   Pager         `json:"pager"`
}

func (s *Site) audit(r *http.Request) (any, error) {
	p := pager(r)
	all, err := s.DB.Entries(r.Context(), p.From, pageRows+1)
	p.Total = p.From + len(all) // one more than is shown leads to the next page
	return AuditLog{all[:min(len(all), pageRows)], p}, err
}

// A Notices is the page of what people were told.
type Notices struct {
	Channels []string        `json:"channels"`
	Notices  []store.Telling `json:"notices"`
}

// lastNotices is how many are listed.
const lastNotices = 200

func (s *Site) notices(r *http.Request) (any, error) {
	all, err := s.DB.Tellings(r.Context(), lastNotices)
	return Notices{s.Channels, all}, err
}
