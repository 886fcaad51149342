package eventfacts

import (
	"regexp"
	"strings"
)

// What holds a secret: an option of a command line, `-Password x`, a part of a connection string, `pwd=x`, an attribute,
// `password="x"`, and the account in an address.
var (
	secretOption = regexp.MustCompile(`(?i)(` + secretName + `\s+)("[^"]*"|'[^']*'|[^\s;&"',-][^\s;&"',]*)`)
	secretPair   = regexp.MustCompile(`(?i)([\w.-]*` + secretWord + `\w*["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s;&"',]+)`)
	secretLogin  = regexp.MustCompile(`(://[^/\s:@]{1,256}):[^/\s@]{1,256}@`)
	anySecret    = regexp.MustCompile(`(?i)` + secretWord + `|machinekey|connectionstring`)
)

const (
	secretWord = `(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|accountkey|credential)`
	secretName = `[-/]{1,2}[\w.-]*` + secretWord + `\w*["']?`
)

const redacted = "[secret]"

// maxRedact is how much of a text is looked at; the rest would be cut anyway.
const maxRedact = 8_192

// redact takes secrets out of a text.
func redact(text string) string {
	if len(text) > maxRedact {
		text = strings.ToValidUTF8(text[:maxRedact], "")
	}
	if !strings.Contains(text, "://") && !anySecret.MatchString(text) {
		return text
	}
	text = secretLogin.ReplaceAllString(text, "$1:"+redacted+"@")
	text = secretOption.ReplaceAllString(text, "$1"+redacted)
	return secretPair.ReplaceAllStringFunc(text, func(pair string) string {
		if strings.Contains(strings.ToLower(pair), "publickeytoken") {
			return pair // part of an assembly's name
		}
		return secretPair.ReplaceAllString(pair, "$1"+redacted)
	})
}
