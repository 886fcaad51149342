package eventfacts

import (
	"strconv"
	"strings"

	"github.com/exvet/exvet"
)

// addProcess reads what Windows and .NET say of a process: crashes, and messages about profilers.
func (r *Reader) addProcess(event exvet.Event, provider string) {
	switch {
	case provider == "application error" && event.ID == 1000:
		r.addFault(event)
	case provider == "windows error reporting" && event.ID == 1001:
		r.addReport(event)
	case provider != ".net runtime":
	case aboutProfiler(event.Strings):
		r.addProfiler(event)
	case event.ID == 1023 || event.ID == 1025 || event.ID == 1026:
		r.addManaged(event)
	}
}

// addFault reads a 1000: application, version, stamp, module, version, stamp, code, offset, process id in hexadecimal,
// start, path of the application, path of the module, id of the report.
func (r *Reader) addFault(event exvet.Event) {
	all := event.Strings
	row := Crash{
		Row: rowOf(event), Kind: "fault", Application: cut(at(all, 0), maxString), Module: cut(at(all, 3), maxString),
		Code: cut(at(all, 6), maxString), ApplicationPath: cut(at(all, 10), maxString), ModulePath: cut(at(all, 11), maxString),
		Frames: []string{},
	}
	pid, err := strconv.ParseUint(strings.TrimPrefix(strings.ToLower(at(all, 8)), "0x"), 16, 32)
	if err == nil {
		row.PID = int(pid)
	}
	r.addCrash(event, row, all)
}

// addReport reads a 1001: bucket, type, name of the report, response, cabinet, then its parameters.
func (r *Reader) addReport(event exvet.Event) {
	const name, first = 2, 5
	all := event.Strings
	row := Crash{
		Row: rowOf(event), Kind: "report", ReportType: cut(at(all, name), maxString), Frames: []string{},
	}
	switch kind := strings.ToUpper(row.ReportType); {
	case strings.HasPrefix(kind, "E12"):
		row.AppName = cut(at(all, first+2), maxString)
		row.Pool = poolOf(row.AppName)
		row.Application, _, _ = strings.Cut(row.AppName, "#")
		row.Exception = cut(at(all, first+5), maxString)
	case kind == "CLR20R3":
		row.Application, row.Exception = cut(at(all, first), maxString), cut(at(all, first+8), maxString)
	case kind == "APPCRASH" || kind == "BEX" || kind == "BEX64":
		row.Application, row.Module, row.Code = cut(at(all, first), maxString), cut(at(all, first+3), maxString), cut(at(all, first+6), maxString)
	default:
		return // of no process: updates, drivers, disks
	}
	row.PoolKey = strings.ToLower(row.Pool)
	r.addCrash(event, row, all[min(len(all), first):min(len(all), first+10)])
}

var (
	// applicationLine and exceptionType are the parts of .NET's text that stay when it is translated: after the first
	// colon stands the image, and a type is a dotted name.
	applicationLine = exvet.Pattern(`(?m)^[^:\n]{1,40}:\s*(\S[^\n\r]*\.exe)\s*$`)
	exceptionType   = exvet.Pattern(`(?m):\s*((?:[\p{L}_]\w*\.)+\w*(?:Exception|Error)\w*)`)
	exitCode        = exvet.Pattern(`(?i)\b(?:exit code|exception code:?)\s*([0-9a-f]{8})`)
)

// addManaged reads a 1023, 1025 or 1026, which are one text each.
func (r *Reader) addManaged(event exvet.Event) {
	text := strings.Join(event.Strings, "\n")
	row := Crash{
		Row: rowOf(event), Kind: map[int]string{1023: "clr", 1025: "fail_fast", 1026: "unhandled"}[event.ID],
		Frames: frames(lines(text)),
	}
	head := cut(text, maxText)
	if match := applicationLine().FindStringSubmatch(head); match != nil {
		row.Application = cut(match[1], maxString)
	}
	if match := exceptionType().FindStringSubmatch(head); match != nil {
		row.Exception = cut(match[1], maxString)
	}
	if event.ID == 1023 {
		if match := exitCode().FindStringSubmatch(head); match != nil {
			row.Code = strings.ToLower(match[1])
		}
	}
	r.addCrash(event, row, event.Strings)
}

