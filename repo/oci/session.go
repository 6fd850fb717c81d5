package oci

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/oci/internal/oras/registry"
	"github.com/hchart/hchart/repo/oci/internal/oras/registry/remote"
	"github.com/hchart/hchart/repo/oci/internal/oras/registry/remote/auth"
	"github.com/hchart/hchart/repo/oci/internal/oras/registry/remote/retry"
)

// session talks to one host in one way. It has the tokens that the host gave.
type session struct {
	host   string // as the reference has it: "docker.io"
	target string // where requests go: "registry-1.docker.io"
	plain  bool
	client *auth.Client

	mu      sync.Mutex
	sent    bool     // credentials were sent
	secrets []string // what must not be shown
}

type sessionKey struct {
	host   string
	access repo.Access
}

// session returns the session with a host.
func (c *Client) session(host string, access repo.Access) (*session, error) {
	key := sessionKey{host, access}
	c.mu.Lock()
	defer c.mu.Unlock()
	if s, ok := c.sessions[key]; ok {
		return s, nil
	}
	s, err := c.newSession(host, access)
	if err != nil {
		return nil, err
	}
	c.sessions[key] = s
	return s, nil
}

func (c *Client) newSession(host string, access repo.Access) (*session, error) {
	base := c.opts.Transport
	if base == nil {
		t, err := transport(access)
		if err != nil {
			return nil, err
		}
		base = t
	}
	s := &session{host: host, target: registry.Reference{Registry: host}.Host(), plain: access.PlainHTTP}
	s.client = &auth.Client{
		Client: &http.Client{Transport: &retry.Transport{Base: &listener{base, s}, Policy: c.policy}},
		Cache:  auth.NewCache(),
		Credential: func(ctx context.Context, hostport string) (auth.Credential, error) {
			return c.credential(ctx, s, hostport, access)
		},
	}
	s.client.SetUserAgent(c.opts.UserAgent)
	return s, nil
}

// credential returns what may be sent to hostport: something only if it is the host of the
// session.
func (c *Client) credential(ctx context.Context, s *session, hostport string, access repo.Access) (auth.Credential, error) {
	if hostport != s.target {
		return auth.EmptyCredential, nil
	}
	cred := auth.Credential{Username: access.Username, Password: access.Password}
	if cred.Username == "" || cred.Password == "" {
		var err error
		if cred, err = c.logins.get(ctx, s.host); err != nil {
			return auth.EmptyCredential, err
		}
	}
	s.remember(cred)
	return cred, nil
}

// repository returns a repository of the session, to be asked of in the name of ref.
func (s *session) repository(ref registry.Reference, limits Limits) *remote.Repository {
	return &remote.Repository{
		Client:           s.client,
		Reference:        ref,
		PlainHTTP:        s.plain,
		MaxMetadataBytes: limits.ManifestBytes,
		TagListMaxPages:  limits.TagPages,
	}
}

// policy says when requests are sent again.
func (c *Client) policy() retry.Policy {
	return &retry.GenericPolicy{
		Retryable: retry.DefaultPredicate,
		Backoff:   retry.ExponentialBackoff(c.opts.Wait, 2, 0.1),
		MaxWait:   3 * time.Second,
		MaxRetry:  c.opts.Retries,
	}
}

// transport sends requests with the certificates of access.
func transport(access repo.Access) (http.RoundTripper, error) {
	conf, err := repo.TLSConfig(access)
	if err != nil {
		return nil, err
	}
	return &http.Transport{
		Proxy:                  proxy,
		DialContext:            (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:        conf,
		TLSHandshakeTimeout:    20 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        30 * time.Second,
		ResponseHeaderTimeout:  2 * time.Minute,
		MaxResponseHeaderBytes: 1 << 20,
		// Digests are of what is sent: nobody must have it unpacked.
		DisableCompression: true,
	}, nil
}

// proxy is http.ProxyFromEnvironment, whose error shows the variable: a URL which may hold
// a password.
func proxy(req *http.Request) (*url.URL, error) {
	u, err := http.ProxyFromEnvironment(req)
	if err != nil {
		return nil, errors.New("the proxy that the environment names (HTTPS_PROXY, HTTP_PROXY) is no URL")
	}
	return u, nil
}

// listener notes which credentials and tokens are sent, for them to be kept out of errors:
// a server may repeat what it got.
type listener struct {
	base    http.RoundTripper
	session *session
}

func (l *listener) RoundTrip(req *http.Request) (*http.Response, error) {
	if _, secret, ok := strings.Cut(req.Header.Get("Authorization"), " "); ok {
		l.session.keepSecret(secret)
	}
	return l.base.RoundTrip(req)
}
