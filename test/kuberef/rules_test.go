package kuberef

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"k8s.io/client-go/kubernetes/scheme"
)

// TestMergeTags checks that the fields which Kubernetes' types have rules of merging for
// are those that release/kube knows (mergeKeys and retains in clientside.go). A version
// of k8s.io/api with others has to be looked at there.
func TestMergeTags(t *testing.T) {
	want := []string{
		"conditions merge type", // of a ComponentStatus, which nobody can write
		"containers merge name", "drivers merge name", "env merge name", "ephemeralContainers merge name",
		"evictionResponders merge name", "finalizers merge ", "hostAliases merge ip", "imagePullSecrets merge name",
		"initContainers merge name", "matchConditions merge name", "ownerReferences merge uid", "podCIDRs merge ",
		"ports merge containerPort", "ports merge port",
		"resourceClaims merge name", // of the scheduling of a Job, behind a feature gate
		"resourceClaims merge,retainKeys name", "schedulingGates merge name", "secrets merge name",
		"selector replace ", "strategy retainKeys ", "topologySpreadConstraints merge topologyKey", "variables merge name",
		"volumeDevices merge devicePath", "volumeMounts merge mountPath", "volumes merge,retainKeys name", "webhooks merge name",
	}
	w := &walker{seen: map[reflect.Type]bool{}, rules: map[string]bool{}}
	for _, typ := range scheme.Scheme.AllKnownTypes() {
		if meta, ok := typ.FieldByName("ObjectMeta"); ok && meta.Anonymous {
			w.walk(typ, true)
		}
	}
	if got := slices.Sorted(maps.Keys(w.rules)); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

type walker struct {
	seen  map[reflect.Type]bool
	rules map[string]bool
}

// walk collects the rules of a type's fields. It leaves out status, which nobody
// applies, and what is in lists that are replaced as a whole.
func (w *walker) walk(t reflect.Type, top bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || w.seen[t] || !strings.HasPrefix(t.PkgPath(), "k8s.io/api") {
		return
	}
	w.seen[t] = true
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		strategy := f.Tag.Get("patchStrategy")
		if top && name == "status" || strategy == "" && f.Type.Kind() == reflect.Slice {
			continue
		}
		if strategy != "" {
			w.rules[name+" "+strategy+" "+f.Tag.Get("patchMergeKey")] = true
		}
		w.walk(f.Type, false)
	}
}
