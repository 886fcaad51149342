package collectors

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/exvet/exvet"
)

// Files is what lies in folders that code is run from: scripts anyone may call through IIS, programs beside those of
// Exchange, and assemblies of the whole machine.
type Files struct {
	Folders      []FileFolder      `json:"folders"`
	Web          []WebFile         `json:"web"`
	PageLinks    []PageLink        `json:"page_links"`
	Compiled     []CompiledPage    `json:"compiled"`
	Programs     []ProgramFile     `json:"programs"`
	Redirections []FileRedirection `json:"redirections"`
	GAC          []GACAssembly     `json:"gac"`
}

// A FileFolder is a folder that was walked through, one of "bin" without those below. Key is its path as exvet.PathKey gives it, as all keys here are.
type FileFolder struct {
	Kind  string `json:"kind"` // "root", "front_end", "back_end", "bin", "agents", "scanner", "compiled" or "gac"
	Path  string `json:"path"`
	Key   string `json:"key"`
	Files int    `json:"files"` // in it and below, whatever they are
}

// A WebFile is a file IIS would run or could hand out as a program, and, where people sign in, a page or script of that.
type WebFile struct {
	Root     string   `json:"root"` // FileFolder.Kind
	Path     string   `json:"path"`
	Key      string   `json:"key"`
	NameKey  string   `json:"name_key"`
	Kind     string   `json:"kind"` // "script", "page", "program", "library" or "configuration"
	Size     int64    `json:"size"`
	Modified string   `json:"modified"` // RFC 3339, or ""
	NewerBy  int      `json:"newer_by"` // hours it is newer than half of the other files of its folder; 0 where those are fewer than three
	SHA256   string   `json:"sha256"`   // of scripts and pages
	Marks    []string `json:"marks"`    // what the text does, see marks
}

// A PageLink is an address of another host in a page or script: what it loads, or where it sends something.
type PageLink struct {
	FileKey string `json:"file_key"`
	File    string `json:"file"`
	Kind    string `json:"kind"` // "script", "form" or "call"
	Host    string `json:"host"` // lower case
	Line    int    `json:"line"`
	Text    string `json:"text"`
}

// A CompiledPage is a page ASP.NET compiled once; its source may be gone.
type CompiledPage struct {
	VirtualPath string `json:"virtual_path"`
	Key         string `json:"key"` // VirtualPath in lower case
	File        string `json:"file"`
	Modified    string `json:"modified"`
}

// A ProgramFile is a program or library beside those of Exchange.
type ProgramFile struct {
	Folder   string `json:"folder"` // "bin", "front_end_bin", "back_end_bin", "agents" or "scanner"
	Path     string `json:"path"`
	Key      string `json:"key"`
	NameKey  string `json:"name_key"`
	Size     int64  `json:"size"`
	Modified string `json:"modified"`
}

// A FileRedirection is a file or folder by which Windows takes the libraries of one program from elsewhere.
type FileRedirection struct {
	Kind    string `json:"kind"` // "local" or "manifest"
	Program string `json:"program"`
	Path    string `json:"path"`
	Key     string `json:"key"`
}

// A GACAssembly is an assembly any .NET program of the machine may load by its name.
type GACAssembly struct {
	Name     string `json:"name"`
	NameKey  string `json:"name_key"`
	Version  string `json:"version"`
	Token    string `json:"token"` // of its public key; a claim
	Path     string `json:"path"`
	Key      string `json:"key"`
	Modified string `json:"modified"`
}

func files() Collector {
	return define("files", "Scripts in web folders, programs beside Exchange's, assemblies of the machine", collectFiles)
}

func collectFiles(ctx context.Context, host exvet.Host) (*Files, error) {
	exchange := installation(ctx, host)
	w := &walker{
		diskReader: newDiskReader(ctx, host.Files(), "files"), disk: newLocator(host), bytes: maxPageBytes, left: maxFolders,
		found: &Files{
			Folders: []FileFolder{}, Web: []WebFile{}, PageLinks: []PageLink{}, Compiled: []CompiledPage{}, Programs: []ProgramFile{},
			Redirections: []FileRedirection{}, GAC: []GACAssembly{},
		},
	}
	system := exchange.SystemRoot
	w.tree("root", system[:min(2, len(system))]+`\inetpub\wwwroot`, w.web("root"), "web", "page_links")
	if exchange.Root == "" {
		w.leaveOpen("", "", errNoRoot(), "web", "page_links", "programs", "redirections")
	} else {
		w.tree("front_end", exchange.Root+`\FrontEnd\HttpProxy`, w.web("front_end"), "web", "page_links")
		w.tree("back_end", exchange.Root+`\ClientAccess`, w.web("back_end"), "web", "page_links")
		w.tree("bin", exchange.Root+`\Bin`, w.bin, "programs", "redirections")
		w.tree("agents", exchange.Root+`\TransportRoles\agents`, w.programs("agents"), "programs")
		w.tree("scanner", exchange.Root+`\FIP-FS\Bin`, w.programs("scanner"), "programs")
	}
	w.tree("compiled", system+`\Microsoft.NET\Framework64\v4.0.30319\Temporary ASP.NET Files`, w.compiled, "compiled")
	for _, folder := range []string{`\Microsoft.NET\assembly`, `\assembly`} {
		w.tree("gac", system+folder, w.gac, "gac")
	}
	if !w.held {
		return nil, exvet.Gap{Missing: exvet.Missing{
			Facts:  []string{"files"},
			Reason: `not in the evidence: copy inetpub\wwwroot, FrontEnd, ClientAccess and Bin of Exchange with all their files`,
		}, Cause: exvet.ErrNoEvidence}
	}
	return w.found, w.done()
}

