package access

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/hub/store"
)

const keyPrefix = "exvet-key-"

// A Person is who looks: a user, by a session or by a key.
type Person struct {
	store.User

	ByKey bool
}

// May reports whether the person's role allows what another may.
func (p *Person) May(do Role) bool { return Role(p.Role).May(do) }

type personKey struct{}

// PersonOf is who sent a request, or nil.
func PersonOf(r *http.Request) *Person {
	person, _ := r.Context().Value(personKey{}).(*Person)
	return person
}

// WithPerson gives a request its person.
func WithPerson(r *http.Request, p *Person) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), personKey{}, p))
}

// Names of what a session holds.
const (
	sessionUser  = "user"
	sessionEpoch = "epoch"
)

// Person says who sent a request: nil where nobody is known. A key goes before a session.
func (g *Gate) Person(r *http.Request) (*Person, error) {
	if id, sum, ok := bearer(r, keyPrefix); ok {
		key, err := g.DB.Key(r.Context(), id)
		if err != nil || key == nil || key.Digest != sum || !time.Now().Before(key.Expires) {
			return nil, err
		}
		user, err := g.DB.User(r.Context(), key.User)
		if err != nil || user == nil || user.Disabled {
			return nil, err
		}
		return &Person{User: *user, ByKey: true}, nil
	}
	if r.Header.Get("Authorization") != "" {
		return nil, nil
	}
	id := g.Sessions.GetInt64(r.Context(), sessionUser)
	if id == 0 {
		return nil, nil
	}
	user, err := g.DB.User(r.Context(), id)
	if err != nil || user == nil || user.Disabled || user.Epoch != g.Sessions.GetInt64(r.Context(), sessionEpoch) {
		return nil, err
	}
	return &Person{User: *user}, nil
}

// Allow reports whether a person may ask once more now.
func (g *Gate) Allow(p *Person) bool { return g.asks.allow(p.Name) }

// Crossed reports whether another site made a browser send a request that changes something. A browser says where such a
// request comes from; one that does not say is not let change anything by a session.
func (g *Gate) Crossed(r *http.Request, p *Person) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || (p != nil && p.ByKey) {
		return false
	}
	return g.cross.Check(r) != nil || (r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "")
}

// CheckPassword refuses one that is too short to be safe.
func CheckPassword(password string) error {
	if len([]rune(password)) < 12 || len(password) > 200 {
		return exvet.Refuse("hub/password", "a password has 12 to 200 characters")
	}
	return nil
}

// NewPassword draws one.
func NewPassword() string {
	var b [15]byte
	_, _ = rand.Read(b[:]) // never fails
	text := strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
	return strings.Join([]string{text[:6], text[6:12], text[12:18], text[18:]}, "-")
}

// Hash is what is stored of a password.
func Hash(password string) (string, error) { return argon2id.CreateHash(password, hashing()) }

func hashing() *argon2id.Params {
	return &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32} // OWASP's smallest
}

// AddUser adds a local user with a password.
func AddUser(ctx context.Context, db *store.DB, name string, role Role, password string, first bool) (bool, error) {
	if err := CheckName(name); err != nil {
		return false, err
	}
	if !role.May(Viewer) {
		return false, exvet.Refuse("hub/role", "unknown role %q: use viewer, operator or admin", role)
	}
	if err := CheckPassword(password); err != nil {
		return false, err
	}
	hash, err := Hash(password)
	if err != nil {
		return false, err
	}
	id, err := db.AddUser(ctx, store.User{Name: name, Role: string(role), Password: hash, Origin: store.OriginLocal, Made: time.Now()}, first)
	if errors.Is(err, store.ErrNameTaken) {
		return false, exvet.Refuse("hub/name-taken", "there is a user %q; choose another name", name)
	}
	return id != 0, err
}

// errLogin is what whoever cannot log in is told, whatever the reason.
var errLogin = errors.New("name or password is wrong")

// errOften is told after too many tries.
var errOften = errors.New("too many tries; wait a minute")

