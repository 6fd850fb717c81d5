package objects

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/hchart/hchart/release"
)

// fakeAPI is as much of an API server as the stores use: one collection of objects, with
// versions, a limit of size, lists in pages and merge patches of owner references.
type fakeAPI struct {
	mu      sync.Mutex
	binary  bool
	wire    bool // lists are protobuf for those who want that
	objects map[string]*object
	writes  int
	log     []string // "POST sh.helm…"
	// before is called with each request, and may refuse it.
	before func(method, name string) error
}

func newFakeAPI(kind Kind) *fakeAPI {
	return &fakeAPI{binary: kind.Binary, objects: map[string]*object{}}
}

// refusal is an answer that is no success.
type refusal int

func (r refusal) Error() string   { return "status " + strconv.Itoa(int(r)) }
func (r refusal) StatusCode() int { return int(r) }

func (f *fakeAPI) Do(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	segments := strings.Split(strings.Trim(req.URL.Path, "/"), "/") // api v1 namespaces NS RESOURCE NAME
	name := ""
	if len(segments) == 6 {
		name = segments[5]
	}
	var body struct {
		object
		Preconditions struct{ ResourceVersion string }
	}
	if req.Body != nil {
		if err := json.NewDecoder(req.Body).Decode(&body); err != nil {
			return nil, err
		}
		if name == "" {
			name = body.Metadata.Name
		}
	}
	f.log = append(f.log, req.Method+" "+name)
	if f.before != nil {
		if err := f.before(req.Method, name); err != nil {
			return nil, err
		}
	}
	answer, err := f.answer(req, name, &body.object, body.Preconditions.ResourceVersion)
	if err != nil {
		return nil, err
	}
	if list, ok := answer.(map[string]any); ok && f.wire && req.Header.Get("Accept") == protobuf {
		return &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {protobuf}},
			Body: io.NopCloser(bytes.NewReader(wireList(list, f.binary))),
		}, nil
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(string(text)))}, nil
}

func (f *fakeAPI) answer(req *http.Request, name string, body *object, expected string) (any, error) {
	have := f.objects[name]
	if req.Method != http.MethodPost && name != "" && have == nil {
		return nil, refusal(http.StatusNotFound)
	}
	switch req.Method {
	case http.MethodPost:
		if have != nil {
			return nil, refusal(http.StatusConflict)
		}
		return f.put(name, body)
	case http.MethodPut:
		if v := body.Metadata.ResourceVersion; v != "" && v != have.Metadata.ResourceVersion {
			return nil, refusal(http.StatusConflict)
		}
		return f.put(name, body)
	case http.MethodPatch:
		owned := *have
		owned.Metadata.OwnerReferences = body.Metadata.OwnerReferences
		return f.put(name, &owned)
	case http.MethodDelete:
		if expected != "" && expected != have.Metadata.ResourceVersion {
			return nil, refusal(http.StatusConflict)
		}
		delete(f.objects, name)
		return map[string]any{"kind": "Status", "details": map[string]any{"name": name}}, nil
	}
	if name != "" {
		return have, nil
	}
	return f.list(req)
}

func (f *fakeAPI) put(name string, obj *object) (any, error) {
	size := 0
	for _, v := range obj.Data {
		if f.binary {
			size += len(v) / 4 * 3
		} else {
			size += len(v)
		}
	}
	if size > 1<<20+2 {
		return nil, refusal(http.StatusUnprocessableEntity)
	}
	f.writes++
	obj.Metadata.ResourceVersion = strconv.Itoa(f.writes)
	obj.Metadata.UID = "uid-" + strconv.Itoa(f.writes)
	if old := f.objects[name]; old != nil {
		obj.Metadata.UID = old.Metadata.UID
	}
	f.objects[name] = obj
	return obj, nil
}

func (f *fakeAPI) list(req *http.Request) (any, error) {
	q := req.URL.Query()
	selector, err := release.ParseSelector(q.Get("labelSelector"))
	if err != nil {
		return nil, refusal(http.StatusBadRequest)
	}
	var names []string
	for name, obj := range f.objects {
		if selector.Matches(obj.Metadata.Labels) && name > q.Get("continue") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var next any
	if limit, _ := strconv.Atoi(q.Get("limit")); limit > 0 && len(names) > limit {
		names = names[:limit]
		next = names[limit-1]
	}
	items := []any{}
	for _, name := range names {
		obj := *f.objects[name]
		if strings.Contains(req.Header.Get("Accept"), "PartialObjectMetadataList") {
			obj.Data = nil
		}
		items = append(items, obj)
	}
	return map[string]any{"kind": "List", "metadata": map[string]any{"continue": next}, "items": items}, nil
}

// names are those of the objects that there are.
func (f *fakeAPI) names() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var names []string
	for name := range f.objects {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func (f *fakeAPI) requests() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	text := strings.Join(f.log, ", ")
	f.log = nil
	return fmt.Sprint(text)
}
