package kube

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestParseObjects(t *testing.T) {
	const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: "
	for _, tt := range []struct {
		name, manifest string
		want           []string
	}{
		{"nothing", "", nil},
		{"comments only", "---\n# Source: a.yaml\n---\n\n---\n{}\n", nil},
		{"two", "---\n# Source: c/a.yaml\n" + configMap + "a\n---\n# Source: c/b.yaml\n" + configMap + "b\n  namespace: ns\n", []string{"ConfigMap a c/a.yaml", "ConfigMap ns/b c/b.yaml"}},
		{"list", "# Source: l.yaml\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: p}}\n- {apiVersion: v1, kind: List, items: [{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}}]}\n", []string{"Pod p l.yaml", "Deployment.apps d l.yaml"}},
		{"list of one kind", "apiVersion: v1\nkind: ConfigMapList\nitems:\n- {metadata: {name: a}}\n", []string{"ConfigMap a "}},
		{"dashes in a value", configMap + "a\ndata:\n  x: |\n    ---\n    y\n", []string{"ConfigMap a "}},
		{"name of a role", "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: 'system:a'}\n", []string{"ClusterRole.rbac.authorization.k8s.io system:a "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			objs, err := ParseObjects(tt.manifest)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, o := range objs {
				got = append(got, o.String()+" "+o.Path)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestParseObjectsErrors(t *testing.T) {
	for _, tt := range []struct{ name, manifest, has string }{
		{"no YAML", "# Source: a.yaml\n{canary", "a.yaml: it is not a valid YAML object"},
		{"no mapping", "---\n- canary\n", "document 1 of the manifest"},
		{"no kind", "apiVersion: v1\nmetadata: {name: a}", "it has no kind"},
		{"no version", "kind: Pod\nmetadata: {name: a}", `Pod "a" has no apiVersion`},
		{"no name", "apiVersion: v1\nkind: Pod\nmetadata: {generateName: a}", "resource name may not be empty"},
		{"path", "apiVersion: v1\nkind: Pod\nmetadata: {name: ../../secrets/x}", "characters that no name has"},
		{"namespace", "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: a/b}", "characters that no name has"},
		{"item", "apiVersion: v1\nkind: List\nitems: [1]", "an item of the list is no object"},
		{"name is a number", "apiVersion: v1\nkind: Pod\nmetadata: {name: 5}", "resource name may not be empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseObjects(tt.manifest)
			var manifest *ManifestError
			if !errors.As(err, &manifest) || !strings.Contains(err.Error(), tt.has) || strings.Contains(err.Error(), "canary") {
				t.Errorf("error %v, want %q", err, tt.has)
			}
		})
	}
}

// TestNumbers: whole numbers are int64 however they come in, so that manifests and what
// the server says can be compared.
func TestNumbers(t *testing.T) {
	objs, err := ParseObjects("apiVersion: v1\nkind: X\nmetadata: {name: a}\na: 1\nb: 1.0\nc: 1.5\nd: 9007199254740993\ne: 1e3\nf: '1'\n")
	if err != nil {
		t.Fatal(err)
	}
	var live map[string]any
	if err := decodeJSON([]byte(`{"a":1,"b":1.0,"c":1.5,"d":9007199254740993,"e":1000}`), &live); err != nil {
		t.Fatal(err)
	}
	for k, want := range map[string]string{"a": "int64 1", "b": "int64 1", "c": "float64 1.5", "d": "int64 9007199254740993", "e": "int64 1000", "f": "string 1"} {
		if got := fmt.Sprintf("%T %v", objs[0].Fields[k], objs[0].Fields[k]); got != want {
			t.Errorf("%s is %s in the manifest, want %s", k, got, want)
		}
		if got := fmt.Sprintf("%T %v", live[k], live[k]); k != "b" && k != "f" && got != want {
			t.Errorf("%s is %s in the answer, want %s", k, got, want)
		}
	}
}

func FuzzParseObjects(f *testing.F) {
	f.Add("---\n# Source: a.yaml\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n")
	f.Add("kind: List\nitems: [{kind: List, items: [null]}]")
	f.Add("a: &a [*a]")
	f.Fuzz(func(t *testing.T, manifest string) {
		objs, err := ParseObjects(manifest)
		for _, o := range objs {
			if err != nil || o.Name == "" || o.Kind == "" || o.APIVersion == "" {
				t.Errorf("%v, %v", o, err)
			}
		}
	})
}
