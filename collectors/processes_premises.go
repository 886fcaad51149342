package collectors

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/iisconfig"
)

// premises are where Exchange lies on a server: what tells a process that may be Exchange's.
type premises struct {
	root  string            // path key, "" where it is not known
	pools map[string]string // of Exchange with an application, by key; nil where the configuration of IIS was not seen
}

func newPremises(ctx context.Context, host exvet.Host) *premises {
	found := &premises{}
	if exchange, _ := collectExchange(ctx, host); exchange != nil {
		found.root = exchange.RootKey
	}
	files := host.Files()
	_, apps, err := iisconfig.Hosting(ctx, files, environment(files))
	if err != nil {
		return found
	}
	found.pools = map[string]string{}
	for _, app := range apps {
		if strings.HasPrefix(app.PoolKey, "msexchange") || app.PoolKey != "defaultapppool" && found.serves(app.PhysicalKey) {
			found.pools[app.PoolKey] = app.Pool
		}
	}
	return found
}

// serves reports whether a folder is one Exchange's applications lie in.
func (p *premises) serves(folder string) bool {
	return p.below(folder) || strings.HasSuffix(folder, `\system32\rpcproxy`)
}

func (p *premises) below(key string) bool {
	return p.root != "" && strings.HasPrefix(key+`\`, p.root+`\`)
}

// Programs that are Exchange's, or that run its code, whatever folder it lies in. Rules know them all by path; these
// names only decide whose modules are worth their room.
var exchangePrograms = map[string]bool{
	"complianceauditservice.exe": true, "dsamain.exe": true, "edgetransport.exe": true, "fms.exe": true, "hostcontrollerservice.exe": true,
	"inetinfo.exe": true, "noderunner.exe": true, "oleconverter.exe": true, "parserserver.exe": true, "scanningprocess.exe": true,
	"scanenginetest.exe": true, "transcodingservice.exe": true, "umservice.exe": true, "umworkerprocess.exe": true, "updateservice.exe": true,
	"wsbexchange.exe": true,
}

// exchange reports whether a process may be Exchange's: a worker by its pool, never by its name; any other by where its
// program lies, by its service and, where that is not known, by its name.
func (p *premises) exchange(process exvet.Process, row Process, worker Worker, isWorker bool) bool {
	if isWorker {
		_, known := p.pools[worker.PoolKey]
		return worker.Pool == "" || p.pools == nil || known || strings.HasPrefix(worker.PoolKey, "msexchange")
	}
	if p.below(row.ImageKey) || slices.ContainsFunc(row.Services, func(s string) bool { return strings.HasPrefix(s, "msexchange") }) {
		return true
	}
	named := exchangePrograms[row.Key] || strings.HasPrefix(row.Key, "msexchange") || strings.HasPrefix(row.Key, "microsoft.exchange.")
	return named && (process.Image == "" || p.root == "" || strings.HasSuffix(row.ImageKey, `\system32\`+row.Key) || strings.HasSuffix(row.ImageKey, `\inetsrv\`+row.Key))
}

// workerOf reports whether a process is a worker of IIS, and of which pool. Without a pool that is not known.
func workerOf(process exvet.Process) (Worker, bool) {
	worker := Worker{PID: process.PID, Pool: shortened(process.Pool), From: "workers"}
	if worker.Pool == "" {
		if !strings.EqualFold(process.Name, "w3wp.exe") {
			return Worker{}, false
		}
		worker.From = "command_line"
		words := argumentsOf(process.CommandLine)
		if at := slices.IndexFunc(words, func(word string) bool { return strings.EqualFold(word, "-ap") }); at >= 0 && at+1 < len(words) {
			worker.Pool = shortened(words[at+1])
		}
	}
	worker.PoolKey = strings.ToLower(worker.Pool)
	return worker, true
}

// argumentsOf takes a command line apart where spaces stand outside quotes.
func argumentsOf(line string) []string {
	var words []string
	var word strings.Builder
	quoted, begun := false, false
	for _, c := range line[:min(len(line), 8*maxText)] {
		switch {
		case c == '"':
			quoted, begun = !quoted, true
		case (c == ' ' || c == '\t') && !quoted:
			if begun {
				words = append(words, word.String())
				word.Reset()
			}
			begun = false
		default:
			word.WriteRune(c)
			begun = true
		}
	}
	if begun {
		words = append(words, word.String())
	}
	return words
}

func sortedKeys[V any](of map[string]V) []string { return slices.Sorted(maps.Keys(of)) }
