package oci_test

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/oci"
	"github.com/hchart/hchart/repo/repotest"
)

// TestRealmElsewhere has a registry with a token server of another name, as that of Docker
// has: it gets the password, over TLS alone if the registry has TLS.
func TestRealmElsewhere(t *testing.T) {
	for _, tt := range []struct {
		realm string
		tls   bool // of the registry
		gets  bool
	}{
		{"https://auth.example.invalid/token", true, true},
		{"http://auth.example.invalid/token", true, false},
		{"http://registry.example.invalid/token", true, false},
		{"http://auth.example.invalid/token", false, true},
		{"https://auth.example.invalid/token", false, true},
	} {
		options := repotest.RegistryOptions{Username: "ada", Password: canary, Token: true, Realm: tt.realm}
		reg := repotest.NewRegistry(options)
		registryServer, tokens := httptest.NewUnstartedServer(reg), repotest.NewRegistry(options)
		tokenServers := map[bool]*httptest.Server{true: httptest.NewTLSServer(tokens), false: httptest.NewServer(tokens)}
		if tt.tls {
			registryServer.StartTLS()
		} else {
			registryServer.Start()
		}
		transport := &http.Transport{
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				host, port, err := net.SplitHostPort(addr)
				if err != nil {
					return nil, err
				}
				to := registryServer.Listener.Addr().String()
				if host == "auth.example.invalid" || host == "registry.example.invalid" && tt.tls && port == "80" {
					to = tokenServers[port == "443"].Listener.Addr().String()
				}
				return new(net.Dialer).DialContext(ctx, network, to)
			},
		}
		c := client(oci.Options{Transport: transport})
		access := ada()
		access.PlainHTTP = !tt.tls
		_, err := c.Push(t.Context(), "registry.example.invalid/demo", archive(t, demo), nil, oci.PushOptions{Access: access})
		if (err == nil) != tt.gets {
			t.Errorf("%+v: %v", tt, err)
		}
		if got := len(tokens.Requests()) > 0; got != tt.gets {
			t.Errorf("%+v: the token server got %+v", tt, tokens.Requests())
		}
		checkSilent(t, err)
		// Somebody else's password does not go there: it is for another host.
		other := oci.NewClient(oci.Options{Transport: transport, Retries: -1})
		if _, err := other.Tags(t.Context(), "registry.example.invalid/demo", repo.Access{PlainHTTP: !tt.tls}); err == nil {
			t.Error("let in without a password")
		}
		transport.CloseIdleConnections()
		for _, s := range []*httptest.Server{registryServer, tokenServers[true], tokenServers[false]} {
			s.Close()
		}
	}
}
