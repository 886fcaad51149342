package evtx

import (
	"strings"

	"github.com/exvet/exvet"
)

// payload reads EventData and UserData, wherever they stand: in the event, in a template it uses, or as XML inside
// of a value.
func (r *reader) payload(event *exvet.Event, first int32, args scope, nesting int) error {
	if nesting > maxNesting {
		return errLimit
	}
	seen := 0
	for at := first; at != none; at = r.nodes[at].next {
		if err := r.spend(1); err != nil {
			return err
		}
		n := r.nodes[at]
		var err error
		switch {
		case n.kind == element && n.tag == tagEventData:
			err = r.eventData(event, n.first, args, nesting)
		case n.kind == element && n.tag == tagUserData:
			err = r.leaves(event, at, args, nesting)
		case n.kind == substitution || n.kind == instance:
			if seen++; seen > maxPayload {
				return errLimit
			}
			err = r.inside(n, args, func(first int32, args scope) error {
				return r.payload(event, first, args, nesting+1)
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inside hands on the nodes a template's use or a value of binary XML stands for. Their arguments are taken off
// the stack afterwards. A value of another type has none.
func (r *reader) inside(n node, args scope, read func(int32, scope) error) error {
	at, end := int(n.at), int(n.at+n.n)
	kept := len(r.values)
	var first int32
	var values scope
	var err error
	if n.kind == substitution {
		v, ok := r.argument(n.index, args)
		if !ok || v.kind != typeBinXML || v.n == 0 {
			return nil
		}
		first, values, err = r.fragment(int(v.at), int(v.at+v.n), false)
	} else {
		first, values, err = r.instance(at, end)
	}
	if err == nil {
		err = read(first, values)
	}
	r.values = r.values[:kept]
	return err
}

// eventData reads insertion strings: each Data, and the leaves of anything else.
func (r *reader) eventData(event *exvet.Event, first int32, args scope, nesting int) error {
	if nesting > maxNesting {
		return errLimit
	}
	for at := first; at != none; at = r.nodes[at].next {
		n := r.nodes[at]
		var err error
		switch {
		case n.kind == substitution || n.kind == instance:
			err = r.inside(n, args, func(first int32, args scope) error {
				return r.eventData(event, first, args, nesting+1)
			})
		case n.kind != element:
		case n.tag == tagData:
			err = r.datum(event, n, args)
		case n.tag == tagBinary:
			var text string
			if text, err = r.string(n.first, args); text != "" {
				event.Data = append(event.Data, exvet.EventDatum{Name: n.name, Value: text})
			}
		default:
			err = r.leaves(event, at, args, nesting)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// datum reads one Data. An array stands for as many of them.
func (r *reader) datum(event *exvet.Event, n node, args scope) error {
	name, err := r.attribute(n.attrs, tagName, args)
	if err != nil {
		return err
	}
	if v, ok := r.single(n.first, args); ok && v.kind&typeArray != 0 {
		return r.items(v, func(text string) error { return r.insert(event, name, text) })
	}
	text, err := r.string(n.first, args)
	if err != nil {
		return err
	}
	return r.insert(event, name, text)
}

// insert adds an insertion string.
func (r *reader) insert(event *exvet.Event, name, text string) error {
	if len(event.Strings) >= maxStrings {
		return errLimit
	}
	event.Strings = append(event.Strings, text)
	if name != "" {
		event.Data = append(event.Data, exvet.EventDatum{Name: name, Value: text})
	}
	return nil
}

// leaves adds every element below a node that holds none itself, and attributes that hold more than a namespace.
func (r *reader) leaves(event *exvet.Event, at int32, args scope, nesting int) error {
	if nesting > maxDepth {
		return errLimit
	}
	n := r.nodes[at]
	if r.leaf(n, args) && n.tag != tagUserData {
		return r.datumNamed(event, n, args)
	}
	return r.below(event, n.first, args, nesting)
}

func (r *reader) below(event *exvet.Event, first int32, args scope, nesting int) error {
	if nesting > maxDepth {
		return errLimit
	}
	for child := first; child != none; child = r.nodes[child].next {
		if err := r.spend(1); err != nil {
			return err
		}
		var err error
		switch n := r.nodes[child]; n.kind {
		case element:
			err = r.leaves(event, child, args, nesting+1)
		case substitution, instance:
			err = r.inside(n, args, func(first int32, args scope) error {
				return r.below(event, first, args, nesting+2)
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// leaf reports whether an element holds text and no elements.
func (r *reader) leaf(n node, args scope) bool {
	for at := n.first; at != none; at = r.nodes[at].next {
		switch child := r.nodes[at]; child.kind {
		case element, instance:
			return false
		case substitution:
			if v, ok := r.argument(child.index, args); ok && v.kind == typeBinXML {
				return false
			}
		}
	}
	return true
}

// datumNamed adds a leaf under its own name, or that of its Name attribute.
func (r *reader) datumNamed(event *exvet.Event, n node, args scope) error {
	name, err := r.attribute(n.attrs, tagName, args)
	if err != nil {
		return err
	}
	if name == "" {
		name = strings.Clone(n.name)
	}
	if v, ok := r.single(n.first, args); ok && v.kind&typeArray != 0 {
		return r.items(v, func(text string) error { return r.insert(event, name, text) })
	}
	text, err := r.string(n.first, args)
	if err != nil {
		return err
	}
	return r.insert(event, name, text)
}
