package eventfacts

import (
	"strconv"
	"strings"

	"github.com/exvet/exvet"
)

var (
	// eventType begins the parameters of a Watson report: "E12", "E12IIS", cut to "E12II" at times.
	eventType = exvet.Pattern(`(?:^|[\s:])(E\d{2}[A-Za-z]{0,8})\s*,`)
	digits    = exvet.Pattern(`\d+`)
)

// watsonParameters are the parameters of a report behind its event type, of which Exchange writes eight.
const watsonParameters = 8

// addWatson reads a 4999. Its insertion strings are the process id and the parameters, one each or all in one text,
// as the sentence around them is in the server's language.
func (r *Reader) addWatson(event exvet.Event) {
	if event.ID != 4999 {
		return // 4998 says that the report itself failed; it stands in the kinds
	}
	pid, kind, parameters := splitWatson(event.Strings)
	row := Watson{
		Row: rowOf(event), EventType: cut(kind, maxString), Parameters: min(len(parameters), watsonParameters),
	}
	row.PID = pid
	for i, field := range []*string{
		&row.Flavor, &row.AppVersion, &row.AppName, &row.Assembly, &row.Method, &row.Exception, &row.Hash, &row.AssemblyVersion,
	} {
		*field = cut(at(parameters, i), maxString)
	}
	row.Pool = poolOf(row.AppName)
	row.AppKey, row.PoolKey = strings.ToLower(row.AppName), strings.ToLower(row.Pool)
	row.AssemblyKey, row.MethodKey, row.ExceptionKey = strings.ToLower(row.Assembly), strings.ToLower(row.Method), strings.ToLower(row.Exception)
	row.BlocksImpersonatedCallers = blocksImpersonated(event.Strings)
	r.addKnown(row.PID, event.Time, row.AppName, row.Pool)
	withText := func() Watson {
		row.Text = textOf(append([]string{kind}, parameters...), ", ")
		return row
	}
	same := []string{row.AppKey, row.AssemblyKey, row.MethodKey, row.ExceptionKey}
	if row.BlocksImpersonatedCallers {
		// Each process counts, and none may be crowded out by reports of another kind.
		r.blocked.add(event, strings.Join(append(same, strconv.Itoa(row.PID)), "\x00"), withText)
		return
	}
	r.watson.add(event, strings.Join(same, "\x00"), withText)
}

// splitWatson gives the process id, the event type and the parameters behind it.
func splitWatson(all []string) (pid int, kind string, parameters []string) {
	if len(all) >= 5 && number(at(all, 0)) > 0 && eventType().MatchString(at(all, 1)+",") {
		return number(at(all, 0)), at(all, 1), trimAll(all[2:min(len(all), 2+watsonParameters)])
	}
	for i, text := range all {
		match := eventType().FindStringSubmatchIndex(text)
		if match == nil {
			continue
		}
		before := text[:match[2]]
		if found := digits().FindAllString(before, -1); len(found) > 0 {
			pid = number(found[0])
		} else if i > 0 {
			pid = number(at(all, i-1))
		}
		rest, _, _ := strings.Cut(text[match[1]:], "\n")
		return pid, text[match[2]:match[3]], trimAll(strings.SplitN(strings.TrimSpace(rest), ", ", watsonParameters+1))
	}
	// A text that fits nothing known: the parts are kept as they come.
	if pid = number(at(all, 0)); pid > 0 {
		return pid, at(all, 1), trimAll(all[min(len(all), 2):min(len(all), 2+watsonParameters)])
	}
	return 0, "", trimAll(all[:min(len(all), watsonParameters)])
}

// trimAll takes white space, and the full stop that ends the sentence, off each.
func trimAll(all []string) []string {
	trimmed := make([]string, 0, len(all))
	for _, text := range all {
		trimmed = append(trimmed, strings.TrimSuffix(strings.TrimSpace(text), "."))
	}
	return trimmed
}

// poolOf gives the pool of "w3wp#Pool".
func poolOf(app string) string {
	image, pool, _ := strings.Cut(app, "#")
	if !strings.EqualFold(strings.TrimSuffix(strings.ToLower(image), ".exe"), "w3wp") {
		return ""
	}
	return pool
}

// blocksImpersonated reports whether the method that refuses impersonated threads is named. What stands before it is
// abbreviated by length; the archive of the article spells it with and without the plural.
func blocksImpersonated(all []string) bool {
	for _, text := range all {
		if strings.Contains(strings.ToLower(text), "connectionpoolmanager.blockimpersonatedcall") {
			return true
		}
	}
	return false
}

// addCaller reads a 2117: process, its id, the account, and the call stack in up to eight pieces.
func (r *Reader) addCaller(event exvet.Event) {
	if event.ID != 2117 {
		return
	}
	all := event.Strings
	row := ImpersonatedCaller{Row: rowOf(event), Process: cut(at(all, 0), maxString), Account: cut(at(all, 2), maxString), Frames: []string{}}
	row.PID = number(at(all, 1))
	row.ProcessKey = exvet.PathKey(row.Process)
	row.AccountKey = strings.ToLower(row.Account)
	if len(all) > 3 {
		row.Frames = frames(joinStack(all[3:min(len(all), 3+16)]))
	}
	kind := strings.Join(append([]string{row.ProcessKey, row.AccountKey}, row.Frames...), "\x00")
	r.callers.add(event, kind, func() ImpersonatedCaller { return row })
}
