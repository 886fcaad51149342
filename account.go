package exvet

import (
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

var sidPattern = Pattern(`(?i)^S-1(-\d{1,10}){1,15}$`)

// AccountSID gives the SID of an account that every Windows has, however it is written, in the languages servers are
// commonly installed in; of a service's own account, `NT SERVICE\MSExchangeX`; and of a SID itself. Any other is "".
func AccountSID(account string) string {
	name := strings.ToLower(strings.TrimSpace(account))
	if sidPattern().MatchString(name) {
		return strings.ToUpper(name)
	}
	domain, user, ok := strings.Cut(name, `\`)
	if !ok {
		domain, user = "", name
	}
	switch domain {
	case "nt service":
		return serviceSID(user)
	case "", ".", "nt authority", "nt-autorität", "nt-autoritaet", "autorite nt", "autorité nt":
	default:
		return ""
	}
	switch user {
	case "localsystem", "system", "système", "systeme", "sistema":
		return "S-1-5-18"
	case "localservice", "local service", "lokaler dienst", "service local", "servicio local", "servizio locale":
		return "S-1-5-19"
	case "networkservice", "network service", "netzwerkdienst", "service réseau", "service reseau", "servicio de red", "servizio di rete":
		return "S-1-5-20"
	}
	return ""
}

// serviceSID is made of the service's name as Windows makes it: of the SHA-1 of the name in upper case.
func serviceSID(name string) string {
	if name == "" {
		return ""
	}
	var raw []byte
	for _, unit := range utf16.Encode([]rune(strings.ToUpper(name))) {
		raw = binary.LittleEndian.AppendUint16(raw, unit)
	}
	sum := sha1.Sum(raw)
	sid := "S-1-5-80"
	for i := 0; i < len(sum); i += 4 {
		sid += fmt.Sprintf("-%d", binary.LittleEndian.Uint32(sum[i:]))
	}
	return sid
}
