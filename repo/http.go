package repo

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"
)

// request is something that is asked of an HTTP server, perhaps several times.
type request struct {
	url    *url.URL // without userinfo
	access Access
	creds  credentials
	// accept is the header of that name.
	accept string
	// prepare, if it is set, adds headers to each attempt.
	prepare func(http.Header)
	// takes are statuses besides 200 that are for the caller to handle.
	takes []int
	// repository is the name that an error mentions.
	repository string
}

// newRequest makes a request for rawURL with the credentials of access, which are for owner.
func newRequest(rawURL, owner string, access Access) (*request, error) {
	u, err := parseURL(rawURL)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, &URLError{URL: redacted(u), Reason: "is neither http://HOST nor https://HOST"}
	}
	creds, err := credentialsFor(u, owner, access)
	if err != nil {
		return nil, err
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	return &request{url: u, access: access, creds: creds}, nil
}

// shown is the URL for messages.
func (q *request) shown() string { return redacted(q.url) }

const maxRedirects = 10

// send asks once, following redirects. The caller closes the body.
//
// It does not leave redirects to net/http, which takes credentials along to other ports,
// to subdomains, and from https to http.
func (c *Client) send(ctx context.Context, q *request) (*http.Response, error) {
	rt, err := c.transport(q.access)
	if err != nil {
		return nil, err
	}
	trail := trail{creds: q.creds, pass: q.access.PassCredentials}
	u := q.url
	for hop := 0; ; hop++ {
		req := (&http.Request{
			Method: http.MethodGet, URL: u, Host: u.Host, Header: http.Header{},
			Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		}).WithContext(ctx)
		req.Header.Set("User-Agent", c.opts.UserAgent)
		if q.accept != "" {
			req.Header.Set("Accept", q.accept)
		}
		if q.prepare != nil {
			q.prepare(req.Header)
		}
		trail.authenticate(req)
		resp, err := rt.RoundTrip(req)
		if err != nil {
			return nil, plainError(err)
		}
		location := resp.Header.Get("Location")
		if !isRedirect(resp.StatusCode) || location == "" {
			return resp, nil
		}
		drain(resp.Body)
		if hop == maxRedirects {
			return nil, &URLError{URL: q.shown(), Reason: fmt.Sprintf("redirects more than %d times", maxRedirects)}
		}
		if u, err = follow(u, location); err != nil {
			return nil, err
		}
	}
}

func isRedirect(code int) bool {
	switch code {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// follow returns where a redirect leads. What it says of credentials is left out.
func follow(from *url.URL, location string) (*url.URL, error) {
	to, err := from.Parse(location)
	if err != nil {
		return nil, &URLError{URL: redacted(from), Reason: "redirects to something that is no URL"}
	}
	if to.Scheme != "http" && to.Scheme != "https" || to.Host == "" {
		return nil, &URLError{URL: redacted(from), Reason: fmt.Sprintf("redirects to the scheme %q, which is not followed", to.Scheme)}
	}
	to.User, to.Fragment, to.RawFragment = nil, "", ""
	return to, nil
}

// drain reads the little that is left of a body, so that the connection can be used again.
func drain(body io.ReadCloser) {
	io.CopyN(io.Discard, body, 16<<10) //nolint:errcheck // all the same
	body.Close()
}

// tlsFiles are what connections differ in.
type tlsFiles struct {
	cert, key, ca string
	insecure      bool
}

// transport returns what sends requests with the certificates of access.
func (c *Client) transport(access Access) (http.RoundTripper, error) {
	if c.opts.Transport != nil {
		return c.opts.Transport, nil
	}
	files := tlsFiles{access.CertFile, access.KeyFile, access.CAFile, access.InsecureSkipTLSVerify}
	c.mu.Lock()
	defer c.mu.Unlock()
	if t, ok := c.transports[files]; ok {
		return t, nil
	}
	conf, err := TLSConfig(access)
	if err != nil {
		return nil, err
	}
	t := &http.Transport{
		Proxy:                  proxy,
		DialContext:            (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:        conf,
		TLSHandshakeTimeout:    20 * time.Second,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: 1 << 20,
		// An archive is stored as it is sent: the server must not have it unpacked.
		DisableCompression: true,
	}
	c.transports[files] = t
	return t, nil
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

// TLSConfig returns what access says of certificates. Files that cannot be read are
// *CertificateError.
func TLSConfig(access Access) (*tls.Config, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: access.InsecureSkipTLSVerify}
	if (access.CertFile == "") != (access.KeyFile == "") {
		return nil, &CertificateError{File: access.CertFile + access.KeyFile, Err: errors.New("a client certificate and its key are needed together")}
	}
	if access.CertFile != "" {
		cert, err := tls.LoadX509KeyPair(access.CertFile, access.KeyFile)
		if err != nil {
			return nil, &CertificateError{File: access.CertFile, Err: err}
		}
		conf.Certificates = []tls.Certificate{cert}
	}
	if access.CAFile != "" {
		pem, err := os.ReadFile(access.CAFile)
		if err != nil {
			return nil, &CertificateError{File: access.CAFile, Err: err}
		}
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(pem) {
			return nil, &CertificateError{File: access.CAFile, Err: errors.New("holds no certificate in PEM")}
		}
	}
	return conf, nil
}

// CertificateError is a file with a certificate or key that cannot be used.
type CertificateError struct {
	File string
	Err  error
}

func (e *CertificateError) Error() string { return fmt.Sprintf("certificate %s: %v", e.File, e.Err) }

func (e *CertificateError) Unwrap() error { return e.Err }
