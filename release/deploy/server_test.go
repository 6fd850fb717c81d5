package deploy

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/hchart/hchart/release/kube"
)

// server is an API server in memory: it keeps objects under their paths, with versions
// and preconditions. Jobs and Pods end as soon as they are made, badly if their name
// begins with "bad"; definitions are established.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	objects  map[string]tree
	version  int
	requests []string
	// before is asked with each request, which it may answer; after is called when it
	// was carried out, and may answer in its place. Both answer by a status code.
	before, after func(line string) int
}

type tree = map[string]any

func newServer(t testing.TB) *server {
	t.Helper()
	s := startServer()
	t.Cleanup(s.Close)
	return s
}

func startServer() *server {
	s := &server{objects: map[string]tree{}}
	s.Server = httptest.NewServer(s)
	return s
}

// StartServer starts an API server in memory for examples.
func StartServer() (url string, stop func()) {
	s := startServer()
	return s.URL, s.Close
}

// client returns a new client, as a new process has it.
func (s *server) client(t testing.TB) *kube.Client {
	t.Helper()
	c, err := kube.New(&kube.Config{Server: s.URL, Place: "test"}, kube.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := r.Method + " " + r.URL.Path
	s.requests = append(s.requests, line)
	if s.before != nil {
		if code := s.before(line); code != 0 {
			refuse(w, code, "Refused")
			return
		}
	}
	text, err := io.ReadAll(r.Body)
	if err != nil {
		refuse(w, http.StatusBadRequest, "BadRequest")
		return
	}
	var body tree
	if len(text) > 0 && json.Unmarshal(text, &body) != nil {
		refuse(w, http.StatusBadRequest, "BadRequest") // a JSON patch, which nothing here needs
		return
	}
	answer := httptest.NewRecorder()
	s.carryOut(answer, r, body)
	if s.after != nil {
		if code := s.after(line); code != 0 {
			refuse(w, code, "Refused")
			return
		}
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

func (s *server) carryOut(w http.ResponseWriter, r *http.Request, body tree) {
	path, old := r.URL.Path, s.objects[r.URL.Path]
	switch {
	case path == "/version":
		answer(w, tree{"gitVersion": "v1.36.3", "major": "1", "minor": "36"})
	case path == "/api" || path == "/apis":
		s.discovery(w, path == "/apis")
	case r.Method == http.MethodPost:
		path += "/" + fmt.Sprint(at(body, "metadata", "name"))
		if s.objects[path] != nil {
			refuse(w, http.StatusConflict, "AlreadyExists")
			return
		}
		answer(w, s.put(path, body))
	case r.Method == http.MethodPatch:
		answer(w, s.put(path, body))
	case r.Method == http.MethodGet && strings.HasSuffix(path, "s"): // all names of the tests' objects end otherwise
		s.list(w, r)
	case old == nil:
		refuse(w, http.StatusNotFound, "NotFound")
	case r.Method == http.MethodPut:
		if want := at(body, "metadata", "resourceVersion"); want != nil && want != at(old, "metadata", "resourceVersion") {
			refuse(w, http.StatusConflict, "Conflict")
			return
		}
		answer(w, s.put(path, body))
	case r.Method == http.MethodDelete:
		for k, v := range asTree(body["preconditions"]) {
			if at(old, "metadata", k) != v {
				refuse(w, http.StatusConflict, "Conflict")
				return
			}
		}
		delete(s.objects, path)
		answer(w, old)
	default:
		answer(w, old)
	}
}

func (s *server) put(path string, body tree) tree {
	s.version++
	meta := asTree(body["metadata"])
	meta["resourceVersion"] = strconv.Itoa(s.version)
	meta["uid"] = "uid-" + strconv.Itoa(s.version)
	if old := s.objects[path]; old != nil {
		meta["uid"] = at(old, "metadata", "uid")
	}
	bad := strings.HasPrefix(fmt.Sprint(meta["name"]), "bad")
	condition := func(kind string) tree {
		return tree{"conditions": []any{tree{"type": kind, "status": "True", "message": "as told"}}}
	}
	switch body["kind"] {
	case "Job":
		body["status"] = condition(map[bool]string{false: "Complete", true: "Failed"}[bad])
	case "Pod":
		body["status"] = tree{"phase": map[bool]string{false: "Succeeded", true: "Failed"}[bad]}
	case "CustomResourceDefinition":
		body["status"] = condition("Established")
	}
	s.objects[path] = body
	return body
}

func (s *server) list(w http.ResponseWriter, r *http.Request) {
	key, value, selects := strings.Cut(r.URL.Query().Get("labelSelector"), ",")
	items := []any{}
	for _, path := range slices.Sorted(maps.Keys(s.objects)) {
		rest, ok := strings.CutPrefix(path, r.URL.Path+"/")
		if ok && !strings.Contains(rest, "/") && hasLabel(s.objects[path], key) && (!selects || hasLabel(s.objects[path], value)) {
			items = append(items, s.objects[path])
		}
	}
	answer(w, tree{"kind": "List", "metadata": tree{"resourceVersion": strconv.Itoa(s.version)}, "items": items})
}

// discovery tells of the kinds that definitions brought.
func (s *server) discovery(w http.ResponseWriter, groups bool) {
	items := []any{}
	for _, o := range s.objects {
		if o["kind"] == "CustomResourceDefinition" && groups {
			group, kind := at(o, "spec", "group"), at(o, "spec", "names", "kind")
			items = append(items, tree{"metadata": tree{"name": group}, "versions": []any{tree{"version": "v1", "resources": []any{
				tree{"resource": at(o, "spec", "names", "plural"), "scope": "Namespaced", "responseKind": tree{"group": group, "version": "v1", "kind": kind}},
			}}}})
		}
	}
	answer(w, tree{"kind": "APIGroupDiscoveryList", "items": items})
}

// hasLabel reports whether an object is selected by "key=value"; nothing selects all.
func hasLabel(o tree, selector string) bool {
	key, value, ok := strings.Cut(selector, "=")
	return !ok || at(o, "metadata", "labels", key) == value
}

func answer(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }

func refuse(w http.ResponseWriter, code int, reason string) {
	w.WriteHeader(code)
	answer(w, tree{"kind": "Status", "code": code, "reason": reason, "message": reason})
}

func asTree(v any) tree { m, _ := v.(tree); return m }

func at(v any, path ...string) any {
	for _, p := range path {
		v = asTree(v)[p]
	}
	return v
}

// paths are those of all objects but records and leases.
func (s *server) paths() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var paths []string
	for path := range s.objects {
		if !strings.Contains(path, "/sh.helm.release.v1.") && !strings.Contains(path, "/leases/") {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// kill makes the holders of all leases look like processes that have ended.
func (s *server) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for path, o := range s.objects {
		if strings.Contains(path, "/leases/") {
			spec := asTree(o["spec"])
			f := strings.Split(fmt.Sprint(spec["holderIdentity"]), "_")
			if len(f) == 5 {
				f[3] = "1" // when it was started
				spec["holderIdentity"] = strings.Join(f, "_")
			}
		}
	}
}
