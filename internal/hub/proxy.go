package hub

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/pires/go-proxyproto"

	"github.com/exvet/exvet"
)

// proxies are the balancers that are believed when they say for whom they ask: by the PROXY protocol where they pass TLS
// through, by X-Forwarded-For where they end it. From all others both are what anybody can write.
type proxies []netip.Prefix

// readProxies reads addresses and networks, "192.0.2.7" and "192.0.2.0/24".
func readProxies(named []string) (proxies, error) {
	var all proxies
	for _, name := range named {
		network, err := netip.ParsePrefix(name)
		if err != nil {
			var address netip.Addr
			if address, err = netip.ParseAddr(name); err == nil {
				network, err = address.Prefix(address.BitLen())
			}
		}
		if err != nil {
			return nil, exvet.Refuse("hub/trusted-proxy", "--trusted-proxy %q is no address or network, as 192.0.2.7 or 192.0.2.0/24", name)
		}
		all = append(all, network.Masked())
	}
	return all, nil
}

func (p proxies) trust(address netip.Addr) bool {
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(address) })
}

// addressOf reads "192.0.2.7", "192.0.2.7:443" and "[2001:db8::7]:443".
func addressOf(text string) (netip.Addr, bool) {
	if both, err := netip.ParseAddrPort(text); err == nil {
		return both.Addr().Unmap(), true
	}
	address, err := netip.ParseAddr(text)
	return address.Unmap(), err == nil
}

// listener takes from trusted balancers the header of the PROXY protocol, where they send one.
func (p proxies) listener(inner net.Listener) net.Listener {
	if len(p) == 0 {
		return inner
	}
	return &proxyproto.Listener{
		Listener: inner, ReadHeaderTimeout: headerTime,
		ConnPolicy: func(of proxyproto.ConnPolicyOptions) (proxyproto.Policy, error) {
			if from, ok := addressOf(of.Upstream.String()); ok && p.trust(from) {
				return proxyproto.USE, nil
			}
			return proxyproto.SKIP, nil
		},
	}
}

// handler gives requests of trusted proxies the address they were forwarded for: the last one named that is no trusted proxy.
func (p proxies) handler(next http.Handler) http.Handler {
	if len(p) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, ok := addressOf(r.RemoteAddr)
		named := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, name := range slices.Backward(named) {
			if !ok || !p.trust(from) {
				break
			}
			before, read := addressOf(strings.TrimSpace(name))
			if !read {
				break
			}
			from = before
		}
		if ok {
			r.RemoteAddr = netip.AddrPortFrom(from, 0).String()
		}
		next.ServeHTTP(w, r)
	})
}
