package host

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestLiveFile holds what is told of an opened file, and that it can be read anywhere.
func TestLiveFile(t *testing.T) {
	files := openLive(t).files
	at := filepath.Join(temporary(t), "a.bin")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	look := func() (id string, created time.Time, part string) {
		t.Helper()
		file, err := files.Open(name(t, at))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			t.Fatal(err)
		}
		read := make([]byte, 3)
		if _, err := file.(io.ReaderAt).ReadAt(read, 2); err != nil {
			t.Fatal(err)
		}
		return info.(interface{ FileID() string }).FileID(), info.(interface{ Created() time.Time }).Created(), string(read)
	}
	write("0123456789")
	first, created, part := look()
	if age := time.Since(created); part != "234" || first == "" || age < -time.Minute || age > 10*time.Minute {
		t.Errorf("got %q, number %q, made %v", part, first, created)
	}
	if again, _, _ := look(); again != first {
		t.Errorf("number %q, then %q of the same file", first, again)
	}
	info, err := fs.Stat(files, name(t, at))
	if err != nil || info.(interface{ FileID() string }).FileID() != first {
		t.Errorf("asked by name: got %v, %v; want number %q", info, err, first)
	}
	// Another file in its place, as large and as old.
	old := info.ModTime()
	time.Sleep(20 * time.Millisecond)
	write("9876543210")
	if err := os.Chtimes(at, old, old); err != nil {
		t.Fatal(err)
	}
	if other, _, part := look(); other == first || part != "765" {
		t.Errorf("changed: got %q, number %q as before", part, other)
	}
}
