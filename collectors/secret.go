package collectors

import (
	"regexp"
	"strings"
)

// redacted stands where a secret stood.
const redacted = "[secret]"

// secretWords mark names whose values must not leave the server.
var secretWords = []string{"password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "api_key", "api-key", "accesskey", "access_key",
	"privatekey", "private_key", "license_key", "licensekey", "connectionstring", "connection_string", "credential"}

func secretName(name string) bool {
	name = strings.ToLower(name)
	for _, word := range secretWords {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

const (
	secretWord = `[a-z0-9_.-]*(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|accountkey)[a-z0-9_]*`
	secretText = `("[^"]*"|'[^']*'|[^\s;&"']+)`
)

var (
	secretOption  = regexp.MustCompile(`(?i)((?:^|[\s"'])[-/]{1,2}` + secretWord + `(?:\s*[=:]\s*|\s+))` + secretText)
	secretSetting = regexp.MustCompile(`(?i)((?:^|[;&?\s"'])` + secretWord + `\s*[=:]\s*)` + secretText)
	secretLogin   = regexp.MustCompile(`(://[^/\s:@]{1,256}:)[^/\s@]{1,256}@`)
)

// redactText takes the secrets out of a command line or an address: `-password x`, `pwd=x;`, `https://user:x@host`.
func redactText(text string) string {
	text = secretLogin.ReplaceAllString(text, "${1}"+redacted+"@")
	text = secretOption.ReplaceAllString(text, "${1}"+redacted)
	return secretSetting.ReplaceAllString(text, "${1}"+redacted)
}

// environmentValue gives a variable's value without secrets, and whether there was one.
func environmentValue(name, value string) (string, bool) {
	if secretName(name) && value != "" {
		return redacted, true
	}
	clean := shortened(value)
	return clean, strings.Contains(clean, redacted) && !strings.Contains(value, redacted)
}
