package hub

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A cluster is a PostgreSQL of the tests' own, on loopback.
type cluster struct {
	bin, dir string
	port     int
	as       *syscall.SysProcAttr
	server   *exec.Cmd
}

var (
	clusterOnce sync.Once
	clusterMade *cluster
	clusterErr  error
)

// postgres gives the address of an empty database, or skips the test where there is no PostgreSQL.
func postgres(t testing.TB) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		t.Skip("no PostgreSQL: install the Debian package postgresql")
	}
	clusterOnce.Do(func() { clusterMade, clusterErr = newCluster(filepath.Dir(slices.Max(found))) })
	if clusterErr != nil {
		t.Fatal(clusterErr)
	}
	name := fmt.Sprintf("hub%d", time.Now().UnixNano())
	if out, err := clusterMade.run("createdb", "-h", "127.0.0.1", "-p", strconv.Itoa(clusterMade.port), "-U", "exvet", name).CombinedOutput(); err != nil {
		t.Fatalf("createdb: %v: %s", err, out)
	}
	return fmt.Sprintf("postgres://exvet@127.0.0.1:%d/%s", clusterMade.port, name)
}

func (c *cluster) run(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.bin, program), args...)
	cmd.SysProcAttr, cmd.Dir = c.as, c.dir
	return cmd
}

func newCluster(bin string) (*cluster, error) {
	dir, err := os.MkdirTemp("", "exvet-postgres-")
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &cluster{bin: bin, dir: dir, port: listener.Addr().(*net.TCPAddr).Port, as: &syscall.SysProcAttr{}}
	if err := listener.Close(); err != nil {
		return nil, err
	}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		account, err := user.Lookup("postgres")
		if err != nil {
			return nil, err
		}
		uid, _ := strconv.Atoi(account.Uid)
		gid, _ := strconv.Atoi(account.Gid)
		c.as = asAccount(uid, gid)
		if err := os.Chown(dir, uid, gid); err != nil {
			return nil, err
		}
	}
	if out, err := c.run("initdb", "-D", dir+"/data", "-U", "exvet", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	return c, c.start()
}

func (c *cluster) start() error {
	c.server = c.run("postgres", "-D", c.dir+"/data", "-h", "127.0.0.1", "-p", strconv.Itoa(c.port), "-k", c.dir)
	if err := c.server.Start(); err != nil {
		return err
	}
	for range 100 {
		if c.run("pg_isready", "-h", "127.0.0.1", "-p", strconv.Itoa(c.port)).Run() == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("PostgreSQL does not answer")
}

// kill ends PostgreSQL at once, as a crash does.
func (c *cluster) kill() {
	_ = c.server.Process.Signal(syscall.SIGQUIT) // immediate shutdown: recovery at the next start
	_ = c.server.Wait()
}

func TestMain(m *testing.M) {
	if text := os.Getenv(childVariable); text != "" {
		fmt.Fprintln(os.Stderr, serveChild(text))
		return
	}
	m.Run() // its code is that of the program
	if clusterMade != nil && clusterMade.server != nil {
		clusterMade.kill()
		_ = os.RemoveAll(clusterMade.dir)
	}
}

// eachDatabase runs a test on both kinds.
func eachDatabase(t *testing.T, test func(t *testing.T, database string)) {
	t.Run("SQLite", func(t *testing.T) { test(t, "") })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, postgres(t)) })
}

// TestBackup: what a backup holds comes back in the other kind of database, and pages say the same.
func TestBackup(t *testing.T) {
	for _, kind := range []string{"to PostgreSQL", "to SQLite"} {
		t.Run(kind, func(t *testing.T) {
			databases := []string{"", postgres(t)}
			if kind == "to SQLite" {
				slices.Reverse(databases)
			}
			from := start(t, Options{Database: databases[0]})
			ex01 := from.enrol(t, "EX01")
			ex01.send(t, event(t, "d-1", 1, judged("EX01", map[string][]string{"EXV-T-000": {"pool:A", "snowman ☃"}, "EXV-T-001": {"!w"}, "EXV-T-002": {"?"}})))
			file := filepath.Join(t.TempDir(), "backup")
			out, err := os.Create(file)
			if err != nil {
				t.Fatal(err)
			}
			written, err := from.DB.Backup(context.Background(), out)
			if err != nil || out.Close() != nil {
				t.Fatal(err)
			}
			before := from.page(t, from.admin(t), "/api/v1/servers/"+idOf(from.serverNamed(t, "EX01")))
			first := from.First
			from.close()

			restoreInto := filepath.Join(t.TempDir(), "hub.db")
			if databases[1] != "" {
				restoreInto = databases[1]
			}
			read := restore(t, restoreInto, file)
			if read != written {
				t.Errorf("%d rows restored, %d written", read, written)
			}
			to := start(t, Options{Database: restoreInto})
			if to.First != nil {
				t.Error("the restored hub makes a first log-in")
			}
			after := to.page(t, to.browser(t, first.Name, first.Password), "/api/v1/servers/"+idOf(to.serverNamed(t, "EX01")))
			if before != after {
				t.Errorf("the server was\n%s\nand is\n%s", before, after)
			}
			ex01.hub = to
			if got := ex01.send(t, event(t, "d-1", 1, judged("EX01", nil))); got.Duplicates != 1 {
				t.Errorf("after the restore the agent's report is %+v", got)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, text[:len(text)*2/3], 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := restoring(filepath.Join(t.TempDir(), "hub.db"), file); err == nil || !strings.Contains(err.Error(), "hub/backup") {
				t.Errorf("a backup that is cut off: %v", err)
			}
			if _, err := restoring(restoreInto, file); err == nil || !strings.Contains(err.Error(), "hub/not-empty") {
				t.Errorf("into a database in use: %v", err)
			}
		})
	}
}
