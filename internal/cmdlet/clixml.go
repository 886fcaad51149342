package cmdlet

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/xmlscan"
)

// readXML reads <Objs> with an <Obj> for each object.
func readXML(ctx context.Context, data []byte) ([]Object, error) {
	root, err := xmlscan.Tree(ctx, data)
	if err != nil {
		return nil, err
	}
	if root.Name != "Objs" {
		return nil, xmlscan.Malformed{Line: root.Line, Reason: fmt.Sprintf("root element is <%s>, not <Objs>", root.Name)}
	}
	found := []Object{}
	var count counter
	for _, element := range outermost(root) {
		object := Object{}
		for _, kind := range []string{"Props", "MS"} { // what the type has, then what was added to it
			for _, properties := range element.Each(kind) {
				for _, property := range properties.Children {
					if err := count.add(object, unescape(property.Attr("N")), values(property, 0)); err != nil {
						return found, xmlscan.Malformed{Line: property.Line, Reason: err.Error()}
					}
				}
			}
		}
		if found = append(found, object); len(found) > maxObjects {
			return found[:maxObjects], xmlscan.Malformed{Line: element.Line, Reason: fmt.Sprintf("more than %d objects", maxObjects)}
		}
	}
	return found, nil
}

// outermost gives the objects: those of the file, or of the one list it holds.
func outermost(root *xmlscan.Element) []*xmlscan.Element {
	objects := root.Each("Obj")
	if len(objects) == 1 {
		for _, kind := range []string{"LST", "IE"} {
			if lists := objects[0].Each(kind); len(lists) > 0 {
				return lists[0].Each("Obj")
			}
		}
	}
	return objects
}

// values gives a property as texts: those of a list, or one.
func values(element *xmlscan.Element, depth int) []string {
	if depth > maxNesting {
		return nil
	}
	switch element.Name {
	case "Nil", "SS", "BA", "Ref": // nothing, a protected string, bytes, and what stands elsewhere
		return nil
	case "Obj":
		for _, kind := range []string{"LST", "IE", "STK", "QUE"} {
			if lists := element.Each(kind); len(lists) > 0 {
				found := []string{}
				for _, one := range lists[0].Children[:min(len(lists[0].Children), maxList)] {
					found = append(found, values(one, depth+1)...)
				}
				return found
			}
		}
		return named(element, depth)
	}
	return []string{cut(unescape(element.Text))}
}

// named gives an object within as PowerShell prints it, or by its name.
func named(element *xmlscan.Element, depth int) []string {
	if texts := element.Each("ToString"); len(texts) > 0 {
		return []string{cut(unescape(texts[0].Text))}
	}
	for _, kind := range []string{"Props", "MS"} {
		for _, name := range nameKeys {
			for _, property := range element.All(kind) {
				for _, value := range property.Children {
					if value.Attr("N") == name {
						return values(value, depth+1)
					}
				}
			}
		}
	}
	for _, value := range element.Children { // a value of a simple type with a type of its own, such as an enumeration
		switch value.Name {
		case "S", "I32", "I64", "B", "D", "DT", "G", "U32", "U64", "Version", "URI":
			return values(value, depth+1)
		}
	}
	return nil
}

var escaped = exvet.Pattern(`_x([0-9A-Fa-f]{4})_`)

// unescape resolves the characters CLIXML does not write as they are.
func unescape(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	return escaped().ReplaceAllStringFunc(text, func(found string) string {
		n, err := strconv.ParseUint(found[2:6], 16, 16)
		if err != nil {
			return found
		}
		return string(rune(n))
	})
}
