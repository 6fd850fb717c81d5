package kuberef

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sort"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"

	"github.com/hchart/hchart/release/kube"
)

// TestMerge sends random objects through the library's three-way patch, applied to the
// live object, and through ours: the results are the same, but for the order of items
// that have a key.
func TestMerge(t *testing.T) {
	for _, kind := range []struct {
		name string
		make func(r *rand.Rand) map[string]any
		typ  any
	}{
		{"Deployment", randomDeployment, appsv1.Deployment{}},
		{"Service", randomService, corev1.Service{}},
		{"Ingress", randomIngress, networkingv1.Ingress{}},
	} {
		t.Run(kind.name, func(t *testing.T) {
			for seed := range uint64(1500) {
				r := rand.New(rand.NewPCG(seed, 7))
				original, target := kind.make(r), kind.make(r)
				live := overlay(kind.make(r), original)
				want := byLibrary(t, original, target, live, kind.typ)
				got := normal(kube.Merge(tree(t, original), tree(t, target), tree(t, live)))
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("seed %d\noriginal %s\ntarget   %s\nlive     %s\ngot      %s\nwant     %s", seed,
						text(original), text(target), text(live), text(got), text(want))
				}
			}
		})
	}
}

func byLibrary(t *testing.T, original, target, live map[string]any, typ any) any {
	t.Helper()
	meta, err := strategicpatch.NewPatchMetaFromStruct(typ)
	if err != nil {
		t.Fatal(err)
	}
	patch, err := strategicpatch.CreateThreeWayMergePatch([]byte(text(original)), []byte(text(target)), []byte(text(live)), meta, true)
	if err != nil {
		t.Fatal(err)
	}
	result, err := strategicpatch.StrategicMergePatch([]byte(text(live)), patch, typ)
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(result, &v); err != nil {
		t.Fatal(err)
	}
	return normal(tree(t, v))
}

func text(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// tree copies a tree, with whole numbers as int64.
func tree(t *testing.T, v map[string]any) map[string]any {
	t.Helper()
	objs, err := kube.ParseObjects(text(v))
	if err != nil {
		t.Fatal(err)
	}
	return objs[0].Fields
}

// normal sorts lists whose items have keys, and takes empty mappings out: nothing and
// an empty mapping say the same.
func normal(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			e = normal(e)
			if m, ok := e.(map[string]any); ok && len(m) == 0 {
				continue
			}
			if l, ok := e.([]any); ok && len(l) == 0 {
				continue
			}
			out[k] = e
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = normal(e)
		}
		if len(out) > 0 {
			if _, ok := out[0].(map[string]any); ok {
				sort.SliceStable(out, func(i, j int) bool { return text(out[i]) < text(out[j]) })
			}
		}
		return out
	}
	return v
}

// overlay lays a tree over another, which stands for what the server and other people
// added.
func overlay(under, over map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range under {
		out[k] = v
	}
	for k, v := range over {
		low, ok := out[k].(map[string]any)
		if high, isMap := v.(map[string]any); ok && isMap {
			out[k] = overlay(low, high)
			continue
		}
		out[k] = v
	}
	return out
}

func some(r *rand.Rand, names ...string) []string {
	var chosen []string
	for _, n := range names {
		if r.IntN(2) == 0 {
			chosen = append(chosen, n)
		}
	}
	return chosen
}

func labels(r *rand.Rand) map[string]any {
	m := map[string]any{"always": "there"}
	for _, n := range some(r, "a", "b", "c") {
		m[n] = fmt.Sprint(r.IntN(3))
	}
	return m
}

func object(r *rand.Rand, apiVersion, kind string, spec map[string]any) map[string]any {
	return map[string]any{
		"apiVersion": apiVersion, "kind": kind,
		"metadata": map[string]any{"name": "x", "labels": labels(r), "annotations": labels(r)},
		"spec":     spec,
	}
}

