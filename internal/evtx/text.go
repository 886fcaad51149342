package evtx

import (
	"unicode/utf16"
	"unicode/utf8"
)

// attribute gives an attribute's text, or "".
func (r *reader) attribute(first int32, wanted tag, args scope) (string, error) {
	for at := first; at != none; at = r.nodes[at].next {
		if err := r.spend(1); err != nil {
			return "", err
		}
		if r.nodes[at].tag == wanted {
			return r.string(r.nodes[at].first, args)
		}
	}
	return "", nil
}

// string gives the text of a list of nodes. A short one is made once.
func (r *reader) string(first int32, args scope) (string, error) {
	if first == none {
		return "", nil
	}
	if n := r.nodes[first]; n.kind == text && n.next == none {
		return r.utf16(n.at, n.n)
	}
	if v, ok := r.single(first, args); ok && v.kind == typeString {
		return r.utf16(v.at, v.n)
	}
	r.text = r.text[:0]
	for at := first; at != none; at = r.nodes[at].next {
		if err := r.spend(1); err != nil {
			return "", err
		}
		switch n := r.nodes[at]; n.kind {
		case text:
			r.text = appendUTF16(r.text, r.data[n.at:n.at+n.n])
		case character:
			r.text = utf8.AppendRune(r.text, n.char)
		case substitution:
			if v, ok := r.argument(n.index, args); ok {
				if err := r.spend(int(v.n)); err != nil {
					return "", err
				}
				r.text = r.appendValue(r.text, v)
			}
		}
	}
	return string(r.text), nil
}

// utf16 gives a text of the chunk.
func (r *reader) utf16(at, n int32) (string, error) {
	if err := r.spend(int(n)); err != nil {
		return "", err
	}
	return r.intern(trimNUL(r.data[at : at+n&^1])), nil
}

// intern makes a string of UTF-16, once if it is short.
func (r *reader) intern(raw []byte) string {
	const short = 128
	if len(raw) <= short {
		if known, ok := r.names[string(raw)]; ok {
			return known
		}
	}
	r.text = appendUTF16(r.text[:0], raw)
	made := string(r.text)
	if len(raw) <= short && len(r.names) < maxNames {
		r.names[string(raw)] = made
	}
	return made
}

func trimNUL(raw []byte) []byte {
	for len(raw) >= 2 && raw[len(raw)-1] == 0 && raw[len(raw)-2] == 0 {
		raw = raw[:len(raw)-2]
	}
	return raw
}

// appendUTF16 appends little-endian UTF-16 as UTF-8. Half a pair becomes U+FFFD.
func appendUTF16(to, raw []byte) []byte {
	for i := 0; i+1 < len(raw); i += 2 {
		c := rune(raw[i]) | rune(raw[i+1])<<8
		if c < utf8.RuneSelf {
			to = append(to, byte(c))
			continue
		}
		if utf16.IsSurrogate(c) {
			low := utf8.RuneError
			if i+3 < len(raw) {
				low = utf16.DecodeRune(c, rune(raw[i+2])|rune(raw[i+3])<<8)
			}
			if low != utf8.RuneError {
				i += 2
			}
			c = low
		}
		to = utf8.AppendRune(to, c)
	}
	return to
}
