package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// server starts an API server that answers with h.
func server(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.EnableHTTP2 = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// client returns a client of a server.
func client(t *testing.T, s *httptest.Server, change func(*Config, *Options)) *Client {
	t.Helper()
	cfg, opts := &Config{Server: s.URL, Place: "test", Insecure: true}, Options{}
	if change != nil {
		change(cfg, &opts)
	}
	c, err := New(cfg, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func refuse(w http.ResponseWriter, code int, status string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = io.WriteString(w, status)
}

// TestRepeat tells what is sent again. Each answer stands for one request; after the
// last the server says 200.
func TestRepeat(t *testing.T) {
	const busy = `{"kind":"Status","reason":"TooManyRequests","message":"busy"}`
	for _, tt := range []struct {
		name     string
		method   string
		answers  []string // code, and what is in Retry-After
		requests int
		fails    bool
	}{
		{"fine", "GET", nil, 1, false},
		{"busy", "GET", []string{"429 0"}, 2, false},
		{"busy for a write", "POST", []string{"429 1"}, 2, false},
		{"no time given: an answer", "POST", []string{"429 -"}, 1, true},
		{"server fails a read", "GET", []string{"500 -", "500 -"}, 3, false},
		{"server fails a read thrice", "GET", []string{"500 -", "500 -", "500 -"}, 3, true},
		{"server fails a write", "POST", []string{"500 -"}, 1, true},
		{"server fails a write and says when to come back", "PUT", []string{"503 1"}, 1, true},
		{"refused", "GET", []string{"403 -"}, 1, true},
		{"not there", "GET", []string{"404 -"}, 1, true},
		{"redirected elsewhere", "GET", []string{"302 -"}, 1, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int32
			s := server(t, func(w http.ResponseWriter, r *http.Request) {
				if body, _ := io.ReadAll(r.Body); tt.method != "GET" && string(body) != "{}" {
					t.Errorf("the body of request %d is %q", n.Load()+1, body)
				}
				i := int(n.Add(1)) - 1
				if i >= len(tt.answers) {
					refuse(w, 200, "{}")
					return
				}
				var code int
				var after string
				_, _ = fmt.Sscan(tt.answers[i], &code, &after)
				if after != "-" {
					w.Header().Set("Retry-After", after)
				}
				w.Header().Set("Location", "https://elsewhere.example/")
				refuse(w, code, busy)
			})
			var body io.Reader
			if tt.method != "GET" {
				body = strings.NewReader("{}")
			}
			req, _ := http.NewRequestWithContext(t.Context(), tt.method, "/api", body)
			resp, err := client(t, s, nil).Do(req)
			if err == nil {
				resp.Body.Close()
			}
			if int(n.Load()) != tt.requests || (err != nil) != tt.fails {
				t.Errorf("%d requests, error %v; want %d, error %v", n.Load(), err, tt.requests, tt.fails)
			}
			var status *StatusError
			if tt.fails && !errors.As(err, &status) {
				t.Errorf("error %T", err)
			}
		})
	}
}

// TestBrokenConnection: what reads is sent again, what writes is not.
func TestBrokenConnection(t *testing.T) {
	for _, tt := range []struct {
		method   string
		requests int
	}{{"GET", 2}, {"PATCH", 1}} {
		t.Run(tt.method, func(t *testing.T) {
			var n atomic.Int32
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if n.Add(1) == 1 {
					panic(http.ErrAbortHandler)
				}
			}))
			defer s.Close()
			err := client(t, s, func(c *Config, _ *Options) { c.Insecure = false }).send(t.Context(), tt.method, "/api", nil, "application/json", []byte("{}"), nil)
			var unreachable *UnreachableError
			if int(n.Load()) != tt.requests || (err != nil) != (tt.requests == 1) || err != nil && !errors.As(err, &unreachable) {
				t.Errorf("%d requests, error %v", n.Load(), err)
			}
		})
	}
}

