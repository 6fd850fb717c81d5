package kube_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/hchart/hchart/release/kube"
	"github.com/hchart/hchart/test/cluster"
)

// TestBuiltinKinds compares the kinds that need no discovery with what a server says of
// them.
func TestBuiltinKinds(t *testing.T) {
	c := connect(t, cluster.Need(t).Kubeconfig)
	version, err := c.Version(t.Context())
	if err != nil || !strings.HasPrefix(version.GitVersion, "v1.") || version.Major != "1" {
		t.Errorf("version %+v, %v", version, err)
	}
	all, err := c.APIVersions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"v1", "v1/Pod", "apps/v1/Deployment", "apps/v1/Scale", "coordination.k8s.io/v1/Lease"} {
		if !slices.Contains(all, want) {
			t.Errorf("%s is not in %q", want, all)
		}
	}
	before, after := c.Known(), c.Discovered()
	for kind, path := range before {
		if after[kind] != path {
			t.Errorf("%s is under %s, the server has it under %s", kind, path, after[kind])
		}
	}
	if len(before) < 40 {
		t.Errorf("%d kinds are known", len(before))
	}
}

func TestClusterLease(t *testing.T) {
	cl := cluster.Need(t)
	ns := cl.CreateNamespace(t)
	c := connect(t, cl.Kubeconfig)
	lease, err := c.AcquireLease(t.Context(), ns, "web", kube.LeaseOptions{Operation: "upgrade"})
	if err != nil {
		t.Fatal(err)
	}
	var held *kube.HeldError
	if _, err := c.AcquireLease(t.Context(), ns, "web", kube.LeaseOptions{}); !errors.As(err, &held) || held.Operation != "upgrade" || held.Since.IsZero() {
		t.Errorf("the second: %v", err)
	}
	if err := lease.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if err := lease.Release(t.Context()); err != nil {
		t.Error(err)
	}
	if text, ok := cl.Get(t, "/apis/coordination.k8s.io/v1/namespaces/"+ns+"/leases/"+kube.LeaseName("web")); ok {
		t.Errorf("left: %s", text)
	}
}

// TestLimitedUser: who may not use leases goes on without; other refusals say what to do.
func TestLimitedUser(t *testing.T) {
	cl := cluster.Need(t)
	ns := cl.CreateNamespace(t)
	c := connect(t, cl.UserKubeconfig(t))
	lease, err := c.AcquireLease(t.Context(), ns, "web", kube.LeaseOptions{})
	if err != nil || lease.Denied() == nil {
		t.Fatalf("denied %v, error %v", lease, err)
	}
	_, err = c.Lookup(t.Context(), "v1", "Secret", ns, "")
	if !kube.IsForbidden(err) || !strings.Contains(err.Error(), `"limited" cannot list resource "secrets"`) || !strings.Contains(err.Error(), "RoleBinding") {
		t.Errorf("error %v", err)
	}
}

func TestWrongToken(t *testing.T) {
	cl := cluster.Need(t)
	cfg, err := kube.LoadConfig(kube.ConfigOptions{File: cl.Kubeconfig, Token: "canary"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := kube.New(cfg, kube.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.Lookup(t.Context(), "v1", "Secret", "default", "")
	var status *kube.StatusError
	if !errors.As(err, &status) || status.Code != 401 || !strings.Contains(err.Error(), "log in again") || strings.Contains(err.Error(), "canary") {
		t.Errorf("error %v", err)
	}
}

// TestClusterObserve finds objects with the label and without in lists of a real server.
func TestClusterObserve(t *testing.T) {
	cl := cluster.Need(t)
	ns := cl.CreateNamespace(t)
	c := connect(t, cl.Kubeconfig)
	var manifest strings.Builder
	for i := range 4 {
		fmt.Fprintf(&manifest, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c%d}\n", i)
	}
	objs, err := kube.ParseObjects(manifest.String())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Resolve(t.Context(), objs, ns); err != nil {
		t.Fatal(err)
	}
	for i, labels := range []string{`{"app.kubernetes.io/managed-by":"Helm"}`, `{}`} {
		cl.Must(t, "POST", "/api/v1/namespaces/"+ns+"/configmaps", fmt.Sprintf(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c%d","labels":%s},"data":{"n":"%d"}}`, i, labels, i))
	}
	for _, absent := range []bool{false, true} {
		live, err := c.Observe(t.Context(), objs, kube.ObserveOptions{Absent: absent})
		if err != nil {
			t.Fatal(err)
		}
		for i, o := range objs {
			tree := live.Live(o)
			if (tree != nil) != (i < 2) || tree != nil && (tree["kind"] != "ConfigMap" || tree["apiVersion"] != "v1" || fmt.Sprint(tree["data"]) != fmt.Sprintf("map[n:%d]", i)) {
				t.Errorf("absent %v, %s: %v", absent, o, tree)
			}
		}
	}
}

func TestClusterLogs(t *testing.T) {
	cl := cluster.Need(t)
	ns := cl.CreateNamespace(t)
	c := connect(t, cl.Kubeconfig)
	objs := apply(t, c, ns, workload("Pod", "p", `test.hchart.sh/log: "one\ntwo\n"`))
	if err := c.Wait(t.Context(), objs, kube.WaitOptions{}); err != nil {
		t.Fatal(err)
	}
	log, err := c.Logs(t.Context(), ns, "p", "c", kube.LogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if text, err := io.ReadAll(log); err != nil || string(text) != "one\ntwo\n" {
		t.Errorf("%q, %v", text, err)
	}
}
