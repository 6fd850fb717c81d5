package kube

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// discovery answers as a server with aggregated discovery that has these resources, each
// "group/version Kind plural", with an asterisk for kinds without a namespace and a
// minus for versions whose server is away.
func discovery(s *store, resources *[]string) {
	s.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/api" && r.URL.Path != "/apis" {
			return false
		}
		items := []any{}
		for _, line := range *resources {
			f := strings.Fields(line)
			group, version := splitAPIVersion(f[0])
			if (group == "") != (r.URL.Path == "/api") {
				continue
			}
			scope, fresh := "Namespaced", "Current"
			if slices.Contains(f, "*") {
				scope = "Cluster"
			}
			if slices.Contains(f, "-") {
				fresh = "Stale"
			}
			items = append(items, map[string]any{"metadata": map[string]any{"name": group}, "versions": []any{map[string]any{
				"version": version, "freshness": fresh, "resources": []any{map[string]any{
					"resource": f[2], "responseKind": map[string]any{"kind": f[1]}, "scope": scope,
					"subresources": []any{map[string]any{"subresource": "status", "responseKind": map[string]any{"kind": f[1]}}, map[string]any{"subresource": "scale", "responseKind": map[string]any{"kind": "Scale"}}},
				}},
			}}})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"kind": "APIGroupDiscoveryList", "items": items})
		return true
	}
}

func TestKinds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore()
		has := []string{"acme.com/v1 Widget widgets", "acme.com/v1 Fleet fleets *", "down.com/v1 Gone gones -"}
		discovery(s, &has)
		c := memoryClient(t, s)
		path := func(apiVersion, kind string) string {
			r, err := c.resource(t.Context(), apiVersion, kind)
			if err != nil {
				return err.Error()
			}
			return r.path("n", "a b")
		}
		for _, tt := range []struct {
			apiVersion, kind, want string
			requests               int
		}{
			{"v1", "Pod", "/api/v1/namespaces/n/pods/a%20b", 0},
			{"apps/v1", "Deployment", "/apis/apps/v1/namespaces/n/deployments/a%20b", 0},
			{"v1", "Namespace", "/api/v1/namespaces/a%20b", 0},
			{"acme.com/v1", "Widget", "/apis/acme.com/v1/namespaces/n/widgets/a%20b", 2},
			{"acme.com/v1", "Fleet", "/apis/acme.com/v1/fleets/a%20b", 0},
			{"down.com/v1", "Gone", "/apis/down.com/v1/namespaces/n/gones/a%20b", 0},
			{"acme.com/v1", "New", `no matches for kind "New" in version "acme.com/v1"; ensure CRDs are installed first`, 0},
			{"acme.com/v0", "Widget", "this cluster serves it as acme.com/v1: change", 0},
		} {
			before := len(s.requests)
			if got := path(tt.apiVersion, tt.kind); !strings.Contains(got, tt.want) || len(s.requests)-before != tt.requests {
				t.Errorf("%s %s: %s after %d requests, want %s, %d", tt.apiVersion, tt.kind, got, len(s.requests)-before, tt.want, tt.requests)
			}
		}
		// A definition that comes later is found.
		has = append(has, "acme.com/v1 New news")
		time.Sleep(2 * time.Second)
		if got := path("acme.com/v1", "New"); got != "/apis/acme.com/v1/namespaces/n/news/a%20b" {
			t.Error(got)
		}
		versions, err := c.APIVersions(t.Context())
		want := []string{"acme.com/v1", "acme.com/v1/Fleet", "acme.com/v1/New", "acme.com/v1/Scale", "acme.com/v1/Widget"}
		if err != nil || !slices.Equal(versions, want) {
			t.Errorf("%q, %v; want %q", versions, err, want)
		}
	})
}

// TestOldDiscovery: without aggregated discovery each version is asked for, and one that
// does not answer is left out.
func TestOldDiscovery(t *testing.T) {
	s := newStore()
	answers := map[string]string{
		"/api":              `{"kind":"APIVersions","versions":["v1"]}`,
		"/apis":             `{"kind":"APIGroupList","groups":[{"versions":[{"groupVersion":"acme.com/v1"},{"groupVersion":"down.com/v1"}]}]}`,
		"/api/v1":           `{"resources":[{"name":"pods","kind":"Pod","namespaced":true},{"name":"pods/log","kind":"Pod","namespaced":true}]}`,
		"/apis/acme.com/v1": `{"resources":[{"name":"fleets","kind":"Fleet"}]}`,
	}
	s.before = func(w http.ResponseWriter, r *http.Request) bool {
		if text, ok := answers[r.URL.Path]; ok {
			_, _ = w.Write([]byte(text))
		} else {
			fail(w, 404, "NotFound")
		}
		return true
	}
	versions, err := memoryClient(t, s).APIVersions(t.Context())
	if want := []string{"acme.com/v1", "acme.com/v1/Fleet", "v1", "v1/Pod"}; err != nil || !slices.Equal(versions, want) {
		t.Errorf("%q, %v", versions, err)
	}
}

func TestResolve(t *testing.T) {
	s, none := newStore(), []string{}
	discovery(s, &none)
	c := memoryClient(t, s)
	objs, err := ParseObjects("{apiVersion: v1, kind: Pod, metadata: {name: a}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: b, namespace: other}}\n---\n{apiVersion: v1, kind: Namespace, metadata: {name: c, namespace: other}}\n")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Resolve(t.Context(), objs, "ns"); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range objs {
		got = append(got, o.String())
	}
	if want := []string{"Pod ns/a", "Pod other/b", "Namespace c"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	objs, _ = ParseObjects("{apiVersion: x.y/v1, kind: Z, metadata: {name: a}}")
	var missing *NoKindError
	if err := c.Resolve(t.Context(), objs, "ns"); !errors.As(err, &missing) || missing.Name != "a" {
		t.Errorf("error %v", err)
	}
}
