package pages

import (
	"net/http"
	"strings"

	"github.com/exvet/exvet/internal/hub/access"
	"github.com/exvet/exvet/internal/hub/store"
)

// A loginForm is what the log-in page shows.
type loginForm struct {
	Next  string
	Name  string
	Wrong string
	OIDC  string
}

// LoginPage asks for name and password.
func (s *Site) LoginPage(w http.ResponseWriter, r *http.Request) {
	s.login(w, r, http.StatusOK, loginForm{Next: local(r.URL.Query().Get("next"))})
}

func (s *Site) login(w http.ResponseWriter, r *http.Request, status int, form loginForm) {
	if s.Gate.OIDC != nil {
		form.OIDC = s.Gate.OIDC.Label
	}
	s.render(w, r, status, "login", form)
}

// local is a path of this hub, or "/": nobody is led elsewhere after a log-in.
func local(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

// Login begins a session.
func (s *Site) Login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	form := loginForm{Next: local(r.PostFormValue("next")), Name: r.PostFormValue("name")}
	if err := s.Gate.LogIn(r, form.Name, r.PostFormValue("password")); err != nil {
		form.Wrong = access.Excuse(err)
		s.login(w, r, http.StatusUnauthorized, form)
		return
	}
	http.Redirect(w, r, form.Next, http.StatusSeeOther)
}

// OIDCBack takes a person back from the identity provider.
func (s *Site) OIDCBack(w http.ResponseWriter, r *http.Request) {
	if s.Gate.OIDC == nil {
		http.NotFound(w, r)
		return
	}
	if err := s.Gate.Finish(r); err != nil {
		s.login(w, r, http.StatusUnauthorized, loginForm{Next: "/", Wrong: access.Excuse(err)})
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// Logout ends the session.
func (s *Site) Logout(w http.ResponseWriter, r *http.Request) {
	if err := s.Gate.LogOut(r); err != nil {
		s.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// An Account is the page of the person who looks.
type Account struct {
	User store.User  `json:"user"`
	Keys []store.Key `json:"keys"`
}

func (s *Site) account(r *http.Request) (any, error) {
	person := access.PersonOf(r)
	keys, err := s.DB.Keys(r.Context(), person.ID)
	return Account{person.User, keys}, err
}

// ChangePassword gives the person who asks a new password, and ends other sessions.
func (s *Site) ChangePassword(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	person := access.PersonOf(r)
	if err := s.Gate.ChangePassword(r, person, r.PostFormValue("old"), r.PostFormValue("new")); err != nil {
		s.back(w, r, "/account", "", access.Excuse(err))
		return
	}
	s.back(w, r, "/account", "The password is changed. Other sessions of yours have ended.", "")
}

// AddKey makes a key for programs and shows it once.
func (s *Site) AddKey(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	name := r.PostFormValue("name")
	key, err := s.Gate.NewKey(r.Context(), access.PersonOf(r).ID, name)
	if err != nil {
		s.back(w, r, "/account", "", s.text(err))
		return
	}
	s.Gate.Audit(r, "made a key", name, "")
	s.secret(w, r, shown{Title: "A key for " + name, Secret: key, Back: "/account",
		Text: "It reads what you may read, for a year. It is shown this once.",
		Use:  "curl --cacert hub-ca.pem -H 'Authorization: Bearer " + key + "' " + s.URL + "/api/v1/servers"})
}

// RemoveKey ends a key of the person who asks.
func (s *Site) RemoveKey(w http.ResponseWriter, r *http.Request) {
	if err := s.DB.RemoveKey(r.Context(), access.PersonOf(r).ID, r.PathValue("key")); err != nil {
		s.fail(w, r, err)
		return
	}
	s.Gate.Audit(r, "removed a key", r.PathValue("key"), "")
	s.back(w, r, "/account", "The key is gone.", "")
}

// shown is something the hub says once.
type shown struct {
	Title, Text, Secret, Use, Back string
}

func (s *Site) secret(w http.ResponseWriter, r *http.Request, what shown) {
	if wantsJSON(r) {
		answerJSON(w, http.StatusOK, map[string]string{"secret": what.Secret})
		return
	}
	s.render(w, r, http.StatusOK, "secret", what)
}

// back leads to a page that says what an action did, or why it did not.
func (s *Site) back(w http.ResponseWriter, r *http.Request, path, said, wrong string) {
	if wantsJSON(r) {
		if wrong != "" {
			answerJSON(w, http.StatusUnprocessableEntity, map[string]string{"error": wrong})
			return
		}
		answerJSON(w, http.StatusOK, map[string]string{"done": said})
		return
	}
	if said != "" {
		s.Gate.Sessions.Put(r.Context(), sessionSaid, said)
	}
	if wrong != "" {
		s.Gate.Sessions.Put(r.Context(), sessionWrong, wrong)
	}
	http.Redirect(w, r, path, http.StatusSeeOther)
}
