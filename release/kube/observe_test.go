package kube

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// configMaps makes objects, in the namespace n, and puts those into the store that are
// to be there, with the label of releases or without.
func configMaps(t *testing.T, c *Client, s *store, names ...string) []*Object {
	t.Helper()
	var objs []*Object
	for _, name := range names {
		state, name, _ := strings.Cut(name, ":")
		fields := map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": name}}
		objs = append(objs, &Object{APIVersion: "v1", Kind: "ConfigMap", Name: name, Namespace: "n", Fields: fields})
		labels := map[string]any{}
		if state == "ours" {
			labels[managedBy] = "Helm"
		}
		if state != "absent" {
			s.put("/api/v1/namespaces/n/configmaps/"+name, map[string]any{"metadata": map[string]any{"name": name, "labels": labels}}, "u")
		}
	}
	if err := c.Resolve(t.Context(), objs, "n"); err != nil {
		t.Fatal(err)
	}
	return objs
}

// TestObserve tells what is found, and with which requests. Pages have two objects.
func TestObserve(t *testing.T) {
	const at, list = "GET /api/v1/namespaces/n/configmaps", "GET /api/v1/namespaces/n/configmaps?app.kubernetes.io/managed-by=Helm"
	for _, tt := range []struct {
		name     string
		objects  []string
		absent   bool
		denied   bool
		requests []string
	}{
		{"two are read", []string{"ours:a", "absent:b"}, false, false, []string{at + "/a", at + "/b"}},
		{"three are listed", []string{"ours:a", "ours:b", "ours:c"}, false, false, []string{list, list}},
		{"those without the label are read", []string{"ours:a", "ours:b", "theirs:c", "absent:d"}, false, false, []string{list, at + "/c", at + "/d"}},
		{"none expected, none there", []string{"absent:a", "absent:b", "absent:c"}, true, false, []string{at}},
		{"none expected, one there", []string{"absent:a", "theirs:b", "absent:c"}, true, false, []string{at, at + "/b"}},
		{"not allowed to list", []string{"ours:a", "theirs:b", "absent:c"}, false, true, []string{list, at + "/a", at + "/b", at + "/c"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStore()
			c := memoryClient(t, s)
			objs := configMaps(t, c, s, tt.objects...)
			s.before = func(w http.ResponseWriter, r *http.Request) bool {
				if tt.denied && strings.HasSuffix(r.URL.Path, "configmaps") {
					fail(w, 403, "Forbidden")
					return true
				}
				return false
			}
			live, err := c.Observe(t.Context(), objs, ObserveOptions{Absent: tt.absent})
			if err != nil {
				t.Fatal(err)
			}
			for i, o := range objs {
				tree, there := live.Live(o), !strings.HasPrefix(tt.objects[i], "absent")
				if (tree != nil) != there || !live.Seen(o) || there && lookup(tree, "metadata", "name") != o.Name {
					t.Errorf("%s: %v", tt.objects[i], tree)
				}
			}
			slices.Sort(s.requests)
			want := slices.Sorted(slices.Values(tt.requests))
			if !slices.Equal(s.requests, want) {
				t.Errorf("got %q, want %q", s.requests, want)
			}
		})
	}
	if live := (*Observed)(nil); live.Live(&Object{}) != nil || live.Seen(&Object{}) {
		t.Error("nothing was looked for")
	}
}

func TestLookup(t *testing.T) {
	s, has := newStore(), []string{"acme.com/v1 Widget widgets"}
	discovery(s, &has)
	c := memoryClient(t, s)
	configMaps(t, c, s, "ours:a", "ours:b")
	for _, tt := range []struct{ apiVersion, kind, namespace, name, want string }{
		{"v1", "ConfigMap", "n", "a", "a"},
		{"v1", "ConfigMap", "n", "c", "map[]"},
		{"v1", "ConfigMap", "n", "", "v1 ConfigMap a, v1 ConfigMap b"},
		{"v1", "ConfigMap", "none", "", ""},
		{"acme.com/v1", "Nope", "n", "a", "map[]"},
		{"acme.com/v2", "Widget", "n", "a", `error: unable to get apiresource from unstructured: acme.com/v2, Kind=Widget: `},
		{"v1", "ConfigMap", "n", "../secrets/x", "error: \"../secrets/x\" is not the name of an object"},
		{"v1", "ConfigMap", "..", "x", "error: \"..\" is not"},
		{"v1", "ConfigMap", "n", "a?x=y", "map[]"},
	} {
		tree, err := c.Lookup(t.Context(), tt.apiVersion, tt.kind, tt.namespace, tt.name)
		got := fmt.Sprint(tree)
		switch items, ok := tree["items"].([]any); {
		case err != nil:
			got = "error: " + err.Error()
		case ok:
			var lines []string
			for _, item := range items {
				lines = append(lines, fmt.Sprint(lookup(item, "apiVersion"), " ", lookup(item, "kind"), " ", lookup(item, "metadata", "name")))
			}
			got = strings.Join(lines, ", ")
		case len(tree) > 0:
			got = fmt.Sprint(lookup(tree, "metadata", "name"))
		}
		if got != tt.want && (err == nil || !strings.HasPrefix(got, tt.want)) {
			t.Errorf("%s %s %s/%s: %s, want %s", tt.apiVersion, tt.kind, tt.namespace, tt.name, got, tt.want)
		}
	}
}

func TestCreateNamespace(t *testing.T) {
	s := newStore()
	c := memoryClient(t, s)
	for _, want := range []bool{true, false} {
		if made, err := c.CreateNamespace(t.Context(), "n"); made != want || err != nil {
			t.Errorf("made %v, %v; want %v", made, err, want)
		}
	}
	if label := lookup(s.objects["/api/v1/namespaces/n"], "metadata", "labels", "name"); label != "n" {
		t.Errorf("label %v", label)
	}
}
