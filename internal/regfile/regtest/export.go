package regtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Export writes keys as `reg export` does, at is the path of the tree's root: `HKEY_LOCAL_MACHINE\SOFTWARE`.
func Export(at string, tree Tree) []byte {
	var b strings.Builder
	b.WriteString("Windows Registry Editor Version 5.00\r\n")
	writeNode(&b, at, build(tree))
	return append([]byte{0xff, 0xfe}, wide(b.String())...)
}

func writeNode(b *strings.Builder, path string, n *node) {
	fmt.Fprintf(b, "\r\n[%s]\r\n", path)
	for _, name := range slices.Sorted(maps.Keys(n.values)) {
		left := `"` + escape(name) + `"=`
		if name == "" {
			left = "@="
		}
		b.WriteString(left + exported(n.values[name], len(left)) + "\r\n")
	}
	for _, name := range slices.Sorted(maps.Keys(n.below)) {
		writeNode(b, path+`\`+n.below[name].name, n.below[name])
	}
}

func escape(text string) string { return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) }

// exported gives a value's data; hexadecimal goes on in the next line after 80 letters.
func exported(value any, used int) string {
	kind, data := encode(value)
	switch value := value.(type) {
	case string:
		return `"` + escape(value) + `"`
	case uint32:
		return fmt.Sprintf("dword:%08x", value)
	}
	var text strings.Builder
	text.WriteString("hex")
	if kind != 3 {
		fmt.Fprintf(&text, "(%x)", kind)
	}
	text.WriteString(":")
	line := used + text.Len()
	for i, c := range data {
		fmt.Fprintf(&text, "%02x", c)
		if i == len(data)-1 {
			break
		}
		text.WriteString(",")
		if line += 3; line > 76 {
			text.WriteString("\\\r\n  ")
			line = 2
		}
	}
	return text.String()
}