func TestCancelledRequest(t *testing.T) {
	reached, release := make(chan bool), make(chan bool)
	s := server(t, func(_ http.ResponseWriter, r *http.Request) {
		close(reached)
		<-release
	})
	defer close(release)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-reached; cancel() }()
	if err := client(t, s, nil).call(ctx, "GET", "/api", nil, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestWho tells which headers say who one is.
func TestWho(t *testing.T) {
	for _, tt := range []struct {
		name   string
		plain  bool
		config Config
		want   []string
	}{
		{"token", false, Config{Token: "t"}, []string{"Authorization=Bearer t"}},
		{"password", false, Config{Username: "u", Password: "p"}, []string{"Authorization=Basic dTpw"}},
		{"oidc", false, Config{OIDC: &OIDCConfig{IDToken: "i"}}, []string{"Authorization=Bearer i"}},
		{"without TLS", true, Config{Token: "t", AsUser: "a"}, []string{"Impersonate-User=a"}},
		{"token before plugin", false, Config{Token: "t", Exec: &ExecConfig{Command: "/none"}}, []string{"Authorization=Bearer t"}},
		{"as", false, Config{AsUser: "a", AsUID: "1", AsGroups: []string{"g", "h"}, AsExtra: map[string][]string{"acme.com/Pro ject%": {"x"}}}, []string{
			"Impersonate-Extra-Acme.com%2fpro%20ject%25=x", "Impersonate-Group=g,h", "Impersonate-Uid=1", "Impersonate-User=a",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			h := func(_ http.ResponseWriter, r *http.Request) {
				for k, v := range r.Header {
					if k == "Authorization" || strings.HasPrefix(k, "Impersonate") {
						got = append(got, k+"="+strings.Join(v, ","))
					}
				}
			}
			s := httptest.NewServer(http.HandlerFunc(h))
			if !tt.plain {
				s.Close()
				s = httptest.NewTLSServer(http.HandlerFunc(h))
			}
			defer s.Close()
			c := client(t, s, func(c *Config, _ *Options) {
				at := c.Server
				*c = tt.config
				c.Server, c.Insecure = at, !tt.plain
			})
			if err := c.call(t.Context(), "GET", "/api", nil, nil, nil); err != nil {
				t.Fatal(err)
			}
			slices.Sort(got)
			if !slices.EqualFunc(got, tt.want, strings.EqualFold) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestExpiredOIDC(t *testing.T) {
	// {"exp":1000}
	o := &OIDCConfig{IDToken: "e30.eyJleHAiOjEwMDB9.x"}
	if err := o.expired(time.Unix(999, 0)); err != nil {
		t.Errorf("before: %v", err)
	}
	if err := o.expired(time.Unix(1000, 0)); err == nil || strings.Contains(err.Error(), "e30") {
		t.Errorf("after: %v", err)
	}
}

func TestWarnings(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Warning", `299 - "v1beta1 is \"old\""`)
		w.Header().Add("Warning", `110 - "stale"`)
		w.Header().Add("Warning", `299`)
	})
	var got []string
	c := client(t, s, func(_ *Config, o *Options) { o.Warn = func(w string) { got = append(got, w) } })
	for range 2 {
		if err := c.call(t.Context(), "GET", "/api", nil, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{`v1beta1 is "old"`}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestServerPath keeps the path of a server that lies below one, and escapes.
func TestServerPath(t *testing.T) {
	var got string
	s := server(t, func(_ http.ResponseWriter, r *http.Request) { got = r.RequestURI })
	c := client(t, s, func(c *Config, _ *Options) { c.Server += "/k8s/c-1/?x=y" })
	if err := c.call(t.Context(), "GET", "/api/v1/configmaps/a%2Fb", map[string][]string{"limit": {"5"}}, nil, nil); err != nil {
		t.Fatal(err)
	}
	if want := "/k8s/c-1/api/v1/configmaps/a%2Fb?limit=5"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestLimiter(t *testing.T) {
	l := newLimiter(1, 2)
	ctx, cancel := context.WithCancel(t.Context())
	for range 2 {
		if err := l.wait(ctx); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	if err := l.wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("the third at once: %v", err)
	}
	if err := newLimiter(0, 100).wait(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestParallel: after an error nothing is begun, what is under way is waited for.
func TestParallel(t *testing.T) {
	c := &Client{opts: Options{Parallel: 2}}
	var mu sync.Mutex
	var done []int
	err := c.parallel(t.Context(), 10, func(i int) error {
		mu.Lock()
		defer mu.Unlock()
		done = append(done, i)
		return fmt.Errorf("%d", i)
	})
	if err == nil || len(done) > 2 {
		t.Errorf("done %v, error %v", done, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.parallel(ctx, 3, func(int) error { t.Error("begun"); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
