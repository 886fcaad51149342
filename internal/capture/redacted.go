package capture

import (
	"bytes"
	"context"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/iisconfig"
	"github.com/exvet/exvet/internal/redact"
)

// redacted gives a file without its secrets, or why it cannot be told what is one.
func redacted(ctx context.Context, name string, text []byte) (clean []byte, why string, err error) {
	switch strings.ToLower(path.Ext(name)) {
	case ".config", ".xml":
		clean, err = iisconfig.Redacted(ctx, text, exvet.WindowsPath(name))
		return clean, "", err
	}
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return nil, "no text: what of it is a secret cannot be told", nil
	}
	return []byte(redact.Text(string(text))), "", nil
}

// cleanEvent takes the secrets out of an event.
func cleanEvent(event exvet.Event) exvet.Event {
	event.Strings, event.Data = slices.Clone(event.Strings), slices.Clone(event.Data)
	// An edit of configuration names the setting apart from its values.
	setting := slices.ContainsFunc(event.Data, func(d exvet.EventDatum) bool {
		return (d.Name == "Configuration" || d.Name == "EffectiveLocationPath") && redact.Name(d.Value)
	})
	hidden := map[string]bool{}
	for i, datum := range event.Data {
		switch {
		case redact.Name(datum.Name) && datum.Value != "", setting && (datum.Name == "OldValue" || datum.Name == "NewValue"):
			hidden[datum.Value] = datum.Value != ""
			event.Data[i].Value = redact.Mark
		default:
			event.Data[i].Value = redact.Text(datum.Value)
		}
	}
	for i, text := range event.Strings {
		if event.Strings[i] = redact.Text(text); hidden[text] {
			event.Strings[i] = redact.Mark
		}
	}
	return event
}

// cleanValue takes the secrets out of a value of the registry. What is no text is kept where rules read it, and as a
// number; of other bytes nobody can tell what they are.
func cleanValue(key string, value exvet.RegistryValue) exvet.RegistryValue {
	secret := redact.Name(value.Name)
	switch value.Type {
	case exvet.RegistryText, exvet.RegistryExpand:
		text := value.Text()
		clean := redact.Text(text)
		if secret && text != "" {
			clean = redact.Mark
		}
		if clean != text {
			value.Data = utf16le(clean + "\x00")
		}
	case exvet.RegistryTexts:
		texts := slices.Clone(value.Texts())
		changed := false
		for i, text := range texts {
			clean := redact.Text(text)
			name, rest, isPair := strings.Cut(text, "=")
			if secret && text != "" || isPair && redact.Name(name) && rest != "" {
				clean = name + "=" + redact.Mark
				if secret {
					clean = redact.Mark
				}
			}
			changed = changed || clean != text
			texts[i] = clean
		}
		if changed {
			value.Data = utf16le(strings.Join(texts, "\x00") + "\x00\x00")
		}
	case exvet.RegistryDWord, exvet.RegistryDWordHigh, exvet.RegistryQWord:
	default:
		if !readBinary(key, value.Name) && len(value.Data) > 0 {
			value.Data = []byte(redact.Mark)
		}
	}
	return value
}

// readBinary reports whether the bytes of a value are what collectors look into: catalogs of Winsock, certificates.
func readBinary(key, name string) bool {
	key = strings.ToLower(key)
	switch strings.ToLower(name) {
	case "packedcatalogitem":
		return strings.Contains(key, `\winsock2\parameters\`)
	case "blob":
		return strings.Contains(key, `\systemcertificates\`)
	case "failureactions":
		return true
	}
	return false
}
