package secrets_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/configmaps"
	"github.com/hchart/hchart/release/kube"
	"github.com/hchart/hchart/release/secrets"
	"github.com/hchart/hchart/release/storetest"
	"github.com/hchart/hchart/test/cluster"
)

// connect returns a client for the cluster and a namespace of the test.
func connect(t testing.TB) (*cluster.Cluster, *kube.Client, string) {
	t.Helper()
	c := cluster.Need(t)
	cfg, err := kube.LoadConfig(kube.ConfigOptions{File: c.Kubeconfig})
	if err != nil {
		t.Fatal(err)
	}
	client, err := kube.New(cfg, kube.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return c, client, c.CreateNamespace(t)
}

// TestClusterStore runs the tests of stores on a real API server.
func TestClusterStore(t *testing.T) {
	c, client, ns := connect(t)
	for resource, open := range map[string]func() release.Store{
		"secrets":    func() release.Store { return secrets.New(client, ns) },
		"configmaps": func() release.Store { return configmaps.New(client, ns) },
	} {
		t.Run(resource, func(t *testing.T) {
			path := "/api/v1/namespaces/" + ns + "/" + resource
			storetest.Run(t, func(t *testing.T) release.Store {
				c.Must(t, "DELETE", path, "")
				return open()
			}, storetest.Options{Namespace: ns})
		})
	}
}

// TestClusterSplit checks what is in the cluster of a record that needs several objects,
// and that nothing is left when Helm, which knows nothing of parts, deletes it.
func TestClusterSplit(t *testing.T) {
	c, client, ns := connect(t)
	s := secrets.New(client, ns)
	r := storetest.New(ns, "web", 1, release.Deployed)
	random := make([]byte, 3<<20)
	_, _ = rand.Read(random)
	r.Manifest = base64.StdEncoding.EncodeToString(random)
	if _, err := s.Create(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	path := "/api/v1/namespaces/" + ns + "/secrets"
	count := func() int { return strings.Count(c.Must(t, "GET", path, ""), `"name":"sh.helm.release`) }
	if n := count(); n < 5 { // the record, its parts, their owner references
		t.Errorf("%d names of records", n)
	}
	if got := strings.Count(c.Must(t, "GET", path+"?labelSelector=owner%3Dhelm", ""), `"type":"helm.sh/release.v1"`); got != 1 {
		t.Errorf("Helm sees %d records", got)
	}
	c.Must(t, "DELETE", path+"/sh.helm.release.v1.web.v1", "")
	deadline := time.Now().Add(2 * time.Minute)
	for count() > 0 { // until the garbage collector has been there
		if time.Now().After(deadline) {
			t.Fatalf("%d are left", count())
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// TestClusterSplitHelm has Helm roll back and uninstall a release whose records need
// several objects.
func TestClusterSplitHelm(t *testing.T) {
	helm := os.Getenv("HCHART_HELM")
	if helm == "" {
		t.Skip("HCHART_HELM does not name Helm")
	}
	c, client, ns := connect(t)
	s := secrets.New(client, ns)
	random := make([]byte, 2<<20)
	_, _ = rand.Read(random)
	for revision, status := range []release.Status{release.Superseded, release.Deployed} {
		r := storetest.New(ns, "web", revision+1, status)
		r.Chart.Files = []*chart.File{{Name: "big.bin", Data: random}}
		r.Hooks = nil
		r.Manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, labels: {app.kubernetes.io/managed-by: Helm}, annotations: {meta.helm.sh/release-name: web, meta.helm.sh/release-namespace: " + ns + "}}\n"
		if _, err := s.Create(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"list", "-q"}, {"history", "web"}, {"rollback", "web", "1"}, {"uninstall", "web"}} {
		out, err := exec.Command(helm, append(args, "-n", ns, "--kubeconfig", c.Kubeconfig)...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), map[bool]string{true: "web", false: ""}[args[0] != "rollback"]) {
			t.Errorf("helm %s: %v: %s", args, err, out)
		}
		if args[0] == "rollback" {
			if h, err := release.LoadHistory(t.Context(), s, "web"); err != nil || len(h) != 3 || h.LastDeployed().Release.Version != 3 || len(h[0].Release.Chart.Files) != 1 {
				t.Errorf("after the rollback: %v, %v", h, err)
			}
		}
	}
	if entries, err := s.Entries(t.Context(), release.Query{}); err != nil || len(entries) != 0 {
		t.Errorf("left are %v, %v", entries, err)
	}
}

// TestClusterHelm has Helm read what hchart wrote, and the other way round.
func TestClusterHelm(t *testing.T) {
	helm := os.Getenv("HCHART_HELM")
	if helm == "" {
		t.Skip("HCHART_HELM does not name Helm")
	}
	c, client, ns := connect(t)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"Chart.yaml":          "apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: '4.5'\n",
		"values.yaml":         "a: 1\nbig: 1e6\nlist: [x, 1.5, null]\n",
		"templates/cm.yaml":   "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: '{{ .Values.a }}', b: \"<&>\"}\n",
		"templates/h.yaml":    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: h, annotations: {helm.sh/hook: 'pre-install,post-upgrade', helm.sh/hook-weight: '-3'}}\n",
		"templates/NOTES.txt": "Well done.\n",
		"README.md":           "# web\n",
	} {
		file := filepath.Join(dir, "web", name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for driver, resource := range map[string]string{"secret": "secrets", "configmap": "configmaps"} {
		t.Run(driver, func(t *testing.T) {
			run := func(args ...string) string {
				t.Helper()
				cmd := exec.Command(helm, append(args, "-n", ns)...)
				cmd.Env = append(os.Environ(), "KUBECONFIG="+c.Kubeconfig, "HELM_DRIVER="+driver)
				out, err := cmd.Output()
				if err != nil {
					t.Fatalf("helm %s: %v", args, err)
				}
				return string(out)
			}
			var s release.Store = secrets.New(client, ns)
			if driver == "configmap" {
				s = configmaps.New(client, ns)
			}
			name := "by-" + driver
			run("install", name, filepath.Join(dir, "web"), "--labels", "team=blue", "--set", "n=1,deep.x=true", "--take-ownership")
			rec, err := s.Get(t.Context(), name, 1)
			if err != nil {
				t.Fatal(err)
			}
			// What Helm wrote is what hchart would have written.
			object := c.Must(t, "GET", "/api/v1/namespaces/"+ns+"/"+resource+"/"+release.Key(name, 1), "")
			var stored struct {
				Data     map[string]string
				Metadata struct{ Labels map[string]string }
			}
			if err := json.Unmarshal([]byte(object), &stored); err != nil {
				t.Fatal(err)
			}
			theirs := []byte(stored.Data["release"])
			if driver == "secret" {
				theirs, _ = base64.StdEncoding.DecodeString(stored.Data["release"])
			}
			ours, err := release.Encode(rec.Release)
			if err != nil || !bytes.Equal(ours, theirs) {
				t.Errorf("hchart writes another record than Helm (%v)", err)
			}
			if !maps.Equal(rec.Release.Labels, map[string]string{"team": "blue"}) {
				t.Errorf("labels %v", rec.Release.Labels)
			}

			rec.Release.SetStatus(release.Superseded, "by hchart")
			if _, err := s.Update(t.Context(), rec.Release, rec.Version); err != nil {
				t.Fatal(err)
			}
			next := rec.Release.Clone()
			next.Version = 2
			next.SetStatus(release.Deployed, "also by hchart")
			if _, err := s.Create(t.Context(), next); err != nil {
				t.Fatal(err)
			}
			if out := run("history", name, "-o", "json"); !strings.Contains(out, "also by hchart") || !strings.Contains(out, "superseded") {
				t.Errorf("Helm's history: %s", out)
			}
			if out := run("list", "-l", "team=blue", "-q"); out != name+"\n" {
				t.Errorf("Helm lists %q", out)
			}
			run("rollback", name, "1")
			entries, err := s.Entries(t.Context(), release.Query{Name: name})
			var got []string
			for _, e := range entries {
				got = append(got, fmt.Sprint(e.Revision, " ", e.Status))
			}
			if text := strings.Join(got, ", "); err != nil || text != "1 superseded, 2 superseded, 3 deployed" {
				t.Errorf("hchart lists %s, %v", text, err)
			}
			run("uninstall", name)
			if entries, err := s.Entries(t.Context(), release.Query{Name: name}); err != nil || len(entries) != 0 {
				t.Errorf("left are %v, %v", entries, err)
			}
		})
	}
}
