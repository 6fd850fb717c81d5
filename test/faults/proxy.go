package faults

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"
)

// Fault is something that happens at a request.
type Fault string

// The faults.
const (
	KillBefore Fault = "kill before" // SIGKILL, the request does not reach the server
	KillAfter  Fault = "kill after"  // SIGKILL when the server has done it
	Error500   Fault = "500"
	Error429   Fault = "429"
	Error409   Fault = "409"
	Reset      Fault = "reset" // the server has done it, the connection breaks
	Hang       Fault = "hang"  // nothing for HangTime, then as if nothing had been
)

// HangTime is how long a hanging request hangs.
const HangTime = 10 * time.Second

// Injection is a fault at a request.
type Injection struct {
	Key   Key
	Fault Fault
}

// maxBody bounds what the proxy keeps of a request or a response.
const maxBody = 64 << 20

// proxy stands between a program and the API server, for one case.
type proxy struct {
	upstream *url.URL
	stream   *httputil.ReverseProxy
	witness  *witness
	server   *http.Server
	addr     string

	mu       sync.Mutex
	counter  *counter
	keys     []Key // of the command that runs
	inject   *Injection
	hit      bool
	kill     func() // ends the program and returns when it has ended
	inFlight sync.WaitGroup
}

// transport speaks to the API server whatever its certificate says.
func transport() *http.Transport {
	return &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableCompression: true,
		MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute,
	}
}

// newProxy listens on a free port. Requests to it go to the server with the token.
func newProxy(server, token string, rt http.RoundTripper, w *witness) (*proxy, error) {
	upstream, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{upstream: upstream, witness: w, addr: "http://" + l.Addr().String(), counter: newCounter(w.place)}
	rewrite := func(r *httputil.ProxyRequest) {
		r.SetURL(upstream)
		r.Out.Header.Set("Authorization", "Bearer "+token)
		r.Out.Header.Del("Accept-Encoding")
		// The witness reads JSON, and so does who asked for protocol buffers.
		if r.In.Method != http.MethodGet {
			r.Out.Header.Set("Accept", "application/json")
		}
	}
	p.stream = &httputil.ReverseProxy{
		Rewrite: rewrite, Transport: rt, FlushInterval: -1,
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: time.Minute}
	go func() { _ = p.server.Serve(l) }()
	return p, nil
}

func (p *proxy) close() { _ = p.server.Close() }

// begin is called before a command starts; kill ends it.
func (p *proxy) begin(inject *Injection, kill func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counter, p.keys, p.inject, p.hit, p.kill = newCounter(p.witness.place), nil, inject, false, kill
}

// end is called when the command has ended; it waits for the requests that the server
// still works on, and returns what the command asked for and whether its fault happened.
func (p *proxy) end() ([]Key, bool) {
	p.inFlight.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inject = nil
	return p.keys, p.hit
}

// fault returns the key of a request and the fault that it is to have, if any.
func (p *proxy) fault(r *http.Request) (Key, Fault, func()) {
	key := p.counter.key(r)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = append(p.keys, key)
	if p.inject == nil || p.hit || p.inject.Key != key {
		return key, "", nil
	}
	p.hit = true
	return key, p.inject.Fault, p.kill
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.inFlight.Add(1)
	defer p.inFlight.Done()
	key, fault, kill := p.fault(r)
	switch fault {
	case KillBefore:
		kill()
		panic(http.ErrAbortHandler)
	case Error500:
		refuse(w, http.StatusInternalServerError, "InternalError")
	case Error429:
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusTooManyRequests, "TooManyRequests")
	case Error409:
		refuse(w, http.StatusConflict, "Conflict")
	case KillAfter, Reset:
		// What the program does next must not take back what it has asked for.
		p.forward(&answer{header: http.Header{}}, r.WithContext(context.WithoutCancel(r.Context())), key)
		if fault == KillAfter {
			kill()
		}
		panic(http.ErrAbortHandler)
	case Hang:
		select {
		case <-r.Context().Done():
			return
		case <-time.After(HangTime):
		}
		p.forward(w, r, key)
	default:
		p.forward(w, r, key)
	}
}

// refuse answers as an API server does.
func refuse(w http.ResponseWriter, code int, reason string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"a fault of the test","reason":%q,"code":%d}`, reason, code)
}

// forward sends a request on and shows it and the answer to the witness.
func (p *proxy) forward(w http.ResponseWriter, r *http.Request, key Key) {
	if !key.Mutates() {
		p.stream.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	named := p.witness.before(r, body)
	a := &answer{header: http.Header{}}
	p.stream.ServeHTTP(a, r)
	p.witness.after(r, named, a.code, a.body.Bytes())
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.code)
	_, _ = w.Write(a.body.Bytes())
}

// answer is a response that is kept.
type answer struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(code int) {
	if a.code == 0 && code >= 200 {
		a.code = code
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}
