package evtxtest

import (
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

const namespace = "http://schemas.microsoft.com/win/2004/08/events/event"

// instance writes the use of a template, and the template where it is the first of its kind in the chunk.
func (c *chunk) instance(record Record) {
	body, values := data(record)
	root := xml{name: "Event", attrs: [][2]string{{"xmlns", namespace}}, inner: []xml{
		{name: "System", inner: []xml{
			{name: "Provider", attrs: [][2]string{{"Name", record.Provider}}},
			{name: "EventID", attrs: [][2]string{{"Qualifiers", "%2:06"}}, content: "%1:06"},
			{name: "Version", content: "%3:04"},
			{name: "Level", content: "%0:04"},
			{name: "Task", content: "%4:06"},
			{name: "Keywords", content: "%5:15"},
			{name: "TimeCreated", attrs: [][2]string{{"SystemTime", "%6:11"}}},
			{name: "EventRecordID", content: "%7:0a"},
			{name: "Execution", attrs: [][2]string{{"ProcessID", "%8:08"}, {"ThreadID", "%9:08"}}},
			{name: "Channel", content: record.Channel},
			{name: "Computer", content: "%10:01"},
			{name: "Security", attrs: [][2]string{{"UserID", "%11:13"}}},
		}},
		body,
	}}
	values = append([]Value{
		{0x04, []byte{byte(record.Level)}},
		{0x06, binary.LittleEndian.AppendUint16(nil, uint16(record.ID))},
		{0x06, []byte{0, 0x80}},
		{0x04, []byte{0}},
		{0x06, []byte{1, 0}},
		{0x15, binary.LittleEndian.AppendUint64(nil, 0x80000000000000)},
		{0x11, binary.LittleEndian.AppendUint64(nil, FileTime(record.Time))},
		{0x0a, binary.LittleEndian.AppendUint64(nil, record.Record)},
		{0x08, binary.LittleEndian.AppendUint32(nil, uint32(record.PID))},
		{0x08, []byte{1, 0, 0, 0}},
		UTF16(record.Computer),
		SID(record.User),
	}, values...)
	if record.Form == User {
		values[len(values)-1] = Value{0x21, nil} // written below, as it holds places
	}
	c.use(root, values, func(i int) {
		if record.Form == User && i == len(values)-1 {
			c.user(record)
			return
		}
		c.b = append(c.b, values[i].Data...)
	})
}

// use writes a template's use. The values are written by a function, as some hold places of the chunk.
func (c *chunk) use(root xml, values []Value, write func(i int)) {
	c.b = append(c.b, 0x0f, 1, 1, 0, 0x0c, 1)
	looks := fmt.Sprint(root)
	guid := md5.Sum([]byte(looks))
	id := binary.LittleEndian.Uint32(guid[:])
	c.u32(id)
	place, known := c.templates[looks]
	if !known {
		place = uint32(len(c.b) + 4)
		c.templates[looks] = place
	}
	c.u32(place)
	if !known {
		bucket := c.b[384+4*(id%32):]
		c.u32(binary.LittleEndian.Uint32(bucket))
		put32(bucket, place)
		c.b = append(c.b, guid[:]...)
		size := c.hole()
		c.b = append(c.b, 0x0f, 1, 1, 0)
		c.element(root, true)
		c.u8(0)
		c.fill(size)
	}
	c.u32(uint32(len(values)))
	table := len(c.b)
	for _, v := range values {
		c.u16(uint16(len(v.Data)))
		c.u8(v.Kind)
		c.u8(0)
	}
	for i := range values {
		before := len(c.b)
		write(i)
		put16(c.b[table+4*i:], uint16(len(c.b)-before))
	}
	c.u8(0)
}

// data gives the part of an event after System, and its values, which follow the twelve of System.
func data(record Record) (xml, []Value) {
	body := xml{name: "EventData"}
	var values []Value
	switch record.Form {
	case Named:
		values = slices.Clone(record.Values)
		if values == nil {
			for _, datum := range record.Data {
				values = append(values, UTF16(datum.Value))
			}
		}
		for i, v := range values {
			e := xml{name: "Data", content: fmt.Sprintf("%%%d:%02x", 12+i, v.Kind)}
			if i < len(record.Data) {
				e.attrs = [][2]string{{"Name", record.Data[i].Name}}
			}
			body.inner = append(body.inner, e)
		}
	case User:
		body = xml{content: "%12:21"}
		values = []Value{{}}
	default:
		if len(record.Strings) > 0 {
			body.inner = []xml{{name: "Data", content: "%12:81"}}
			values = []Value{Strings(record.Strings...)}
		}
	}
	return body, values
}

// user writes UserData with a template of its own.
func (c *chunk) user(record Record) {
	leaf := xml{name: "EventXML", attrs: [][2]string{{"xmlns", "Event_NS"}}}
	var values []Value
	for i, datum := range record.Data {
		leaf.inner = append(leaf.inner, xml{name: datum.Name, content: fmt.Sprintf("%%%d:01", i)})
		values = append(values, UTF16(datum.Value))
	}
	c.use(xml{name: "UserData", inner: []xml{leaf}}, values, func(i int) { c.b = append(c.b, values[i].Data...) })
}

// raw writes a record without a template, where everything is text.
func (c *chunk) raw(record Record) {
	body := xml{name: "EventData"}
	for _, text := range record.Strings {
		body.inner = append(body.inner, xml{name: "Data", content: text})
	}
	c.b = append(c.b, 0x0f, 1, 1, 0)
	c.element(xml{name: "Event", attrs: [][2]string{{"xmlns", namespace}}, inner: []xml{
		{name: "System", inner: []xml{
			{name: "Provider", attrs: [][2]string{{"Name", record.Provider}}},
			{name: "EventID", attrs: [][2]string{{"Qualifiers", "0"}}, content: strconv.Itoa(record.ID)},
			{name: "Level", content: strconv.Itoa(record.Level)},
			{name: "TimeCreated", attrs: [][2]string{{"SystemTime", record.Time.UTC().Format(time.RFC3339Nano)}}},
			{name: "EventRecordID", content: strconv.FormatUint(record.Record, 10)},
			{name: "Channel", content: record.Channel},
			{name: "Computer", content: record.Computer},
			{name: "Security"},
		}},
		body,
	}}, false)
	c.u8(0)
}

// UTF16 is a text.
func UTF16(s string) Value {
	var b []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return Value{0x01, b}
}

// Strings is an array of texts, each with a NUL behind it.
func Strings(all ...string) Value {
	var b []byte
	for _, s := range all {
		b = append(append(b, UTF16(s).Data...), 0, 0)
	}
	return Value{0x81, b}
}

// SID is a security identifier; "" is null.
func SID(s string) Value {
	parts := strings.Split(s, "-")
	if len(parts) < 3 {
		return Value{0x00, nil}
	}
	b := []byte{1, byte(len(parts) - 3), 0, 0, 0, 0, 0, 5}
	for _, part := range parts[3:] {
		n, _ := strconv.ParseUint(part, 10, 32)
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	return Value{0x13, b}
}
