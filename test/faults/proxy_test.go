package faults

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestFaults checks what each fault does: whether the server sees the request, whether
// the program is killed, and what it would be told.
func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		fault  Fault
		reach  bool
		killed bool
		code   int // 0: the connection breaks
	}{
		{"", true, false, 201},
		{KillBefore, false, true, 0},
		{KillAfter, true, true, 0},
		{Error500, false, false, 500},
		{Error429, false, false, 429},
		{Error409, false, false, 409},
		{Reset, true, false, 0},
	} {
		t.Run(string(tt.fault), func(t *testing.T) {
			var reached atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Authorization") != "Bearer token" {
					t.Errorf("authorization %q", r.Header.Get("Authorization"))
				}
				reached.Add(1)
				w.WriteHeader(http.StatusCreated)
				_, _ = io.WriteString(w, `{"kind":"ConfigMap","metadata":{"name":"c"}}`)
			}))
			defer server.Close()
			w := newWitness(newPlace("s1", ""))
			p, err := newProxy(server.URL, "token", transport(), w)
			if err != nil {
				t.Fatal(err)
			}
			defer p.close()
			killed := false
			key := Key{Verb: "POST", Path: "/api/v1/namespaces/f-SLOT/configmaps", Ordinal: 2}
			p.begin(&Injection{key, tt.fault}, func() { killed = true })
			path := p.addr + "/api/v1/namespaces/f-s1/configmaps"
			if code := post(t, path); code != 201 {
				t.Errorf("the first request got %d", code)
			}
			if code := post(t, path); code != tt.code {
				t.Errorf("the disturbed request got %d, want %d", code, tt.code)
			}
			if code := post(t, path); code != 201 {
				t.Errorf("the request after it got %d", code)
			}
			keys, hit := p.end()
			if !hit || len(keys) != 3 || !slices.Contains(keys, key) {
				t.Errorf("hit %v, keys %v", hit, keys)
			}
			if killed != tt.killed || reached.Load() != 2+btoi(tt.reach) {
				t.Errorf("killed %v, want %v; the server saw %d requests", killed, tt.killed, reached.Load())
			}
			// It was created, and no record names it.
			if v := w.seen(); len(v) != 1 || v[0].Invariant != "I1" {
				t.Errorf("violations %v", v)
			}
		})
	}
}

func btoi(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// post sends a request on a connection of its own, so that none is repeated.
func post(t *testing.T, url string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// TestKeys checks that two runs of a command give their requests the same keys.
func TestKeys(t *testing.T) {
	for _, tt := range []struct{ method, url, want string }{
		{"GET", "/api/v1/namespaces/f-s7/pods/last", "GET /api/v1/namespaces/f-SLOT/pods/last #1"},
		{"GET", "/api/v1/namespaces/f-s7/pods/before-x7k2p/log?container=hook", "GET /api/v1/namespaces/f-SLOT/pods/before-*/log #1"},
		{"GET", "/api/v1/namespaces/f-s7/pods?watch=true&resourceVersion=5", "WATCH /api/v1/namespaces/f-SLOT/pods #1"},
		{"PATCH", "/api/v1/namespaces/f-s7/configmaps/c?dryRun=All&force=true", "PATCH /api/v1/namespaces/f-SLOT/configmaps/c?dryRun #1"},
		{"PATCH", "/api/v1/namespaces/f-s7/configmaps/c?force=true", "PATCH /api/v1/namespaces/f-SLOT/configmaps/c #1"},
		{"GET", "/apis/g3.faults.test/v1/namespaces/f-s7/widgets/main", "GET /apis/GROUP.faults.test/v1/namespaces/f-SLOT/widgets/main #1"},
	} {
		c := newCounter(newPlace("s7", "g3"))
		r := httptest.NewRequest(tt.method, tt.url, nil)
		if got := c.key(r).String(); got != tt.want {
			t.Errorf("%s %s: %s, want %s", tt.method, tt.url, got, tt.want)
		}
		if again := c.key(r); again.Ordinal != 2 {
			t.Errorf("%s %s: the second has the ordinal %d", tt.method, tt.url, again.Ordinal)
		}
	}
}

// TestInjections checks which requests have which faults.
func TestInjections(t *testing.T) {
	get, patch := Key{"GET", "/x", 1}, Key{"PATCH", "/x", 1}
	var got []Fault
	for _, in := range injections([]Key{get, patch, {"GET", "/x", maxOrdinal + 1}, {"PATCH", "/x?dryRun", 1}}) {
		got = append(got, in.Fault)
	}
	want := []Fault{
		KillBefore, Error500, Error429, Hang,
		KillBefore, Error500, Error429, KillAfter, Error409, Reset,
		KillBefore, Error500, Error429,
	}
	if !slices.Equal(got, want) {
		t.Errorf("faults %v, want %v", got, want)
	}
}
