package exvet

import "strings"

// Like matches a name with a glob, in any case: * stands for any text, and every other character for itself, so that a
// glob may be a Windows path.
func Like(glob, name string) bool {
	parts := strings.Split(strings.ToLower(glob), "*")
	name = strings.ToLower(name)
	if len(parts) == 1 {
		return name == parts[0]
	}
	rest, ok := strings.CutPrefix(name, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(rest, part)
		if at < 0 {
			return false
		}
		rest = rest[at+len(part):]
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}
