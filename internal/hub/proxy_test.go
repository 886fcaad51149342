package hub

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestForwarded(t *testing.T) {
	trusted, err := readProxies([]string{"192.0.2.0/24", "2001:db8::7"})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, from string
		header     []string
		want       string
	}{
		{"nobody in between", "203.0.113.9:5000", nil, "203.0.113.9"},
		{"a stranger lies", "203.0.113.9:5000", []string{"198.51.100.1"}, "203.0.113.9"},
		{"a proxy", "192.0.2.7:5000", []string{"203.0.113.9"}, "203.0.113.9"},
		{"a proxy that adds to a lie", "192.0.2.7:5000", []string{"198.51.100.1, 203.0.113.9"}, "203.0.113.9"},
		{"in headers of their own", "192.0.2.7:5000", []string{"198.51.100.1", "203.0.113.9"}, "203.0.113.9"},
		{"two proxies", "[2001:db8::7]:5000", []string{"203.0.113.9,192.0.2.8"}, "203.0.113.9"},
		{"with a port", "192.0.2.7:5000", []string{"[2001:db8::9]:443"}, "2001:db8::9"},
		{"mapped to IPv6", "[::ffff:192.0.2.7]:5000", []string{"::ffff:203.0.113.9"}, "203.0.113.9"},
		{"a proxy that says nothing", "192.0.2.7:5000", nil, "192.0.2.7"},
		{"no address", "192.0.2.7:5000", []string{"203.0.113.9, unknown"}, "192.0.2.7"},
		{"only proxies", "192.0.2.7:5000", []string{"192.0.2.9, 192.0.2.8"}, "192.0.2.9"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = test.from
			for _, header := range test.header {
				r.Header.Add("X-Forwarded-For", header)
			}
			got := ""
			trusted.handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr })).ServeHTTP(httptest.NewRecorder(), r)
			if host, _, err := net.SplitHostPort(got); err != nil || host != test.want {
				t.Errorf("the address is %s (%v), want %s", got, err, test.want)
			}
		})
	}
	if _, err := readProxies([]string{"proxy.contoso.example"}); err == nil {
		t.Error("a name is taken for an address")
	}
}

// TestPROXYProtocol: of a trusted balancer the header before TLS is believed, of others it is no TLS.
func TestPROXYProtocol(t *testing.T) {
	for _, test := range []struct {
		name, trusted, header, want string
	}{
		{"trusted", "127.0.0.1", "PROXY TCP4 203.0.113.9 127.0.0.1 5000 8443\r\n", "203.0.113.9"},
		{"trusted, without a header", "127.0.0.1", "", "127.0.0.1"},
		{"a stranger without a header", "192.0.2.7", "", "127.0.0.1"},
		{"a stranger lies", "192.0.2.7", "PROXY TCP4 203.0.113.9 127.0.0.1 5000 8443\r\n", ""},
		{"trusted, with what is no header", "127.0.0.1", "PROXY TCP9 what is this\r\n", ""},
		{"trusted, of nobody it knows", "127.0.0.1", "PROXY UNKNOWN\r\n", "127.0.0.1"},
		{"trusted, of nobody, in version 2", "127.0.0.1", "\r\n\r\n\x00\r\nQUIT\n\x21\x00\x00\x00", ""},
		{"trusted, for itself", "127.0.0.1", "\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00", "127.0.0.1"},
		{"trusted, with an address of no kind", "127.0.0.1", "\r\n\r\n\x00\r\nQUIT\n\x21\x13\x00\x0c\xcb\x00\x71\x09\x7f\x00\x00\x01\x13\x88\x20\xfb", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			trusted, err := readProxies([]string{test.trusted})
			if err != nil {
				t.Fatal(err)
			}
			seen := ""
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r.RemoteAddr }))
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.Listener = trusted.listener(server.Listener)
			server.StartTLS()
			defer server.Close()
			connection, err := net.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			if err := connection.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(connection, test.header)
			secure := tls.Client(connection, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // a server of this test
			_, err = fmt.Fprint(secure, "GET / HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n")
			if err == nil {
				_, err = bufio.NewReader(secure).ReadString('\n')
			}
			host, _, _ := net.SplitHostPort(seen)
			if (err == nil) != (test.want != "") || host != test.want {
				t.Errorf("the address is %q (%v), want %q", host, err, test.want)
			}
		})
	}
}
