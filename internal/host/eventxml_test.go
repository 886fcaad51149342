package host

import (
	"encoding/json"
	"strings"
	"testing"
)

const eventHead = `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='MSExchange Common'/>` +
	`<EventID Qualifiers='16388'>4999</EventID><Version>0</Version><Level>2</Level><TimeCreated SystemTime='2026-11-20T08:00:00.1234567Z'/>` +
	`<EventRecordID>77</EventRecordID><Execution ProcessID='12' ThreadID='3'/><Channel>Application</Channel><Computer>EX01</Computer>` +
	`<Security UserID='S-1-5-18'/></System>`

const eventSystem = `"record":77,"time":"2026-11-20T08:00:00.1234567Z","provider":"MSExchange Common","id":4999,"level":2,` +
	`"channel":"Application","computer":"EX01","user":"S-1-5-18","pid":12`

func TestReadEventXML(t *testing.T) {
	tests := []struct {
		name string
		text string
		want string // of the JSON form, without the log
		err  string
	}{
		{"classic", eventHead + `<EventData><Data>60</Data><Data></Data><Data>a &lt; b&#x0a;</Data><Binary>00FF</Binary></EventData></Event>`,
			`{` + eventSystem + `,"strings":["60","","a \u003c b\n"],"data":[{"name":"Binary","value":"00FF"}]}`, ""},
		{"with names", eventHead + `<EventData Name="x"><Data Name='Pool'>P</Data></EventData></Event>`,
			`{` + eventSystem + `,"strings":["P"],"data":[{"name":"Pool","value":"P"}]}`, ""},
		{"user data", eventHead + "<UserData><E xmlns='u'><A>1</A><B><C>2</C>\n</B></E></UserData></Event>",
			`{` + eventSystem + `,"strings":["1","2"],"data":[{"name":"A","value":"1"},{"name":"C","value":"2"}]}`, ""},
		{"no data", eventHead + `</Event>`, `{` + eventSystem + `,"strings":null,"data":null}`, ""},
		{"an older name", `<Event><System><Provider EventSourceName="WAS"/><EventID>5</EventID></System></Event>`,
			`{"record":0,"time":"0001-01-01T00:00:00Z","provider":"WAS","id":5,"level":0,"channel":"","computer":"","user":"","pid":0,"strings":null,"data":null}`, ""},
		{"a character XML has not", eventHead + "<EventData><Data>a\x01b</Data></EventData></Event>", `{` + eventSystem + `,"strings":["a` + "\ufffd" + `b"],"data":null}`, ""},
		{"cut off", eventHead + `<EventData><Data>a`, "", "cut off"},
		{"nothing", "", "", "without its system part"},
		{"crossed", `<Event><System><EventID>1</System></EventID></Event>`, "", "closes nothing"},
		{"an id that is none", `<Event><System><EventID>x</EventID></System></Event>`, "", "EventID is no number"},
		{"a document type", `<!DOCTYPE a [<!ENTITY b "c">]><Event/>`, "", "document type"},
		{"deep", strings.Repeat("<a>", 40), "", "more than 32 levels"},
		{"many strings", eventHead + "<EventData>" + strings.Repeat("<Data>a</Data>", 1025) + "</EventData></Event>", "", "more than 1024 strings"},
		{"large", eventHead + strings.Repeat(" ", maxEventText), "", "more than 2097152 bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			event, _, err := readEventXML(test.text)
			if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Fatalf("got error %v, want %q", err, test.err)
			}
			if err != nil {
				return
			}
			got, err := json.Marshal(event)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Replace(string(got), `"log":"",`, "", 1); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
