package collectors

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// Kinds of files by their endings. Scripts are what IIS, ASP.NET, or a language people add to IIS runs on the server.
var webKinds = map[string]string{
	"aspx": "script", "ashx": "script", "asmx": "script", "asp": "script", "asa": "script", "asax": "script", "ascx": "script", "cer": "script",
	"cdx": "script", "cshtml": "script", "vbhtml": "script", "master": "script", "svc": "script", "soap": "script", "rem": "script", "xamlx": "script",
	"shtml": "script", "shtm": "script", "stm": "script", "php": "script", "phtml": "script", "php5": "script", "jsp": "script", "jspx": "script",
	"cfm": "script",
	"js":  "page", "htm": "page", "html": "page",
	"exe": "program", "com": "program", "scr": "program", "msi": "program", "bat": "program", "cmd": "program", "ps1": "program", "psm1": "program",
	"vbs": "program", "vbe": "program", "jse": "program", "wsf": "program", "hta": "program",
	"dll": "library", "config": "configuration",
}

// web takes what may run of the folders below a web root. Folders of an application's own libraries, which nobody can call,
// give its programs.
func (w *walker) web(root string) visit {
	return func(folder string, entries []fs.DirEntry) bool {
		if strings.EqualFold(path.Base(folder), "bin") && root != "root" {
			return w.programs(root+"_bin")(folder, entries)
		}
		_, key := windowsName(folder)
		pages := root == "root" || strings.Contains(key+`\`, `\auth\`)
		newer := medians(entries)
		for _, entry := range entries {
			kind := webKinds[extension(entry)]
			if kind == "" || kind == "page" && !pages {
				continue
			}
			if !w.row("web") {
				return false
			}
			w.webFile(root, kind, folder, entry, newer)
		}
		return true
	}
}

func (w *walker) webFile(root, kind, folder string, entry fs.DirEntry, newer func(time.Time) int) {
	row := WebFile{Root: root, NameKey: strings.TrimRight(strings.ToLower(entry.Name()), ". "), Kind: kind, Marks: []string{}}
	row.Path, row.Key = windowsName(folder, entry.Name())
	if info, err := entry.Info(); err == nil {
		row.Size, row.Modified, row.NewerBy = info.Size(), stamp(info.ModTime()), newer(info.ModTime())
	}
	if kind == "script" || kind == "page" {
		w.text(path.Join(folder, entry.Name()), &row)
	}
	w.found.Web = append(w.found.Web, row)
}

// medians gives, for a time, by how many hours it is newer than half of the other files of a folder.
func medians(entries []fs.DirEntry) func(time.Time) int {
	var times []time.Time
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && !entry.IsDir() && stamp(info.ModTime()) != "" {
			times = append(times, info.ModTime())
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	const fewest = 4
	return func(at time.Time) int {
		if len(times) < fewest {
			return 0
		}
		return max(0, int(at.Sub(times[(len(times)-1)/2]).Hours()))
	}
}

// text reads a script or page and says what it does.
func (w *walker) text(name string, row *WebFile) {
	switch {
	case row.Size > maxPage:
		w.leaveOpen(row.Path, row.Path, fmt.Errorf("larger than %d KB: its text was not read", maxPage>>10), "web")
		return
	case w.bytes <= 0:
		w.leaveOpen("", "", fmt.Errorf("more than %d MB of scripts and pages: the text of the rest was not read", maxPageBytes>>20), "web")
		return
	}
	data, err := w.readName(name, maxPage)
	if err != nil {
		w.leaveOpen(row.Path, row.Path, err, "web")
		return
	}
	w.bytes -= int64(len(data))
	sum := sha256.Sum256(data)
	row.SHA256 = hex.EncodeToString(sum[:])
	text := pageText(data)
	row.Marks = marksOf(row.Kind, text)
	for _, link := range linksOf(text) {
		if !w.row("page_links") {
			return
		}
		link.File, link.FileKey = row.Path, row.Key
		w.found.PageLinks = append(w.found.PageLinks, link)
	}
}
