package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
)

// A document is a snapshot as JSON, to be added to.
type document = map[string]any

// One module in so many is foreign, one file in so many a script among Exchange's own, one service in so many runs as a
// user: the rules find them.
const (
	foreignModule  = 50
	foreignFile    = 200
	foreignService = 40
)

// snapshot grows the healthy server of the fixtures to about so many bytes: Exchange's processes with their modules, the
// files those are, services, programs and pages. The same seed gives the same bytes.
func snapshot(healthy string, size int, seed uint64) ([]byte, error) {
	text, err := os.ReadFile(healthy)
	if err != nil {
		return nil, err
	}
	var base document
	if err := json.Unmarshal(text, &base); err != nil {
		return nil, fmt.Errorf("%s: %w", healthy, err)
	}
	g := grower{random: rand.New(rand.NewPCG(seed, seed)), facts: base["facts"].(document)}
	for g.written < size-len(text) {
		g.step()
	}
	return json.Marshal(base)
}

// A grower adds rows to the facts of a snapshot.
type grower struct {
	random  *rand.Rand
	facts   document
	n       int
	written int
}

// add appends a row to a table of a section.
func (g *grower) add(section, table string, row document) {
	rows := g.facts[section].(document)
	list, _ := rows[table].([]any)
	rows[table] = append(list, row)
	text, _ := json.Marshal(row) // plain data
	g.written += len(text) + 1
}

// step adds one module with the file it is, and now and then what is rarer on a server.
func (g *grower) step() {
	n := g.n
	g.n++
	if n%5000 == 0 {
		g.worker(process(n))
	}
	vendor := []string{"Contoso Ltd", "Fabrikam AB", "Northwind", "Tailspin"}[g.random.IntN(4)]
	name := fmt.Sprintf("module%06d.dll", n)
	path, key := `E:\Exchange\Bin\`+name, `e:\exchange\bin\`+name
	microsoft := true
	if n%foreignModule == 0 {
		path, key, microsoft = `C:\Program Files\`+vendor+`\`+name, `c:\program files\`+strings.ToLower(vendor)+`\`+name, false
	}
	g.add("processes", "modules", document{"key": key, "path": path, "pids": []int{process(n)}})
	g.add("binaries", "list", g.binary(path, key, vendor, microsoft))
	if n%10 == 0 {
		g.add("files", "programs", document{
			"folder": "bin", "key": key, "modified": g.time(), "name_key": name, "path": path, "size": 1024 + g.random.IntN(1<<20),
		})
	}
	if n%20 == 0 {
		g.page(n)
	}
	if n%100 == 0 {
		g.service(n)
	}
}

// process is the id of the process that holds a module.
func process(n int) int { return 5000 + n/5000*4 }

// worker is a worker process of a pool.
func (g *grower) worker(pid int) {
	g.add("processes", "list", document{
		"account": "", "command_line": `w3wp.exe -ap "MSExchangeOWAAppPool"`, "examined": true, "image": `C:\Windows\System32\inetsrv\w3wp.exe`,
		"image_key": `c:\windows\system32\inetsrv\w3wp.exe`, "key": "w3wp.exe", "name": "w3wp.exe", "parent": 0, "pid": pid, "services": []any{},
		"session": 0, "sid": "S-1-5-18", "started": "2026-11-19T22:00:00Z", "unreadable": "",
	})
	g.add("processes", "workers", document{"from": "command_line", "pid": pid, "pool": "MSExchangeOWAAppPool", "pool_key": "msexchangeowaapppool"})
}

// binary is a file that was read, signed by Microsoft or by a vendor.
func (g *grower) binary(path, key, vendor string, microsoft bool) document {
	signer, issuer, anchor := vendor, "Example Code Signing CA", "host-store"
	if microsoft {
		signer, issuer, anchor = "Microsoft Corporation", "Microsoft Code Signing PCA 2011", "microsoft-2011"
	}
	return document{
		"path": path, "key": key, "status": "read", "size": 1024 + g.random.IntN(1<<20), "modified": g.time(), "created": g.time(),
		"sha256": fmt.Sprintf("%016x%016x%016x%016x", g.random.Uint64(), g.random.Uint64(), g.random.Uint64(), g.random.Uint64()),
		"signature": document{
			"status": "valid", "microsoft": microsoft, "found": "embedded", "catalog": "", "subject_cn": signer, "subject_o": signer,
			"issuer_cn": issuer, "serial": fmt.Sprintf("%08x", g.random.Uint32()), "anchor": anchor, "digest": "sha256", "timestamp": "",
			"timestamp_by": "", "timestamp_anchor": "", "flags": []any{}, "reason": "",
		},
		"loaded_by": []any{"w3wp.exe"}, "named_by": []any{}, "others": []any{}, "reason": "",
	}
}

// page is a page or script of a virtual directory; a few lie where Exchange has none.
func (g *grower) page(n int) {
	name, kind, marks := fmt.Sprintf("page%06d.htm", n), "page", []any{}
	if n%foreignFile == 0 {
		name, kind, marks = fmt.Sprintf("shell%06d.aspx", n), "script", []any{"eval", "request"}
	}
	g.add("files", "web", document{
		"key": `c:\inetpub\wwwroot\` + name, "kind": kind, "marks": marks, "modified": g.time(), "name_key": name, "newer_by": 0,
		"path": `C:\inetpub\wwwroot\` + name, "root": "root", "sha256": fmt.Sprintf("%064x", g.random.Uint64()), "size": 4096,
	})
}

// service is a program in a folder of its own.
func (g *grower) service(n int) {
	name := fmt.Sprintf("Service%06d", n)
	account, sid := "LocalSystem", "S-1-5-18"
	if n/100%foreignService == 0 {
		account, sid = `CONTOSO\svc`, "S-1-5-21-1-2-3-1104"
	}
	path := `C:\Services\` + name + `.exe`
	g.add("services", "list", document{
		"account": account, "account_key": strings.ToLower(account), "arguments": "", "delayed": false, "depends": []any{}, "display": name, "dll": "",
		"dll_key": "", "driver": false, "failure_actions": false, "failure_command": "", "failure_path_key": "", "group": "", "image": `"` + path + `"`,
		"key": strings.ToLower(name), "name": name, "path": path, "path_key": strings.ToLower(path), "ref": `HKLM\SYSTEM\CurrentControlSet\Services\` + name,
		"sid": sid, "start": "auto", "type": "own_process", "unquoted": false, "written": "",
	})
}

func (g *grower) time() string {
	return fmt.Sprintf("2021-%02d-%02dT%02d:%02d:%02dZ", 1+g.random.IntN(12), 1+g.random.IntN(28), g.random.IntN(24), g.random.IntN(60), g.random.IntN(60))
}