func list(r *rand.Rand, key string, names []string, more func() map[string]any) []any {
	out := []any{}
	for _, n := range names {
		item := more()
		item[key] = n
		out = append(out, item)
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func randomContainer(r *rand.Rand) map[string]any {
	c := map[string]any{"image": fmt.Sprint("i", r.IntN(3))}
	if r.IntN(2) == 0 {
		c["env"] = list(r, "name", some(r, "A", "B", "C"), func() map[string]any { return map[string]any{"value": fmt.Sprint(r.IntN(3))} })
	}
	if r.IntN(2) == 0 {
		c["args"] = []any{"x", fmt.Sprint(r.IntN(3))}
	}
	if r.IntN(2) == 0 {
		c["volumeMounts"] = list(r, "mountPath", some(r, "/a", "/b"), func() map[string]any { return map[string]any{"name": "v"} })
	}
	if r.IntN(2) == 0 {
		c["ports"] = []any{map[string]any{"containerPort": 80 + r.IntN(2), "name": "http"}}
	}
	if r.IntN(2) == 0 {
		c["resources"] = map[string]any{"limits": map[string]any{"cpu": fmt.Sprint(1 + r.IntN(3))}}
	}
	return c
}

func randomDeployment(r *rand.Rand) map[string]any {
	pod := map[string]any{
		"containers": list(r, "name", append(some(r, "one", "two"), "main"), func() map[string]any { return randomContainer(r) }),
	}
	if r.IntN(2) == 0 {
		pod["volumes"] = list(r, "name", some(r, "v", "w"), func() map[string]any {
			if r.IntN(3) == 0 {
				return map[string]any{"emptyDir": map[string]any{"medium": "Memory"}}
			}
			return map[string]any{"configMap": map[string]any{"name": fmt.Sprint("c", r.IntN(3))}}
		})
	}
	if r.IntN(2) == 0 {
		pod["tolerations"] = []any{map[string]any{"key": fmt.Sprint(r.IntN(3)), "operator": "Exists"}}
	}
	if r.IntN(2) == 0 {
		pod["imagePullSecrets"] = list(r, "name", some(r, "p", "q"), func() map[string]any { return map[string]any{} })
	}
	if r.IntN(2) == 0 {
		pod["nodeSelector"] = labels(r)
	}
	spec := map[string]any{"template": map[string]any{"metadata": map[string]any{"labels": labels(r)}, "spec": pod}}
	if r.IntN(2) == 0 {
		spec["replicas"] = r.IntN(4)
	}
	switch r.IntN(3) {
	case 0:
		spec["strategy"] = map[string]any{"type": "Recreate"}
	case 1:
		spec["strategy"] = map[string]any{"type": "RollingUpdate", "rollingUpdate": map[string]any{"maxSurge": r.IntN(3)}}
	}
	return object(r, "apps/v1", "Deployment", spec)
}

func randomService(r *rand.Rand) map[string]any {
	spec := map[string]any{"selector": labels(r)}
	ports := []any{}
	for _, p := range []int{80, 443, 8080} {
		if r.IntN(2) == 0 {
			ports = append(ports, map[string]any{"port": p, "targetPort": p + r.IntN(2), "name": fmt.Sprint("p", p)})
		}
	}
	spec["ports"] = ports
	if r.IntN(2) == 0 {
		spec["externalIPs"] = []any{fmt.Sprintf("10.0.0.%d", r.IntN(3))}
	}
	return object(r, "v1", "Service", spec)
}

func randomIngress(r *rand.Rand) map[string]any {
	rules := []any{}
	for _, host := range some(r, "a", "b", "c") {
		rules = append(rules, map[string]any{"host": host, "http": map[string]any{"paths": []any{map[string]any{
			"path": "/", "pathType": "Prefix", "backend": map[string]any{"service": map[string]any{"name": fmt.Sprint("s", r.IntN(3))}},
		}}}})
	}
	return object(r, "networking.k8s.io/v1", "Ingress", map[string]any{"rules": rules})
}