func (r *Reader) addCrash(event exvet.Event, row Crash, text []string) {
	row.ApplicationKey = strings.ToLower(row.Application)
	row.ApplicationPathKey = exvet.PathKey(row.ApplicationPath)
	row.ModuleKey, row.ModulePathKey = strings.ToLower(row.Module), exvet.PathKey(row.ModulePath)
	kind := strings.Join([]string{
		row.Kind, row.ApplicationKey, row.ApplicationPathKey, row.ModuleKey, row.ModulePathKey, row.Code, row.Exception, row.ReportType, row.AppName,
		at(row.Frames, 0),
	}, "\x00")
	r.crashes.add(event, kind, func() Crash {
		row.Text = textOf(text, ", ")
		return row
	})
}

var (
	messageID     = exvet.Pattern(`\[0x([0-9a-fA-F]{4})\]`)
	profilerClass = exvet.Pattern(`CLSID[^:]{0,10}:\s*'([^']{1,200})'`)
	bareClass     = exvet.Pattern(`\{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}`)
	resultCode    = exvet.Pattern(`HRESULT[^0]{0,10}(0x[0-9a-fA-F]{1,8})`)
	decimalPID    = exvet.Pattern(`\(decimal\)\s*:\s*(\d{1,10})`)
)

// aboutProfiler goes by the words all languages share and by the id of the message.
func aboutProfiler(all []string) bool {
	text := strings.ToLower(cut(strings.Join(all, "\n"), maxText))
	return strings.Contains(text, "profil") || strings.Contains(text, "[0x25")
}

// addProfiler reads a message about a profiler, one text.
func (r *Reader) addProfiler(event exvet.Event) {
	text := cut(strings.Join(event.Strings, "\n"), 2*maxText)
	row := Profiler{Row: rowOf(event)}
	if match := messageID().FindStringSubmatch(text); match != nil {
		row.MessageID = "0x" + strings.ToLower(match[1])
	}
	if match := profilerClass().FindStringSubmatch(text); match != nil {
		row.CLSID = match[1]
	} else {
		row.CLSID = bareClass().FindString(text)
	}
	row.CLSIDKey = strings.ToLower(strings.Trim(strings.TrimSpace(row.CLSID), "{}"))
	if match := resultCode().FindStringSubmatch(text); match != nil {
		row.HRESULT = strings.ToLower(match[1])
	}
	if match := decimalPID().FindStringSubmatch(text); match != nil {
		row.PID = number(match[1])
	}
	row.Meaning = profilerMeaning(row.MessageID, text)
	r.profiles.add(event, row.MessageID+"\x00"+row.Meaning+"\x00"+row.CLSIDKey, func() Profiler {
		row.Text = textOf(event.Strings, "\n")
		return row
	})
}

// profilerMeaning goes by the id of the message; where the text has none, by its English words.
func profilerMeaning(id, text string) string {
	switch id {
	case "0x2507":
		return "loaded"
	case "0x2500", "0x2501", "0x2502", "0x2503", "0x2504", "0x2505", "0x2508", "0x250e", "0x250f", "0x251d":
		return "load_failed"
	case "0x2509", "0x250b":
		return "attach_failed"
	case "0x2512":
		return "attach_requested"
	case "0x2513", "0x2514", "0x2515":
		return "detached"
	case "0x2516":
		return "declined"
	case "0x2517", "0x251a":
		return "disabled"
	case "0x250a", "0x2518", "0x2506":
		return "other"
	}
	text = strings.ToLower(text)
	for _, known := range []struct{ words, meaning string }{
		{"requested that the clr instance not load", "declined"},
		{"attach", "attach_requested"},
		{"detach", "detached"},
		{"failed", "load_failed"},
		{"loaded successfully", "loaded"},
	} {
		if strings.Contains(text, known.words) {
			if known.meaning == "attach_requested" && strings.Contains(text, "fail") {
				return "attach_failed"
			}
			return known.meaning
		}
	}
	return "other"
}
