package kube

import (
	"reflect"
	"testing"
)

// TestMergeRules has merges in which the server, or somebody, wrote to the live object.
func TestMergeRules(t *testing.T) {
	const (
		deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: "
		role       = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: x}\nrules: "
		binding    = "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: x}\nsubjects: "
		gateway    = "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: x}\nspec: "
		budget     = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: x}\nspec: "
		slice      = "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: x}\nports: "
	)
	for _, tt := range []struct{ name, original, target, live, want string }{
		{"another strategy: what the server gave the first goes",
			deployment + "{}", deployment + "{strategy: {type: Recreate}}",
			deployment + "{strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}}",
			deployment + "{strategy: {type: Recreate}}"},
		{"another kind of volume, of which the last manifest said nothing",
			deployment + "{}", deployment + "{template: {spec: {volumes: [{name: v, emptyDir: {}}]}}}",
			deployment + "{template: {spec: {volumes: [{name: v, secret: {secretName: s}}, {name: w}]}}}",
			deployment + "{template: {spec: {volumes: [{name: v, emptyDir: {}}, {name: w}]}}}"},
		{"more in a rule goes",
			role + "[{verbs: [get]}]", role + "[{verbs: [get]}]", role + "[{verbs: [get], resourceNames: [a]}]", role + "[{verbs: [get]}]"},
		{"what the server adds stays",
			binding + "[{kind: Group, name: g}]", binding + "[{kind: Group, name: g}]",
			binding + "[{kind: Group, name: g, apiGroup: rbac.authorization.k8s.io}]",
			binding + "[{kind: Group, name: g, apiGroup: rbac.authorization.k8s.io}]"},
		{"lists of a custom resource are replaced, be its group Kubernetes'",
			gateway + "{ports: [{port: 1}]}", gateway + "{ports: [{port: 1}]}", gateway + "{ports: [{port: 1}, {port: 2}]}", gateway + "{ports: [{port: 1}]}"},
		{"the selector of a budget is replaced",
			budget + "{}", budget + "{selector: {matchLabels: {a: b}}}", budget + "{selector: {matchLabels: {c: d}}}", budget + "{selector: {matchLabels: {a: b}}}"},
		{"ports of an EndpointSlice have no key",
			slice + "[{port: 1}]", slice + "[{port: 1}]", slice + "[{port: 1}, {port: 2}]", slice + "[{port: 1}]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Merge(fieldsOf(t, tt.original), fieldsOf(t, tt.target), fieldsOf(t, tt.live))
			if want := fieldsOf(t, tt.want); !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// TestOwns has managed fields that are enough for a manifest, and some that are not.
func TestOwns(t *testing.T) {
	const manifest = "apiVersion: v1\nkind: Service\nmetadata: {name: x, labels: {a: b}}\nspec: {type: ClusterIP, ports: [{port: 80}], externalIPs: [1.2.3.4]}"
	const labels, spec = `"f:metadata":{"f:labels":{"f:a":{}}}`, `"f:spec":{"f:type":{},"f:externalIPs":{},"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{}}}}`
	for _, tt := range []struct {
		name, entry string
		want        bool
	}{
		{"all", `{manager: helm, operation: Apply, apiVersion: v1, fieldsV1: {` + labels + `,` + spec + `}}`, true},
		{"of another manager", `{manager: other, operation: Apply, apiVersion: v1, fieldsV1: {` + labels + `,` + spec + `}}`, false},
		{"in another version", `{manager: helm, operation: Apply, apiVersion: v2, fieldsV1: {` + labels + `,` + spec + `}}`, false},
		{"no labels", `{manager: helm, operation: Apply, apiVersion: v1, fieldsV1: {` + spec + `}}`, false},
		{"another port", `{manager: helm, operation: Apply, apiVersion: v1, fieldsV1: {` + labels +
			`,"f:spec":{"f:type":{},"f:externalIPs":{},"f:ports":{"k:{\"port\":81}":{}}}}}`, false},
		{"a key that is none", `{manager: helm, operation: Apply, apiVersion: v1, fieldsV1: {` + labels +
			`,"f:spec":{"f:type":{},"f:externalIPs":{},"f:ports":{"k:{":{}}}}}`, false},
		{"words that are a set", `{manager: helm, operation: Apply, apiVersion: v1, fieldsV1: {` + labels +
			`,"f:spec":{"f:type":{},"f:externalIPs":{"v:\"1.2.3.4\"":{}},"f:ports":{}}}}`, true},
		{"another word", `{manager: helm, operation: Apply, apiVersion: v1, fieldsV1: {` + labels +
			`,"f:spec":{"f:type":{},"f:externalIPs":{"v:\"1.2.3.5\"":{}},"f:ports":{}}}}`, false},
		{"no fields", `{manager: helm, operation: Apply, apiVersion: v1}`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			live := fieldsOf(t, "apiVersion: v1\nkind: Service\nmetadata: {name: x, managedFields: ["+tt.entry+"]}\n")
			o := &Object{APIVersion: "v1", Kind: "Service", Fields: fieldsOf(t, manifest)}
			if got := owns(live, o.Fields, o); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func fieldsOf(t *testing.T, text string) map[string]any {
	t.Helper()
	objs, err := ParseObjects(text)
	if err != nil || len(objs) != 1 {
		t.Fatalf("%v, %d objects", err, len(objs))
	}
	return objs[0].Fields
}