// Limits of one server. A mailbox server has some 5,000 folders below those that are walked through.
const (
	maxFolders   = 60_000
	maxLevels    = 24
	maxPageBytes = 128 << 20 // of all scripts and pages that are read
	maxPage      = 2 << 20   // of one
)

// A walker walks through folders and remembers what it left out.
type walker struct {
	*diskReader

	disk  *locator
	found *Files
	held  bool  // some folder holds more than configuration files
	left  int   // folders that may still be looked into
	bytes int64 // of files that may still be read
	out   bool  // the folders that were left out are said
}

// A visit takes the files of one folder in. It reports whether the folders below are wanted.
type visit func(folder string, entries []fs.DirEntry) bool

// tree walks through a folder and those below it. What was not seen leaves a table open.
func (w *walker) tree(kind, folder string, visit visit, tables ...string) {
	name, ok := exvet.FSPath(folder)
	if !ok {
		return
	}
	row := FileFolder{Kind: kind, Path: folder, Key: exvet.PathKey(folder)}
	_, err := fs.ReadDir(w.files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		w.leaveOpen(folder, "", err, tables...)
		return
	}
	others := 0 // files that are no configuration
	w.walk(name, tables, maxLevels, func(at string, entries []fs.DirEntry) bool {
		for _, entry := range entries {
			if !entry.IsDir() {
				row.Files++
				if !strings.HasSuffix(strings.ToLower(entry.Name()), ".config") {
					others++
				}
			}
		}
		return visit(at, entries)
	})
	w.found.Folders = append(w.found.Folders, row)
	switch {
	case row.Files > 0 && others == 0:
		w.leaveOpen(folder, "", fmt.Errorf("only configuration files were copied: %w", exvet.ErrNoEvidence), tables...)
		return
	case row.Files == 0 && !w.disk.live && !w.disk.whole(name[:1]):
		w.leaveOpen(folder, "", fmt.Errorf("the copy has the folder without a file: %w", exvet.ErrNoEvidence), tables...)
		return
	}
	w.held = w.held || others > 0
}

func (w *walker) walk(name string, tables []string, levels int, visit visit) {
	switch {
	case w.ctx.Err() != nil:
		return
	case levels == 0 || w.left == 0:
		if !w.out {
			w.leaveOpen(exvet.WindowsPath(name), "", fmt.Errorf("more than %d folders, or %d one in another: the rest was left out", maxFolders, maxLevels), tables...)
		}
		w.out = true
		return
	}
	w.left--
	entries, err := fs.ReadDir(w.files, name)
	if err != nil {
		w.leaveOpen(exvet.WindowsPath(name), exvet.WindowsPath(name), err, tables...)
		return
	}
	w.seen = true
	if !visit(name, entries) {
		return
	}
	for _, entry := range entries {
		if entry.IsDir() && entry.Type()&fs.ModeSymlink == 0 {
			w.walk(path.Join(name, entry.Name()), tables, levels-1, visit)
		}
	}
}

// programs takes every program and library.
func (w *walker) programs(kind string) visit {
	return func(folder string, entries []fs.DirEntry) bool {
		for _, entry := range entries {
			switch extension(entry) {
			case "dll", "exe", "ocx", "com", "sys":
			default:
				continue
			}
			if strings.HasSuffix(strings.ToLower(entry.Name()), ".resources.dll") {
				continue // texts of another language, which no program calls into
			}
			if !w.row("programs") {
				return false
			}
			row := ProgramFile{Folder: kind, NameKey: strings.ToLower(entry.Name())}
			row.Path, row.Key = windowsName(folder, entry.Name())
			if info, err := entry.Info(); err == nil {
				row.Size, row.Modified = info.Size(), stamp(info.ModTime())
			}
			w.found.Programs = append(w.found.Programs, row)
		}
		return true
	}
}

// bin takes the programs of Exchange's own folder, and what redirects their libraries.
func (w *walker) bin(folder string, entries []fs.DirEntry) bool {
	w.programs("bin")(folder, entries)
	names := map[string]bool{}
	for _, entry := range entries {
		names[strings.ToLower(entry.Name())] = !entry.IsDir()
	}
	for _, entry := range entries {
		lower := strings.ToLower(entry.Name())
		for _, kind := range []string{"local", "manifest"} {
			program, ok := strings.CutSuffix(lower, "."+kind)
			if !ok || !names[program] || kind == "manifest" && entry.IsDir() || !w.row("redirections") {
				continue
			}
			row := FileRedirection{Kind: kind, Program: program}
			row.Path, row.Key = windowsName(folder, entry.Name())
			w.found.Redirections = append(w.found.Redirections, row)
		}
	}
	return false
}

// extension gives the ending of a file's name, or "" for a folder.
func extension(entry fs.DirEntry) string {
	if entry.IsDir() {
		return ""
	}
	return extensionOf(entry.Name())
}

// extensionOf gives the ending of a name as Windows sees it, in lower case and without its dot.
func extensionOf(name string) string {
	return strings.TrimPrefix(strings.ToLower(path.Ext(strings.TrimRight(name, ". "))), ".")
}
