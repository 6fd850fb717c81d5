package kube

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
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
	// reached says that the server has answered before.
	reached atomic.Bool
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
		if !cfg.identified() {
			tlsConfig.GetClientCertificate = c.exec.certificate
		}
	}
	c.http = &http.Client{
		Transport: &http.Transport{
			Proxy:               proxy,
			DialContext:         (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			TLSClientConfig:     tlsConfig,
			ForceAttemptHTTP2:   true,
			MaxIdleConnsPerHost: opts.Parallel,
			IdleConnTimeout:     90 * time.Second,
			TLSHandshakeTimeout: 10 * time.Second,
			// A connection that a firewall or a sleeping laptop dropped is found
			// out, and not waited on until the command times out.
			HTTP2: &http.HTTP2Config{SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second},
			// Compressing costs more than it saves on the machine itself.
			DisableCompression: cfg.DisableCompression || isLoopback(base.Hostname()),
		},
		// A redirect would carry the token to another place.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
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
			if attempt < retries && c.mayRepeat(req, err) && sleep(ctx, backoff(attempt)) {
				continue
			}
			return nil, c.unreachable(err)
		}
		c.reached.Store(true)
		c.warnings(resp)
		if resp.StatusCode/100 == 2 {
			return resp, nil
		}
		failure := statusError(req, resp)
		if cred != nil && resp.StatusCode == http.StatusUnauthorized && attempt == 0 {
			// The plugin may have better credentials by now. A client certificate is
			// shown when a connection is made, so that has to be a new one.
			c.exec.refuse(cred)
			c.http.CloseIdleConnections()
			continue
		}
		wait, again := failure.again(req, attempt)
		if !again {
			return nil, failure
		}
		if !sleep(ctx, wait) {
			return nil, ctx.Err()
		}
	}
}

// maxWait bounds how long a server that is busy may have a request wait.
const maxWait = 30 * time.Second

// again decides whether a request that was refused is to be sent again, and when. With
// 429 the server did nothing; but where it does not say when to come back, it may be an
// answer rather than a lack of time, as it is for evictions. After another error of the
// server's it is not known what it did, so that only what does no harm twice is repeated.
func (e *StatusError) again(req *http.Request, attempt int) (time.Duration, bool) {
	wait := min(max(e.retryAfter, backoff(attempt)), maxWait)
	switch {
	case e.Code == http.StatusTooManyRequests:
		return wait, attempt < retries && (e.retryAfter > 0 || e.Reason == "")
	case e.Code >= 500 && isHarmless(req):
		return wait, attempt < 2 || e.retryAfter > 0 && attempt < retries
	}
	return 0, false
}

// once sends a request one time.
func (c *Client) once(orig *http.Request) (*http.Response, *credential, error) {
	ctx, settled := settling(orig)
	resp, cred, err := c.roundTrip(ctx, orig)
	if err != nil {
		settled()
		return nil, cred, err
	}
	resp.Body = &settledBody{ReadCloser: resp.Body, settled: settled}
	return resp, cred, nil
}

// settleTime is how long a write that is under way may take to end once its context has.
const settleTime = 200 * time.Millisecond

// settling is the context for sending a request. One that writes is not given up at once
// when its own context ends: the server would carry it out all the same, and after the
// caller has returned. settled has to be called when the answer was read.
func settling(req *http.Request) (ctx context.Context, settled func()) {
	if req.Method == http.MethodGet {
		return req.Context(), func() {}
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(req.Context()))
	stop := context.AfterFunc(req.Context(), func() { time.AfterFunc(settleTime, cancel) })
	return ctx, func() {
		stop()
		cancel()
	}
}

// settledBody calls settled when it is closed.
type settledBody struct {
	io.ReadCloser
	settled func()
}

func (b *settledBody) Close() error {
	defer b.settled()
	return b.ReadCloser.Close()
}

// roundTrip sends a request under a context.
func (c *Client) roundTrip(ctx context.Context, orig *http.Request) (*http.Response, *credential, error) {
	req := orig.Clone(ctx)
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

// isHarmless reports whether a request can be carried out twice: one that reads, and a
// server-side apply, which says what is to be and not what to change.
func isHarmless(req *http.Request) bool {
	return req.Method == http.MethodGet || req.Header.Get("Content-Type") == contentApply
}

// mayRepeat reports whether a request that failed with err did nothing for certain, or
// may be carried out twice. A server that has never answered is not there, and nobody
// wants to wait to be told so.
func (c *Client) mayRepeat(req *http.Request, err error) bool {
	var config *ConfigError
	if errors.As(err, &config) {
		return false
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return c.reached.Load()
	}
	return isHarmless(req) && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET))
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
