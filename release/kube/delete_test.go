package kube

import (
	"net/http"
	"testing"
)

// TestDeleteConflict checks that an object which is still the one to delete is not taken
// for gone because the server speaks of a conflict.
func TestDeleteConflict(t *testing.T) {
	const path = "/api/v1/namespaces/n/configmaps/c"
	for _, tt := range []struct {
		name           string
		uid            string // of the live object; there is none if it is empty
		conflicts      int    // answers before the server does what it is asked for
		gone, left, ok bool
	}{
		{"there", "u", 0, false, false, true},
		{"absent", "", 0, true, false, true},
		{"another by now", "other", 0, true, true, true},
		{"a conflict that passes", "u", 2, false, false, true},
		{"a conflict that stays", "u", 3, false, true, false},
		{"gone meanwhile", "", 1, true, false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStore()
			if tt.uid != "" {
				s.put(path, map[string]any{"kind": "ConfigMap", "metadata": map[string]any{"name": "c"}}, tt.uid)
			}
			conflicts := 0
			s.before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method != http.MethodDelete || conflicts == tt.conflicts {
					return false
				}
				conflicts++
				fail(w, http.StatusConflict, "Conflict")
				return true
			}
			c := memoryClient(t, s)
			objs, err := ParseObjects("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n")
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Resolve(t.Context(), objs, "n"); err != nil {
				t.Fatal(err)
			}
			gone, err := c.deleteOne(t.Context(), objs[0], "Background", "u")
			if gone != tt.gone || (err == nil) != tt.ok {
				t.Errorf("gone %v, error %v", gone, err)
			}
			if left := s.objects[path] != nil; left != tt.left {
				t.Errorf("left %v, want %v", left, tt.left)
			}
		})
	}
}