// LogIn begins a session for a name and a password.
func (g *Gate) LogIn(r *http.Request, name, password string) error {
	if !g.logins.allow("address "+Origin(r)) || !g.logins.allow("name "+strings.ToLower(name)) {
		g.audit(r, name, "log-in held back", "", "too many tries")
		return errOften
	}
	user, err := g.DB.UserNamed(r.Context(), name)
	if err != nil {
		return err
	}
	known := user != nil && !user.Disabled && user.Password != ""
	hash := decoy
	if known {
		hash = user.Password
	}
	match, err := argon2id.ComparePasswordAndHash(password, hash) // for a name nobody has, too: it takes as long
	if err != nil {
		return err
	}
	if !match || !known {
		g.audit(r, name, "log-in refused", "", "")
		return errLogin
	}
	return g.begin(r, user)
}

// decoy is a hash nobody knows a password of.
const decoy = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$mZ0uqxZ1zp0lRzJ0dPqp3Yw3h4yT1pBqYx3y1sC5k9o"

func (g *Gate) begin(r *http.Request, user *store.User) error {
	if err := g.Sessions.RenewToken(r.Context()); err != nil {
		return err
	}
	g.Sessions.Put(r.Context(), sessionUser, user.ID)
	g.Sessions.Put(r.Context(), sessionEpoch, user.Epoch)
	g.audit(r, user.Name, "logged in", "", user.Origin)
	return g.DB.SawUser(r.Context(), user.ID, time.Now())
}

// LogOut ends the session.
func (g *Gate) LogOut(r *http.Request) error {
	g.Audit(r, "logged out", "", "")
	return g.Sessions.Destroy(r.Context())
}

// KeyLife is how long a key for the JSON API lasts.
const KeyLife = 365 * 24 * time.Hour

// NewKey makes a key with which a program reads as a user does.
func (g *Gate) NewKey(ctx context.Context, user int64, name string) (string, error) {
	if err := CheckName(name); err != nil {
		return "", err
	}
	whole, id, sum := token(keyPrefix)
	now := time.Now()
	return whole, g.DB.AddKey(ctx, store.Key{ID: id, User: user, Name: name, Digest: sum, Made: now, Expires: now.Add(KeyLife)})
}

// ChangePassword gives a person a new password, ends its other sessions and keeps this one.
func (g *Gate) ChangePassword(r *http.Request, p *Person, before, after string) error {
	if p.Origin != store.OriginLocal || p.ByKey {
		return exvet.Refuse("hub/password", "this hub keeps no password of yours")
	}
	if !g.logins.allow("name " + strings.ToLower(p.Name)) {
		return errOften
	}
	match, err := argon2id.ComparePasswordAndHash(before, p.Password)
	if err != nil {
		return err
	}
	if !match {
		return errLogin
	}
	if err := CheckPassword(after); err != nil {
		return err
	}
	user := p.User
	if user.Password, err = Hash(after); err != nil {
		return err
	}
	if err := g.DB.ChangeUser(r.Context(), user); err != nil {
		return err
	}
	fresh, err := g.DB.User(r.Context(), user.ID)
	if err != nil || fresh == nil {
		return errors.Join(err, errLogin)
	}
	g.audit(r, p.Name, "changed the password", "", "")
	return g.begin(r, fresh)
}

// Excuse is what a person is told of an error: nothing of the hub's insides.
func Excuse(err error) string {
	var said *saidError
	var refused *exvet.Refusal
	switch {
	case errors.Is(err, errLogin), errors.Is(err, errOften):
		return err.Error()
	case errors.As(err, &said):
		return said.Error()
	case errors.As(err, &refused):
		return refused.Err.Error()
	}
	return "the hub cannot do this now; its log says why"
}

// A saidError is one whose text is for the person.
type saidError struct{ text string }

func (e *saidError) Error() string { return e.text }

func say(format string, args ...any) error { return &saidError{fmt.Sprintf(format, args...)} }
