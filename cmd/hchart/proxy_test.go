package main

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/hchart/hchart/repo/repotest"
)

// TestProxy gets an index and an archive by way of the proxy that the environment names,
// with the password for the repository and that for the proxy each where it belongs.
func TestProxy(t *testing.T) {
	srv := repotest.Start(t, repotest.Options{Username: "me", Password: "repository"})
	srv.AddChart("c", "1.0.0")
	target, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	var asked atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Host != "charts.test" {
			t.Errorf("the proxy is asked for %s", r.URL.Host)
		}
		if user, password, ok := proxyAuth(r); !ok || user != "you" || password != "proxy" {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		asked.Add(1)
		forward.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	address := "http://you:proxy@" + proxy.Listener.Addr().String()
	dir := t.TempDir()
	run := func(args ...string) error {
		cmd := program(t, dir, args...)
		cmd.Env = append(cmd.Env, "HTTP_PROXY="+address, "http_proxy="+address, "NO_PROXY=", "no_proxy=")
		out, err := cmd.CombinedOutput()
		t.Logf("%v: %s", args, out)
		return err
	}
	if err := run("repo", "add", "test", "http://charts.test", "--username", "me", "--password", "repository"); err != nil {
		t.Fatal(err)
	}
	if err := run("pull", "test/c"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "c-1.0.0.tgz")); err != nil || asked.Load() != 2 {
		t.Errorf("%v after %d requests, want 2", err, asked.Load())
	}
}

func proxyAuth(r *http.Request) (user, password string, ok bool) {
	h := http.Header{"Authorization": r.Header["Proxy-Authorization"]}
	return (&http.Request{Header: h}).BasicAuth()
}
