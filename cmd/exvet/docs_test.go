package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// notRun lists the command blocks that no test can run here, by page and reason as the page gives it. A page marks
// one with a comment of HTML above it: <!-- not run: reason -->. Keep it short.
var notRun = []string{
	"README.md: builds and tests this project",
	"docs/install.md: needs a release",
	"docs/install.md: needs a release",
	"docs/many-servers.md: the shell of Windows, and servers",
	"docs/run-in-ci.md: the shell of Windows",
}

// A docBlock is a fenced block of commands in a page.
type docBlock struct {
	line   int
	reason string // why it is not run, or ""
	lines  []string
}

// TestDocsCommands runs every command block of the pages, each page in a folder of its own that holds the servers
// evidence/ex01 (with foreign integrations) and evidence/ex02 (without), their snapshots ex01.json and ex02.json, and
// report.json. A line that begins with `$ ` is a command and those below it what it prints, `...` for anything; in a
// block without one every line is a command. A command ends with exit code 0 or as it says: `# exit 2`.
func TestDocsCommands(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("optional: the blocks are for a POSIX shell")
	}
	var unrun []string
	for _, page := range pages(t) {
		text, err := os.ReadFile(filepath.Join("..", "..", page))
		if err != nil {
			t.Fatal(err)
		}
		var run []docBlock
		for _, block := range commandBlocks(string(text)) {
			if block.reason != "" {
				unrun = append(unrun, page+": "+block.reason)
			} else {
				run = append(run, block)
			}
		}
		if len(run) == 0 {
			continue
		}
		t.Run(page, func(t *testing.T) {
			folder := docFolder(t)
			for _, block := range run {
				runBlock(t, folder, page, block)
			}
		})
	}
	if !slices.Equal(unrun, notRun) {
		t.Errorf("blocks that are not run: %q\nwant %q", unrun, notRun)
	}
}

// pages lists the pages people write, from the top of the repository.
func pages(t *testing.T) []string {
	t.Helper()
	all := []string{"README.md", "CONTRIBUTING.md"}
	files, err := filepath.Glob(filepath.Join("..", "..", "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		all = append(all, "docs/"+filepath.Base(file))
	}
	return all
}

var (
	fence  = regexp.MustCompile("^```([a-z]*)$")
	reason = regexp.MustCompile(`^<!-- not run: (.+) -->$`)
)

func commandBlocks(text string) []docBlock {
	var blocks []docBlock
	var open *docBlock
	inside, why := false, ""
	for i, line := range strings.Split(text, "\n") {
		if m := fence.FindStringSubmatch(line); m != nil {
			switch {
			case inside:
				if open != nil {
					blocks = append(blocks, *open)
				}
				open, inside, why = nil, false, ""
			default:
				inside = true
				if slices.Contains([]string{"sh", "bash", "console", "shell", "powershell", "cmd"}, m[1]) {
					open = &docBlock{line: i + 1, reason: why}
				}
			}
			continue
		}
		if open != nil {
			open.lines = append(open.lines, line)
		}
		if m := reason.FindStringSubmatch(line); m != nil && !inside {
			why = m[1]
		} else if strings.TrimSpace(line) != "" && !inside {
			why = ""
		}
	}
	return blocks
}

// docFolder is where a page's commands run.
func docFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for name, server := range map[string]string{"ex01": "contoso", "ex02": "clean"} {
		if err := os.CopyFS(filepath.Join(folder, "evidence", name), os.DirFS(filepath.Join("..", "..", "testdata", "evidence", server))); err != nil {
			t.Fatal(err)
		}
	}
	for _, command := range []string{
		"exvet collect evidence/ex01 --output ex01.json", "exvet collect evidence/ex02 --output ex02.json",
		"exvet scan ex01.json --fail-on never --require none -o json=report.json",
	} {
		if out, err := shell(folder, command); err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
	}
	return folder
}

func shell(folder, command string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "NO_COLOR=1")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.Bytes(), err
}

