package iisconfig

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/redact"
)

// maxFingerprints bounds the work one file can ask for: a fingerprint takes milliseconds.
const maxFingerprints = 100

// A redactor replaces the secrets of one file.
type redactor struct {
	salt string // of the file
	made int    // fingerprints so far
	keep bool   // write fingerprints into the values, for Redacted
}

// fingerprinted is what Redacted writes in place of a secret.
var fingerprinted = exvet.Pattern(`^\[secret:(plain|encrypted):([0-9a-f]{0,8})\]$`)

// redact replaces every secret among an element's attributes, so that none can reach a fact by any road.
func (r *redactor) redact(element string, attrs []attribute) {
	named := ""
	for i := range attrs {
		if attrs[i].name == "key" || attrs[i].name == "name" {
			named = strings.ToLower(attrs[i].value)
		}
	}
	for i := range attrs {
		a := &attrs[i]
		if known := fingerprinted().FindStringSubmatch(a.value); known != nil {
			a.secret = &Secret{Kind: known[1], Fingerprint: known[2]}
		} else if kind := secretKind(a, named); kind != "" {
			a.secret = &Secret{Kind: kind}
			if r.made++; r.made <= maxFingerprints {
				a.secret.Fingerprint = fingerprint(a.value, r.salt+"\x00"+element+"\x00"+a.name)
			}
		} else {
			a.value = within(a.value)
			continue
		}
		a.value = redact.Mark
		if r.keep {
			a.value = "[secret:" + a.secret.Kind + ":" + a.secret.Fingerprint + "]"
		}
	}
}

// secretKind says what kind of secret an attribute holds, "" for none. named is what the element calls
// itself: <add key="smtpPassword" value="..."/>.
func secretKind(a *attribute, named string) string {
	if a.value == "" {
		return ""
	}
	if strings.Contains(a.value, "[enc:") {
		return "encrypted"
	}
	switch strings.ToLower(a.name) {
	case "password", "sessionkey", "connectionstring", "sqlconnectionstring", "stateconnectionstring":
		return "plain"
	case "validationkey", "decryptionkey":
		if !strings.HasPrefix(strings.ToLower(a.value), "autogenerate") {
			return "plain"
		}
	case "value":
		if redact.Name(named) {
			return "plain"
		}
	}
	return ""
}

// within takes out the secrets that are a part of a value: an address with an account, a connection string. Most values
// hold none, so little is looked at twice.
func within(value string) string {
	if !strings.Contains(value, "=") && !strings.Contains(value, "@") {
		return value
	}
	lower := strings.ToLower(value)
	if strings.Contains(lower, "://") || strings.Contains(strings.ReplaceAll(lower, "publickeytoken", ""), "token") {
		return redact.Text(value)
	}
	for _, word := range []string{"pass", "pwd", "secret", "key", "credential"} {
		if strings.Contains(lower, word) && !strings.Contains(lower, "publickeytoken") {
			return redact.Text(value)
		}
	}
	return value
}

// fingerprint tells two values of one setting apart. It is slow to make and only 32 bits long, so that many
// guesses of a password fit one fingerprint.
func fingerprint(value, salt string) string {
	const iterations = 20_000
	sum, err := pbkdf2.Key(sha256.New, value, []byte("exvet\x00"+salt), iterations, 4)
	if err != nil {
		return "" // only FIPS mode refuses so short a key
	}
	return hex.EncodeToString(sum)
}
