package collectors

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/exvet/exvet"
)

// An EWSCaller is an account that called EWS with a program, as the log of EWS has it.
type EWSCaller struct {
	Account      string `json:"account"`
	AccountKey   string `json:"account_key"`
	Agent        string `json:"agent"`        // what the program calls itself, without version numbers
	Requests     int    `json:"requests"`     // in the files that were read
	Impersonated int    `json:"impersonated"` // of them, for the mailbox of somebody else
	Mailboxes    int    `json:"mailboxes"`    // of somebody else, counted up to a limit
	Last         string `json:"last"`         // time of the last one, as logged
	File         string `json:"file"`         // the last one lies in
	Line         int    `json:"line"`
}

// Limits of the log of EWS. A busy server writes some hundred megabytes a day.
const (
	maxEWSFiles   = 48
	maxEWSBytes   = 256 << 20 // of all files that are read
	maxEWSCallers = 2_000
	maxMailboxes  = 1_000
	maxEWSLine    = 1 << 20
)

// ewsLogs reads the newest files of the log of EWS. It reports whether there are any.
func (o *Organisation) ewsLogs(r *diskReader, exchange *Exchange) bool {
	if exchange.Root == "" {
		r.leaveOpen("", "", errNoRoot(), "ews_callers")
		return false
	}
	folder := exchange.Root + `\Logging\Ews`
	entries, err := r.list(folder)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: %w", exvet.ErrNoEvidence, errNoLogs)
	}
	if err != nil {
		r.leaveOpen(folder, "", err, "ews_callers")
		return false
	}
	names := []string{}
	for _, entry := range entries {
		if extension(entry) == "log" {
			names = append(names, entry.Name())
		}
	}
	slices.Sort(names) // by time: Ews_2026112008-1.LOG
	slices.Reverse(names)
	l := &ewsLog{left: maxEWSBytes, callers: map[string]*ewsCaller{}}
	for _, name := range names[:min(len(names), maxEWSFiles)] {
		if l.left <= 0 || r.ctx.Err() != nil {
			break
		}
		path := folder + `\` + name
		if err := l.read(r, path); err != nil {
			r.leaveOpen(path, "", err, "ews_callers")
		}
	}
	o.EWSCallers = l.rows()
	return len(names) > 0
}

// An ewsLog sums callers up.
type ewsLog struct {
	left    int64
	callers map[string]*ewsCaller
}

type ewsCaller struct {
	EWSCaller

	mailboxes map[string]bool
}

func (l *ewsLog) read(r *diskReader, path string) error {
	name, ok := exvet.FSPath(path)
	if !ok {
		return exvet.ErrNoEvidence
	}
	file, err := r.files.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 64<<10), maxEWSLine)
	var columns map[string]int
	for line := 1; lines.Scan() && l.left > 0; line++ {
		if line&0xfff == 0 && r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		l.left -= int64(len(lines.Bytes())) + 1
		text := strings.TrimPrefix(lines.Text(), "\ufeff")
		switch header, isHeader := strings.CutPrefix(text, "#Fields: "); {
		case isHeader, strings.HasPrefix(text, "DateTime,"):
			columns = map[string]int{}
			for i, field := range splitLog(header) {
				columns[strings.ToLower(strings.TrimSpace(field))] = i
			}
		case columns == nil, strings.HasPrefix(text, "#"):
		default:
			l.add(splitLog(text), columns, path, line)
		}
	}
	return lines.Err()
}

// splitLog takes a line of a log apart at its commas, but for those in quotes.
func splitLog(line string) []string {
	var fields []string
	for len(fields) < 500 {
		if rest, ok := strings.CutPrefix(line, `"`); ok {
			end := strings.Index(rest+`,`, `",`)
			if end >= 0 && end < len(rest) {
				fields = append(fields, strings.ReplaceAll(rest[:end], `""`, `"`))
				if end+2 > len(rest) {
					return fields
				}
				line = rest[end+2:]
				continue
			}
		}
		field, rest, more := strings.Cut(line, ",")
		fields = append(fields, field)
		if !more {
			break
		}
		line = rest
	}
	return fields
}

func (l *ewsLog) add(fields []string, columns map[string]int, path string, line int) {
	value := func(name string) string {
		if i, ok := columns[name]; ok && i < len(fields) {
			return strings.TrimSpace(fields[i])
		}
		return ""
	}
	account := value("authenticateduser")
	if account == "" {
		return
	}
	agent := programName(value("useragent"))
	key := strings.ToLower(account) + "\x00" + strings.ToLower(agent)
	caller := l.callers[key]
	if caller == nil {
		if len(l.callers) >= maxEWSCallers {
			return
		}
		caller = &ewsCaller{EWSCaller: EWSCaller{Account: shortened(account), AccountKey: strings.ToLower(shortened(account)), Agent: shortened(agent)}, mailboxes: map[string]bool{}}
		l.callers[key] = caller
	}
	caller.Requests++
	if mailbox := strings.ToLower(value("impersonateduser")); mailbox != "" && mailbox != caller.AccountKey {
		caller.Impersonated++
		if len(caller.mailboxes) < maxMailboxes {
			caller.mailboxes[mailbox] = true
		}
		caller.Mailboxes = len(caller.mailboxes)
	}
	if at := value("datetime"); at >= caller.Last {
		caller.Last, caller.File, caller.Line = strings.Clone(at[:min(len(at), 40)]), path, line
	}
}

// programName leaves out version numbers and what stands behind them, so that one program is one caller.
func programName(agent string) string {
	name, _, _ := strings.Cut(agent, "/")
	return strings.TrimSpace(name)
}

func (l *ewsLog) rows() []EWSCaller {
	rows := make([]EWSCaller, 0, len(l.callers))
	for _, caller := range l.callers {
		rows = append(rows, caller.EWSCaller)
	}
	slices.SortFunc(rows, func(a, b EWSCaller) int {
		if order := strings.Compare(a.AccountKey, b.AccountKey); order != 0 {
			return order
		}
		return strings.Compare(a.Agent, b.Agent)
	})
	return rows
}
