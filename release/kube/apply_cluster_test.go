package kube_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/hchart/hchart/release/kube"
	"github.com/hchart/hchart/test/cluster"
)

const steadyManifest = `
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {a: "1"}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}, {name: tls, port: 443}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules:
- {apiGroups: [""], resources: [secrets], verbs: [get]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: main
        image: web:1
        args: [a, b]
        env: [{name: A, value: "1"}]
        ports: [{name: http, containerPort: 80}]
        resources: {limits: {cpu: 1000m}}
        volumeMounts: [{name: tmp, mountPath: /tmp}]
      volumes: [{name: tmp, emptyDir: {}}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
  - host: a.example
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
`

// TestSteadyOnCluster applies what is applied already: nothing is written, unless
// somebody wrote to it, be it inside a list that is one field to the server.
func TestSteadyOnCluster(t *testing.T) {
	cl := cluster.Need(t)
	c := connect(t, cl.Kubeconfig)
	for _, tt := range []struct {
		name, path, patch string
		// patched is what is written again, conflict whether something cannot be.
		patched  string
		conflict bool
	}{
		{name: "untouched"},
		{name: "a field beside", path: "apis/apps/v1/namespaces/%/deployments/web", patch: `{"metadata":{"annotations":{"seen":"yes"}}}`},
		{name: "more in a rule", path: "apis/rbac.authorization.k8s.io/v1/namespaces/%/roles/reader",
			patch: `{"rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get"],"resourceNames":["s"]}]}`, conflict: true},
		{name: "another value", path: "api/v1/namespaces/%/services/web", patch: `{"spec":{"selector":{"app":"other"}}}`, conflict: true},
		{name: "another secret", path: "api/v1/namespaces/%/secrets/s", patch: `{"data":{"a":"Mg=="}}`, patched: "Secret"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ns := cl.CreateNamespace(t)
			objs, err := kube.ParseObjects(steadyManifest)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Resolve(t.Context(), objs, ns); err != nil {
				t.Fatal(err)
			}
			opts := kube.ApplyOptions{ServerSide: true, Steady: true, Owner: kube.Owner{Release: "r", Namespace: ns}}
			apply := func(ctx context.Context, previous []*kube.Object) ([]kube.Change, error) {
				live, err := c.Observe(ctx, objs, kube.ObserveOptions{})
				if err != nil {
					t.Fatal(err)
				}
				return c.Apply(ctx, kube.Plan{Live: live, Previous: previous, Target: objs}, opts)
			}
			if _, err := apply(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			if tt.path != "" {
				edit(t, c, strings.ReplaceAll(tt.path, "%", ns), tt.patch)
			}
			changes, err := apply(t.Context(), objs)
			var conflict *kube.ConflictError
			if errors.As(err, &conflict) != tt.conflict || err != nil && !tt.conflict {
				t.Fatalf("error %v", err)
			}
			if tt.conflict {
				return
			}
			for _, ch := range changes {
				if (ch.Action == kube.Patched) != (ch.Object.Kind == tt.patched) {
					t.Errorf("%s is %s", ch.Object, ch.Action)
				}
			}
		})
	}
}

// edit writes to an object as somebody else does.
func edit(t *testing.T, c *kube.Client, path, patch string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, "/"+path+"?fieldManager=somebody", strings.NewReader(patch))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/merge-patch+json")
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
}
