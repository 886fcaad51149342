package cmdlet

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestRead(t *testing.T) {
	const objs = `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">`
	tests := []struct {
		name, text string
		want       []Object
		err        string
	}{
		{name: "nothing", want: []Object{}},
		{name: "an object", text: `{"Name": "A", "Enabled": true, "Priority": 3, "Empty": null}`, want: []Object{{"name": {"A"}, "enabled": {"true"}, "priority": {"3"}, "empty": nil}}},
		{name: "an array", text: `[{"Name": "A"}, {"Name": ["B", "C"]}]`, want: []Object{{"name": {"A"}}, {"name": {"B", "C"}}}},
		{
			name: "objects within", text: `{"Server": {"Name": "EX01", "DistinguishedName": "CN=EX01"}, "Spaces": {"value": ["smtp:*;1"], "Count": 1}}`,
			want: []Object{{"server": {"EX01"}, "spaces": {"smtp:*;1"}}},
		},
		{name: "half an array", text: "[{\"Name\": \"A\"},\n{\"Name\":", want: []Object{{"name": {"A"}}}, err: "line 1: the file ends too early"},
		{name: "no object", text: `[1]`, want: []Object{}, err: "line 1: cannot unmarshal number into Go value of type map[string]json.RawMessage"},
		{name: "no form", text: "Name: A", err: "it is neither JSON nor CLIXML"},
		{
			name: "CLIXML", text: objs + `<Obj RefId="0"><TN RefId="0"><T>Deserialized.X</T></TN><ToString>X</ToString><Props><S N="Name">A_x000A_B</S>` +
				`<B N="Enabled">true</B><Nil N="None" /><SS N="Secret">0100</SS><Obj N="Server" RefId="1"><ToString>EX01</ToString></Obj>` +
				`<Obj N="Spaces" RefId="2"><LST><S>smtp:*;1</S><S>smtp:b;2</S></LST></Obj></Props><MS><I32 N="Priority">3</I32></MS></Obj></Objs>`,
			want: []Object{{"name": {"A\nB"}, "enabled": {"true"}, "none": nil, "secret": nil, "server": {"EX01"}, "spaces": {"smtp:*;1", "smtp:b;2"}, "priority": {"3"}}},
		},
		{
			name: "one list", text: objs + `<Obj RefId="0"><LST><Obj RefId="1"><Props><S N="Name">A</S></Props></Obj><Obj RefId="2"><MS><S N="Name">B</S></MS></Obj></LST></Obj></Objs>`,
			want: []Object{{"name": {"A"}}, {"name": {"B"}}},
		},
		{name: "another file", text: "<a/>", err: "line 1: root element is <a>, not <Objs>"},
		{name: "entities", text: `<!DOCTYPE a [<!ENTITY x "y">]><Objs>&x;</Objs>`, err: "line 1: a document type declaration is not allowed in configuration"},
		{name: "depth", text: objs + strings.Repeat("<Obj><Props>", 500), err: "line 1: more than 128 elements nested"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Read(context.Background(), []byte(test.text))
			if fmt.Sprint(err) != test.err && (err != nil || test.err != "") {
				t.Errorf("got error %v, want %q", err, test.err)
			}
			if len(got)+len(test.want) > 0 && !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestReadIsBounded(t *testing.T) {
	start := time.Now()
	for name, text := range map[string]string{
		"many objects":       "[" + strings.Repeat(`{"a":1},`, 50_000) + `{"a":1}]`,
		"deep arrays":        `{"a":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`,
		"nested arrays":      `{"a":` + strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000) + `}`,
		"many CLIXML values": "<Objs><Obj><Props>" + strings.Repeat(`<S N="a">b</S>`, 300_000) + "</Props></Obj></Objs>",
	} {
		if got, _ := Read(context.Background(), []byte(text)); len(got) > maxObjects {
			t.Errorf("%s: %d objects", name, len(got))
		}
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %s", took)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`[{"Name":"A"}]`))
	f.Add([]byte(`<Objs><Obj><Props><S N="a">b</S></Props></Obj></Objs>`))
	f.Fuzz(func(_ *testing.T, data []byte) { _, _ = Read(context.Background(), data) })
}
