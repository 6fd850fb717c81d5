package kube

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Options are the options of New.
type Options struct {
	// QPS and Burst bound how many requests are sent a second; no bound if Burst or
	// QPS is 0 or less.
	QPS   float32
	Burst int
	// UserAgent is what the server logs; "hchart" if it is empty.
	UserAgent string
	// Warn is called with each warning of the API server, once for each text.
	Warn func(string)
	// Parallel is how many requests of one step may be under way at a time, 16 if
	// it is 0.
	Parallel int
}

// Client sends requests to an API server.
type Client struct {
	base   *url.URL
	config *Config
	opts   Options
	http   *http.Client
	exec   *execAuth
	limit  *limiter
	kinds  *kinds
	warned sync.Map
}

// New returns a client. It reads the certificates that cfg names and sends nothing.
func New(cfg *Config, opts Options) (*Client, error) {
	base, err := cfg.base()
	if err != nil {
		return nil, err
	}
	tlsConfig, err := cfg.tlsConfig()
	if err != nil {
		return nil, err
	}
	proxy, err := cfg.proxy()
	if err != nil {
		return nil, err
	}
	if opts.Parallel <= 0 {
		opts.Parallel = 16
	}
	if opts.UserAgent == "" {
		opts.UserAgent = "hchart"
	}
	c := &Client{base: base, config: cfg, opts: opts, limit: newLimiter(opts.QPS, opts.Burst), kinds: newKinds()}
	if cfg.Exec != nil {
		c.exec = &execAuth{config: cfg.Exec, target: cfg}
		if len(tlsConfig.Certificates) == 0 {
			tlsConfig.GetClientCertificate = c.exec.certificate
		}
	}
	c.http = &http.Client{
		Transport: &http.Transport{
			Proxy:               proxy,
			TLSClientConfig:     tlsConfig,
			ForceAttemptHTTP2:   true,
			MaxIdleConnsPerHost: opts.Parallel,
			IdleConnTimeout:     90 * time.Second,
			TLSHandshakeTimeout: 10 * time.Second,
			// A body of gzip costs more than it saves within a data centre.
			DisableCompression: true,
		},
		// A redirect would carry the token to another place.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// certificate is the client certificate of the exec plugin, if it gives one.
func (a *execAuth) certificate(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	cred, err := a.get(info.Context())
	if err != nil {
		return nil, err
	}
	if cred.cert == nil {
		return &tls.Certificate{}, nil
	}
	return cred.cert, nil
}

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Server is the URL of the API server, without a password.
func (c *Client) Server() string { return c.base.Redacted() }

// retries is how often a request is repeated that did nothing.
const retries = 5

// Do sends a request whose URL has no host, and returns a response of the codes 2xx,
// whose body the caller closes. Other codes are a *StatusError, failures to reach the
// server an *UnreachableError. A request is repeated when the server says that it is to
// be (429), when no connection came about, and, if it reads only, when the connection
// broke. Whether a request that writes was carried out is not known after another
// error. A request with a body needs GetBody, which http.NewRequest sets.
func (c *Client) Do(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	for attempt := 0; ; attempt++ {
		if err := c.limit.wait(ctx); err != nil {
			return nil, err
		}
		resp, cred, err := c.once(req)
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if attempt < retries && mayRepeat(req.Method, err) && sleep(ctx, backoff(attempt)) {
				continue
			}
			return nil, c.unreachable(err)
		}
		c.warnings(resp)
		if resp.StatusCode/100 == 2 {
			return resp, nil
		}
		failure := statusError(req, resp)
		switch {
		case resp.StatusCode == http.StatusUnauthorized && cred != nil && attempt == 0:
			c.exec.refuse(cred)
			continue
		case resp.StatusCode == http.StatusTooManyRequests && attempt < retries && failure.Reason != "TooManyRequests" || failure.retryAfter > 0 && attempt < retries && (resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500 && req.Method == http.MethodGet):
			wait := max(failure.retryAfter, backoff(attempt))
			if sleep(ctx, min(wait, 30*time.Second)) {
				continue
			}
			return nil, ctx.Err()
		case resp.StatusCode >= 500 && req.Method == http.MethodGet && attempt < 2 && sleep(ctx, backoff(attempt)):
			continue
		}
		return nil, failure
	}
}

// once sends a request one time.
func (c *Client) once(orig *http.Request) (*http.Response, *credential, error) {
	req := orig.Clone(orig.Context())
	if orig.GetBody != nil {
		body, err := orig.GetBody()
		if err != nil {
			return nil, nil, err
		}
		req.Body = body
	}
	target := *c.base
	target.Path = c.base.Path + orig.URL.Path
	target.RawPath = ""
	if orig.URL.RawPath != "" {
		target.RawPath = c.base.EscapedPath() + orig.URL.RawPath
	}
	target.RawQuery = orig.URL.RawQuery
	req.URL, req.Host = &target, ""
	req.Header.Set("User-Agent", c.opts.UserAgent)
	cred, err := c.authenticate(req)
	if err != nil {
		return nil, nil, err
	}
	resp, err := c.http.Do(req)
	return resp, cred, err
}

// authenticate adds who one is to a request.
func (c *Client) authenticate(req *http.Request) (*credential, error) {
	cfg := c.config
	var used *credential
	switch {
	case cfg.Token != "" && cfg.TokenFile == "":
		req.Header.Set("Authorization", "Bearer "+cfg.Token)
	case cfg.TokenFile != "":
		// Read anew each time: tokens of pods are replaced every hour.
		data, err := os.ReadFile(cfg.TokenFile)
		if err != nil && cfg.Token == "" {
			return nil, &ConfigError{Place: cfg.Place + ": token file", Err: err}
		}
		token := strings.TrimSpace(string(data))
		if token == "" {
			token = cfg.Token
		}
		req.Header.Set("Authorization", "Bearer "+token)
	case c.exec != nil:
		cred, err := c.exec.get(req.Context())
		if err != nil {
			return nil, err
		}
		if cred.token != "" {
			req.Header.Set("Authorization", "Bearer "+cred.token)
		}
		used = cred
	case cfg.OIDC != nil:
		req.Header.Set("Authorization", "Bearer "+cfg.OIDC.IDToken)
	case cfg.Username != "" || cfg.Password != "":
		req.SetBasicAuth(cfg.Username, cfg.Password)
	}
	if cfg.AsUser != "" {
		req.Header.Set("Impersonate-User", cfg.AsUser)
	}
	if cfg.AsUID != "" {
		req.Header.Set("Impersonate-Uid", cfg.AsUID)
	}
	for _, g := range cfg.AsGroups {
		req.Header.Add("Impersonate-Group", g)
	}
	for k, values := range cfg.AsExtra {
		for _, v := range values {
			req.Header.Add("Impersonate-Extra-"+url.PathEscape(k), v)
		}
	}
	return used, nil
}

// warnings hands on the warnings of a response: 299 - "text".
func (c *Client) warnings(resp *http.Response) {
	if c.opts.Warn == nil {
		return
	}
	for _, w := range resp.Header.Values("Warning") {
		_, text, ok := strings.Cut(w, "\"")
		if !ok || !strings.HasPrefix(w, "299") {
			continue
		}
		if text, err := strconv.Unquote("\"" + text); err == nil {
			if _, seen := c.warned.LoadOrStore(text, true); !seen {
				c.opts.Warn(text)
			}
		}
	}
}

// mayRepeat reports whether a request that failed with err did nothing for certain, or
// reads only.
func mayRepeat(method string, err error) bool {
	var config *ConfigError
	if errors.As(err, &config) {
		return false
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return true
	}
	return method == http.MethodGet && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET))
}

func backoff(attempt int) time.Duration { return 100 * time.Millisecond << min(attempt, 5) }

// sleep waits and reports whether ctx is still good.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// limiter lets a number of requests through a second, and as many at once as have not
// been used. The zero limiter lets all through.
type limiter struct {
	mu    sync.Mutex
	every time.Duration
	burst int
	free  float64
	at    time.Time
}

func newLimiter(qps float32, burst int) *limiter {
	if qps <= 0 || burst <= 0 {
		return &limiter{}
	}
	return &limiter{every: time.Duration(float64(time.Second) / float64(qps)), burst: burst, free: float64(burst), at: time.Now()}
}

func (l *limiter) wait(ctx context.Context) error {
	if l.every == 0 {
		return ctx.Err()
	}
	l.mu.Lock()
	now := time.Now()
	l.free = min(float64(l.burst), l.free+float64(now.Sub(l.at))/float64(l.every))
	l.at = now
	l.free--
	delay := time.Duration(-l.free * float64(l.every))
	l.mu.Unlock()
	if delay > 0 && !sleep(ctx, delay) {
		return ctx.Err()
	}
	return ctx.Err()
}
