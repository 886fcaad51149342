// Package redact takes secrets out of texts of a server: the one list of what is one.
package redact

import (
	"strings"

	"github.com/exvet/exvet"
)

// Mark stands where a secret stood.
const Mark = "[secret]"

// words mark names whose values must not leave the server.
const words = `password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|license[_-]?key|credential`

const (
	name  = `[\w.-]*(?:` + words + `)\w*`
	value = `(\[secret\]|"[^"]*"|'[^']*'|[^\s;&"'<>]+)`
)

var (
	secretName = exvet.Pattern(`(?i)` + words + `|(?:machine|validation|decryption)[_-]?key|connection[_-]?string`)
	suspect    = exvet.Pattern(`(?i)` + words + `|://|authorization|bearer|/user:|/rp\s|\s-u\s`)

	// An option of a command line, `-Password x` or `/SvcPwd:"x y"`.
	option = exvet.Pattern(`(?i)((?:^|[\s"'])[-/]{1,2}` + name + `(?:\s*[=:]\s*|\s+))` + value)
	// A part of a connection string or of an address, an attribute: `pwd=x;`, `password="x"`, `"token": "x"`.
	pair = exvet.Pattern(`(?i)(` + name + `["']?\s*[=:]\s*)` + value)
	// The account in an address, `https://user:x@host`.
	login = exvet.Pattern(`(://[^/\s:@]{1,256}:)[^/\s@]{1,256}@`)
	// What is sent with a request, and the passwords of usual programs: curl, schtasks, net use.
	header  = exvet.Pattern(`(?i)(\b(?:authorization["']?\s*[=:]\s*["']?(?:basic|bearer|negotiate|ntlm)|bearer)\s+)[\w+/.~=-]+`)
	account = exvet.Pattern(`(?i)(\s-u\s+["']?[^\s:"']{1,256}:)[^\s"']+`)
	spoken  = exvet.Pattern(`(?i)(\s/rp\s+)` + value)
	netUse  = exvet.Pattern(`(?i)(\suse\s[^|&]*\s/user:\S+\s+)` + value)
)

// Name reports whether a variable, a value or an attribute of this name holds a secret.
func Name(name string) bool {
	return secretName().MatchString(name) && !strings.Contains(strings.ToLower(name), "publickeytoken")
}

// Text takes the secrets out of a command line, a connection string, an address or a sentence. What it gives it leaves as
// it is when it is given it again.
func Text(text string) string {
	if !suspect().MatchString(text) {
		return text
	}
	text = login().ReplaceAllString(text, "${1}"+Mark+"@")
	text = header().ReplaceAllString(text, "${1}"+Mark)
	text = account().ReplaceAllString(text, "${1}"+Mark)
	text = spoken().ReplaceAllString(text, "${1}"+Mark)
	text = netUse().ReplaceAllString(text, "${1}"+Mark)
	text = option().ReplaceAllString(text, "${1}"+Mark)
	return pair().ReplaceAllStringFunc(text, func(found string) string {
		if strings.Contains(strings.ToLower(found), "publickeytoken") {
			return found // part of an assembly's name
		}
		return pair().ReplaceAllString(found, "${1}"+Mark)
	})
}
