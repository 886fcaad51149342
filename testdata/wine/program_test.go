package wine_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/authenticode"
)

// TestProgram holds that exvet.exe is built without cgo for both processors, and says what it is.
func TestProgram(t *testing.T) {
	needWine(t)
	t.Parallel()
	arm := filepath.Join(t.TempDir(), "exvet.exe")
	build := exec.Command("go", "build", "-o", arm, "../../cmd/exvet")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=windows", "GOARCH=arm64")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for arch, program := range map[string]string{"amd64": made.exvet, "arm64": arm} {
		t.Run(arch, func(t *testing.T) {
			text, err := os.ReadFile(program)
			if err != nil {
				t.Fatal(err)
			}
			version, err := authenticode.ReadVersion(context.Background(), bytes.NewReader(text), int64(len(text)))
			if err != nil || version.ProductVersion != exvet.Version || version.ProductName != "exvet" {
				t.Errorf("got version %+v, %v", version, err)
			}
			if !bytes.Contains(text, []byte(`<requestedExecutionLevel level="asInvoker" uiAccess="false"/>`)) {
				t.Error("no manifest that asks for the rights of whoever starts it")
			}
		})
	}
}
