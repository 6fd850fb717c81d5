package player

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/hchart/hchart/test/cluster"
)

// Proxy stands between a program and the API server.
type Proxy struct {
	// Kubeconfig is for programs that go through it.
	Kubeconfig string

	count  atomic.Int64
	server *httptest.Server
}

// NewProxy starts a proxy before a cluster, whose kubeconfig it writes to dir. Where
// before is not nil, it is called with each request first, and may wait.
func (c *Cluster) NewProxy(dir string, before func(*http.Request)) (*Proxy, error) {
	target, err := url.Parse(c.Server)
	if err != nil {
		return nil, err
	}
	p := &Proxy{Kubeconfig: filepath.Join(dir, "kubeconfig")}
	through := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport:     transport(),
		FlushInterval: -1, // watches
	}
	p.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.count.Add(1)
		if before != nil {
			before(r)
		}
		through.ServeHTTP(w, r)
	}))
	text := cluster.Kubeconfig(p.server.URL, c.token)
	if err := os.WriteFile(p.Kubeconfig, []byte(text), 0o600); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// Requests is how many requests there were since the last call.
func (p *Proxy) Requests() int { return int(p.count.Swap(0)) }

// Close ends the proxy and all connections through it.
func (p *Proxy) Close() {
	p.server.CloseClientConnections()
	p.server.Close()
}