var exitNote = regexp.MustCompile(`\s+#.*\bexit (\d)`)

// runBlock runs the commands of a block and holds each to its exit code and to the lines below it.
func runBlock(t *testing.T, folder, page string, block docBlock) {
	t.Helper()
	prompted := slices.ContainsFunc(block.lines, func(line string) bool { return strings.HasPrefix(line, "$ ") })
	for i := 0; i < len(block.lines); i++ {
		command := strings.TrimPrefix(block.lines[i], "$ ")
		if strings.TrimSpace(command) == "" || (!prompted && strings.HasPrefix(command, "#")) {
			continue
		}
		where := fmt.Sprintf("%s:%d: %s", page, block.line+1+i, command)
		for strings.HasSuffix(command, `\`) && i+1 < len(block.lines) {
			i++
			command = strings.TrimSuffix(command, `\`) + block.lines[i]
		}
		want := 0
		if m := exitNote.FindStringSubmatch(command); m != nil {
			want, _ = strconv.Atoi(m[1])
		}
		out, err := shell(folder, command)
		got := 0
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			got = exit.ExitCode()
		} else if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		if got != want {
			t.Errorf("%s: exit code %d, want %d\n%s", where, got, want, out)
		}
		var lines []string
		for prompted && i+1 < len(block.lines) && !strings.HasPrefix(block.lines[i+1], "$ ") {
			i++
			lines = append(lines, block.lines[i])
		}
		if pattern := outputPattern(lines); pattern != nil && !pattern.MatchString(string(out)) {
			t.Errorf("%s: prints\n%s\nwant\n%s", where, out, strings.Join(lines, "\n"))
		}
	}
}

// outputPattern matches what a page says is printed: `...` alone is any lines, and within a line any text. Runs of
// spaces are alike.
func outputPattern(lines []string) *regexp.Regexp {
	if len(lines) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString(`(?s)^`)
	for _, line := range lines {
		if strings.TrimSpace(line) == "..." {
			b.WriteString(`.*?`)
			continue
		}
		for i, part := range strings.Split(line, "...") {
			if i > 0 {
				b.WriteString(`[^\n]*`)
			}
			words := regexp.MustCompile(` +`).Split(part, -1)
			for j, word := range words {
				if j > 0 {
					b.WriteString(` *`)
				}
				b.WriteString(regexp.QuoteMeta(word))
			}
		}
		b.WriteString(`\n`)
	}
	b.WriteString(`\s*$`)
	return regexp.MustCompile(b.String())
}

// TestDocsLinks: a link from one page to another leads somewhere, headings included.
func TestDocsLinks(t *testing.T) {
	all := pages(t)
	rules, err := filepath.Glob(filepath.Join("..", "..", "docs", "rules", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range rules {
		all = append(all, "docs/rules/"+filepath.Base(file))
	}
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for _, page := range all {
		text, err := os.ReadFile(filepath.Join("..", "..", page))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			target, heading, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			file := filepath.Join("..", "..", filepath.Dir(page), filepath.FromSlash(target))
			if target == "" {
				file = filepath.Join("..", "..", page)
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: %s leads nowhere", page, m[1])
				continue
			}
			if heading != "" && !slices.Contains(headings(t, file), heading) {
				t.Errorf("%s: %s has no such heading", page, m[1])
			}
		}
	}
}

// TestDocsIndex: every page is in the index.
func TestDocsIndex(t *testing.T) {
	index, err := os.ReadFile(filepath.Join("..", "..", "docs", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages(t) {
		name, ok := strings.CutPrefix(page, "docs/")
		if ok && name != "README.md" && !strings.Contains(string(index), "]("+name+")") {
			t.Errorf("docs/README.md does not link %s", name)
		}
	}
}

// headings lists the anchors of a page as GitHub makes them.
func headings(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(string(text), -1) {
		anchor := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		all = append(all, strings.ReplaceAll(anchor, " ", "-"))
	}
	return all
}
