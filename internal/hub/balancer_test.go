package hub

import (
	"context"
	"encoding/pem"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/exvet/exvet/internal/hub/access"
)

// docBlock gives the block of docs/hub.md that begins with a line.
func docBlock(t *testing.T, language, first string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "hub.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "```"+language+"\n"+first+"\n")
	block, _, ended := strings.Cut(rest, "\n```\n")
	if !found || !ended {
		t.Fatalf("docs/hub.md has no block of %s that begins with %q", language, first)
	}
	return first + "\n" + block + "\n"
}

const streamModule = "/usr/lib/nginx/modules/ngx_stream_module.so"

// balancer runs Debian's nginx with the two blocks of docs/hub.md before two hubs: one port passes TLS through, one ends it.
func balancer(t *testing.T, data string, hubs [2]string, pass, end string) {
	t.Helper()
	program, err := exec.LookPath("/usr/sbin/nginx")
	if err != nil {
		t.Skip("nginx is not installed: install the Debian packages nginx-light and libnginx-mod-stream")
	}
	if _, err := os.Stat(streamModule); err != nil {
		t.Skip("nginx has no module stream: install the Debian package libnginx-mod-stream")
	}
	own := t.TempDir()
	config := "load_module " + streamModule + ";\ndaemon off; master_process off; pid " + own + "/pid; error_log " + own + "/errors;\nevents {}\n" +
		strings.Replace(docBlock(t, "nginx", "stream {"), "listen 8443", "listen "+pass, 1) +
		strings.Replace(docBlock(t, "nginx", "http {"), "listen 443", "access_log off; client_body_temp_path "+own+"/a; proxy_temp_path "+own+"/b; fastcgi_temp_path "+own+"/c; uwsgi_temp_path "+own+"/d; scgi_temp_path "+own+"/e;\n listen "+end, 1)
	for from, to := range map[string]string{
		"hub1.contoso.example:8443": hubs[0], "hub2.contoso.example:8443": hubs[1], "proxy_ssl_name hub.contoso.example": "proxy_ssl_name localhost",
		"/etc/nginx/hub.pem": data + "/hub.pem", "/etc/nginx/hub.key": data + "/hub-key.pem", "/etc/nginx/hub-ca.pem": data + "/hub-ca.pem",
	} {
		if !strings.Contains(config, from) {
			t.Fatalf("the configuration does not say %q", from)
		}
		config = strings.ReplaceAll(config, from, to)
	}
	// Of the temporary folders each server may name its own only in http; there is one server.
	if err := os.WriteFile(own+"/nginx.conf", []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-e", own+"/errors", "-c", own+"/nginx.conf")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

// TestBalancer: nginx before two hubs of one PostgreSQL, which are killed in turn. A person stays logged in and is answered throughout; what
// agents send, through either port, is stored once.
func TestBalancer(t *testing.T) {
	database := postgres(t)
	const agents, each = 6, 20
	first := start(t, Options{Database: database}) // makes the certificate, and enrols
	var all []*agent
	for i := range agents {
		all = append(all, first.enrol(t, fmt.Sprintf("EX%02d", i)))
	}
	code, err := access.NewCode(context.Background(), first.DB, "EX99", "test")
	if err != nil {
		t.Fatal(err)
	}
	options := first.Options
	first.close()
	addresses := [2]string{freePort(t), freePort(t)}
	pass, end := freePort(t), freePort(t)
	options.URL = "https://" + end
	options.Proxies = []string{"127.0.0.1"}
	var hubs [2]*child
	for i := range hubs {
		options.Listen = addresses[i]
		hubs[i] = &child{options: options}
		hubs[i].start(t)
		defer func() { hubs[i].kill() }()
	}
	balancer(t, options.Data, addresses, pass, end)
	client := &http.Client{Transport: first.client.Transport, Timeout: 10 * time.Second, CheckRedirect: first.client.CheckRedirect}
	through := &running{Hub: first.Hub, url: "https://" + end, client: client}
	passed := &running{Hub: first.Hub, url: "https://" + pass, client: client}
	for _, r := range []*running{through, passed} {
		awaitHealth(t, r)
	}
	admin := through.admin(t)
	// Whoever asks through it is known by the address it asks from, through either port, and whatever it says of itself.
	for from, r := range map[string]*running{"127.0.0.2": through, "127.0.0.3": passed} {
		one := &running{Hub: r.Hub, url: r.url, client: &http.Client{Transport: boundTo(first.client.Transport, from), CheckRedirect: client.CheckRedirect}}
		page := one.page(t, one.admin(t), "/api/v1/audit")
		if !strings.Contains(page, `"origin": "`+from+`"`) || strings.Contains(page, "198.51.100.1") {
			t.Errorf("the audit log does not say that a log-in came from %s: %s", from, page)
		}
	}
	for i, a := range all {
		a.hub = []*running{through, passed}[i%2]
	}
	// With TLS passed through, an agent shows its certificate to the hub itself.
	csr, key := request(t)
	var given access.Credentials
	if got := passed.ask(t, client, "POST", "/enrol", nil, jsonOf(t, access.Enrolment{Code: code, Request: csr}), &given); got != http.StatusOK {
		t.Fatalf("enrol: %d", got)
	}
	block, _ := pem.Decode([]byte(given.Certificate))
	if got := passed.ask(t, passed.with(t, block.Bytes, key), "POST", "/logs", nil, jsonOf(t, []any{event(t, "d-0", 1, judged("EX99", nil))}), nil); got != http.StatusOK {
		t.Errorf("with a certificate: %d", got)
	}
	var sending sync.WaitGroup
	defer sending.Wait()
	var again, meanwhile atomic.Int64
	var down atomic.Bool
	send := func(name string) {
		for _, a := range all {
			sending.Go(func() {
				for n := range each {
					before := down.Load()
					again.Add(int64(a.insist(t, zipped(t, jsonOf(t, []any{event(t, fmt.Sprintf("%s-%d", name, n), n, judged(a.name, map[string][]string{"EXV-T-000": {"pool:A"}}))})))))
					if before && down.Load() {
						meanwhile.Add(1)
					}
					time.Sleep(time.Duration(rand.IntN(400)) * time.Millisecond)
				}
			})
		}
	}
	send("while")
	looked := 0
	look := func(long time.Duration) {
		for began := time.Now(); time.Since(began) < long; looked++ {
			through.page(t, admin, "/servers") // fails the test unless it is answered by 200
			time.Sleep(20 * time.Millisecond)
		}
	}
	for _, hub := range hubs {
		look(1500 * time.Millisecond) // nginx tries one that was down again after a second
		hub.kill()
		down.Store(true)
		look(500 * time.Millisecond)
		down.Store(false)
		hub.start(t)
	}
	sending.Wait()
	time.Sleep(1500 * time.Millisecond)
	send("after")
	sending.Wait()
	last := start(t, Options{Database: database})
	last.counted(t, 1+2*agents*each)
	stored := regexp.MustCompile(`(?m)^exvet_hub_reports_stored_total (\d+)$`)
	for i := range hubs {
		one := &running{Hub: first.Hub, url: "https://" + addresses[i], client: client}
		if found := stored.FindStringSubmatch(one.page(t, &http.Client{Transport: client.Transport, Jar: admin.Jar}, "/metrics")); found == nil || found[1] == "0" {
			t.Errorf("hub %d stored nothing: %v", i+1, found)
		}
	}
	if meanwhile.Load() == 0 {
		t.Error("no upload was stored while a hub was down: the test proves nothing")
	}
	t.Logf("%d reports stored once through two kills, %d of them by one hub while the other was down; %d uploads were sent again; %d pages shown", 1+2*agents*each,
		meanwhile.Load(), again.Load(), looked)
}

// boundTo sends requests from an address of this machine, and says they come from another.
func boundTo(like http.RoundTripper, address string) http.RoundTripper {
	transport := like.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}).DialContext
	return liar{transport}
}

type liar struct{ http.RoundTripper }

func (l liar) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Forwarded-For", "198.51.100.1")
	return l.RoundTripper.RoundTrip(r)
}

func awaitHealth(t *testing.T, r *running) {
	t.Helper()
	for range 100 {
		response, err := r.client.Get(r.url + "/healthz")
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s does not answer", r.url)
}
