package sql_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/test/cluster"
)

// TestHelm has Helm, on a real cluster, keep its records in the database that hchart
// uses too. It needs three things: HCHART_TEST_POSTGRES, HCHART_CLUSTER, HCHART_HELM.
func TestHelm(t *testing.T) {
	helm := os.Getenv("HCHART_HELM")
	if helm == "" {
		t.Skip("HCHART_HELM does not name Helm")
	}
	c := cluster.Need(t)
	db := database(t)
	ns := c.CreateNamespace(t)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"Chart.yaml":        "apiVersion: v2\nname: web\nversion: 1.2.3\n",
		"templates/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: '{{ .Values.a }}'}\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(helm, append(args, "-n", ns)...)
		cmd.Env = append(os.Environ(), "KUBECONFIG="+c.Kubeconfig, "HELM_DRIVER=sql", "HELM_DRIVER_SQL_CONNECTION_STRING="+db)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("helm %s: %v", args, err)
		}
		return string(out)
	}
	run("install", "web", dir, "--set", "a=1", "--labels", "team=blue")
	s := open(t, db, ns)
	h, err := release.LoadHistory(t.Context(), s, "web")
	if err != nil || len(h) != 1 || h.Last().Release.Config["a"] != 1.0 || h.Last().Release.Labels["team"] != "blue" {
		t.Fatalf("after Helm's install: %+v, %v", h, err)
	}
	last := h.Last()
	last.Release.SetStatus(release.Superseded, "by hchart")
	if _, err := s.Update(t.Context(), last.Release, last.Version); err != nil {
		t.Fatal(err)
	}
	next := last.Release.Clone()
	next.Version = 2
	next.SetStatus(release.Deployed, "also by hchart")
	if _, err := s.Create(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	if out := run("history", "web", "-o", "json"); !strings.Contains(out, "also by hchart") || !strings.Contains(out, `"superseded"`) {
		t.Errorf("Helm's history: %s", out)
	}
	run("upgrade", "web", dir, "--set", "a=2", "--history-max", "2")
	entries, err := s.Entries(t.Context(), release.Query{Name: "web"})
	if err != nil || len(entries) != 2 || entries[0].Status != release.Superseded || entries[1].Revision != 3 || entries[1].Labels["team"] != "blue" {
		t.Errorf("after Helm's upgrade: %+v, %v", entries, err)
	}
	run("uninstall", "web")
	if entries, err := s.Entries(t.Context(), release.Query{}); err != nil || len(entries) != 0 {
		t.Errorf("left are %v, %v", entries, err)
	}
}
