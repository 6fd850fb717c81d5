package kube

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// store is an API server in memory: it keeps objects under their paths, with versions
// and preconditions. It does no more than the tests need.
type store struct {
	mu       sync.Mutex
	objects  map[string]map[string]any
	version  int
	requests []string
	// before is asked before a request is carried out; it may answer in its place,
	// and then returns true. after is called when it was, and may spoil the answer.
	before func(w http.ResponseWriter, r *http.Request) bool
	after  func(r *http.Request) (lost bool)
}

func newStore() *store { return &store{objects: map[string]map[string]any{}} }

// memoryClient returns a client whose requests go to a store without a network, so that
// time may be that of a test.
func memoryClient(t *testing.T, s *store) *Client {
	t.Helper()
	c, err := New(&Config{Server: "https://memory", Place: "test"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	c.http = &http.Client{Transport: s}
	return c
}

// RoundTrip is a network that never fails, unless after says so.
func (s *store) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	s.serve(w, r)
	if s.after != nil && s.after(r) {
		return nil, io.ErrUnexpectedEOF
	}
	return w.Result(), nil
}

func (s *store) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := r.Method + " " + r.URL.Path
	if q := r.URL.Query().Get("labelSelector"); q != "" {
		line += "?" + q
	}
	s.requests = append(s.requests, line)
	if s.before != nil && s.before(w, r) {
		return
	}
	var body map[string]any
	if r.Body != nil {
		if text, _ := io.ReadAll(r.Body); len(text) > 0 {
			if err := json.Unmarshal(text, &body); err != nil {
				fail(w, 400, "BadRequest")
				return
			}
		}
	}
	s.carryOut(w, r, body)
}

func (s *store) carryOut(w http.ResponseWriter, r *http.Request, body map[string]any) {
	path := r.URL.Path
	old := s.objects[path]
	switch r.Method {
	case http.MethodPost:
		path += "/" + fmt.Sprint(lookup(body, "metadata", "name"))
		if s.objects[path] != nil {
			fail(w, 409, "AlreadyExists")
			return
		}
		s.put(path, body, fmt.Sprint("uid-", s.version+1))
	case http.MethodPut:
		switch {
		case old == nil:
			fail(w, 404, "NotFound")
			return
		case lookup(body, "metadata", "resourceVersion") != lookup(old, "metadata", "resourceVersion"):
			fail(w, 409, "Conflict")
			return
		}
		s.put(path, body, fmt.Sprint(lookup(old, "metadata", "uid")))
	case http.MethodDelete:
		if old == nil {
			fail(w, 404, "NotFound")
			return
		}
		pre, _ := body["preconditions"].(map[string]any)
		for k, v := range pre {
			if lookup(old, "metadata", k) != v {
				fail(w, 409, "Conflict")
				return
			}
		}
		delete(s.objects, path)
	default:
		if old == nil && s.list(w, r) {
			return
		}
		if old == nil {
			fail(w, 404, "NotFound")
			return
		}
	}
	_ = json.NewEncoder(w).Encode(s.objects[path])
}

func (s *store) put(path string, body map[string]any, uid string) {
	s.version++
	meta, _ := body["metadata"].(map[string]any)
	meta["uid"], meta["resourceVersion"] = uid, strconv.Itoa(s.version)
	s.objects[path] = body
}

// list answers a GET of a collection, two objects a page.
func (s *store) list(w http.ResponseWriter, r *http.Request) bool {
	if i := strings.LastIndexByte(r.URL.Path, '/'); !strings.HasSuffix(r.URL.Path[i:], "s") {
		return false
	}
	var names []string
	key, value, selects := strings.Cut(r.URL.Query().Get("labelSelector"), "=")
	for path, o := range s.objects {
		rest, ok := strings.CutPrefix(path, r.URL.Path+"/")
		if ok && !strings.Contains(rest, "/") && (!selects || lookup(o, "metadata", "labels", key) == value) {
			names = append(names, rest)
		}
	}
	slices.Sort(names)
	from, _ := strconv.Atoi(r.URL.Query().Get("continue"))
	items, meta := []any{}, map[string]any{}
	for i, name := range names {
		if i >= from && i < from+2 {
			items = append(items, s.objects[r.URL.Path+"/"+name])
		}
	}
	if from+2 < len(names) {
		meta["continue"] = strconv.Itoa(from + 2)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"kind": "List", "metadata": meta, "items": items})
	return true
}

func fail(w http.ResponseWriter, code int, reason string) {
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{"kind": "Status", "code": code, "reason": reason, "message": reason})
}
