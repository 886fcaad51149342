package eventfacts

import (
	"strings"

	"github.com/exvet/exvet"
)

// word is what stands before a frame in any language: "at", "bei", "à".
var word = exvet.Pattern(`^\p{L}{1,6}\s+`)

// frames gives the frames of a call stack, without the word before and the source behind.
func frames(stack string) []string {
	found := []string{}
	for line := range strings.SplitSeq(strings.ReplaceAll(stack, "\r", "\n"), "\n") {
		if len(found) == maxFrames {
			break
		}
		line = cut(strings.TrimSpace(line), 2*maxString)
		if rest := word().ReplaceAllString(line, ""); strings.Contains(rest, ".") && strings.Contains(rest, "(") {
			found = append(found, cut(clean(rest), maxString))
		}
	}
	return found
}

// inline is where a frame begins in a stack that was written in one line.
var inline = exvet.Pattern(`\s+at\s+([\p{L}_<][\w.<>` + "`" + `+$,\[\]]*\()`)

// joinStack puts a stack together that a provider cut into several strings, at any place.
func joinStack(parts []string) string {
	var b strings.Builder
	for i, part := range parts {
		trimmed := strings.TrimSpace(part)
		if i > 0 && (strings.HasPrefix(trimmed, "at ") || strings.HasSuffix(strings.TrimSpace(parts[i-1]), ")")) {
			b.WriteByte('\n')
		}
		b.WriteString(part)
	}
	return lines(b.String())
}

// lines puts each frame of a stack that was written in one line into a line of its own.
func lines(stack string) string {
	if strings.Contains(strings.TrimSpace(stack), "\n") {
		return stack
	}
	return inline().ReplaceAllString(cut(stack, maxStack), "\n$1")
}

const maxStack = 8_192 // characters
