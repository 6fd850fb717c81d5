package deploy

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/kube"
	"github.com/hchart/hchart/release/secrets"
)

// templates of the chart of the tests.
const (
	configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {size: {{ .Values.size | quote }}}\n"
	job       = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: %s\n  annotations: {helm.sh/hook: \"%s\", helm.sh/hook-delete-policy: \"%s\"}\n"
	widget    = "apiVersion: test.dev/v1\nkind: Widget\nmetadata: {name: widget-a}\n"
	crd       = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.test.dev-}
spec: {group: test.dev, scope: Namespaced, names: {kind: Widget, plural: widgets}, versions: [{name: v1, served: true}]}
`
)

// testChart is a chart with a definition, an object of it, two ConfigMaps and hooks. more
// are further templates, by name.
func testChart(t testing.TB, more ...string) *chart.Chart {
	t.Helper()
	files := fstest.MapFS{
		"Chart.yaml":          {Data: []byte("apiVersion: v2\nname: demo\nversion: 1.0.0\n")},
		"values.yaml":         {Data: []byte("size: 1\n")},
		"crds/widget.yaml":    {Data: []byte(crd)},
		"templates/NOTES.txt": {Data: []byte("size {{ .Values.size }}")},
		"templates/a.yaml":    {Data: fmt.Appendf(nil, configMap, "map-a")},
		"templates/b.yaml":    {Data: fmt.Appendf(nil, "{{ if lt (int .Values.size) 3 }}"+configMap+"{{ end }}", "map-b")},
		"templates/w.yaml":    {Data: []byte(widget)},
		"templates/h1.yaml":   {Data: fmt.Appendf(nil, job, "job-pre", "pre-install,pre-upgrade,pre-rollback", "before-hook-creation")},
		"templates/h2.yaml":   {Data: fmt.Appendf(nil, job, "job-post", "post-install,post-upgrade,post-rollback", "hook-succeeded")},
		"templates/h3.yaml":   {Data: fmt.Appendf(nil, job, "job-del", "pre-delete,post-delete,test", "hook-succeeded,hook-failed")},
	}
	for i := 0; i < len(more); i += 2 {
		files["templates/"+more[i]] = &fstest.MapFile{Data: []byte(more[i+1])}
	}
	ch, err := chart.LoadFS(t.Context(), files, chart.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

func (s *server) env(t testing.TB) Env {
	c := s.client(t)
	return Env{Client: c, Store: secrets.New(c, "here"), Namespace: "here"}
}

// history is "1 superseded, 2 deployed (Upgrade complete)".
func history(t testing.TB, env Env, name string) string {
	t.Helper()
	h, err := release.LoadHistory(t.Context(), env.Store, name)
	if err != nil && !isNotFound(err) {
		t.Fatal(err)
	}
	var all []string
	for _, rec := range h {
		all = append(all, fmt.Sprintf("%d %s (%s)", rec.Release.Version, rec.Release.Info.Status, rec.Release.Info.Description))
	}
	return strings.Join(all, ", ")
}

// TestLife follows one release from its installation to its end.
func TestLife(t *testing.T) {
	s := newServer(t)
	env, ch := s.env(t), testChart(t)
	vals := func(size int) map[string]any { return map[string]any{"size": size} }
	steps := []struct {
		name    string
		do      func(ctx context.Context) (*release.Release, error)
		history string
		objects string // names
		size    string // of map-a
	}{
		{"install", func(ctx context.Context) (*release.Release, error) {
			return Install(ctx, env, "web", ch, nil, InstallOptions{Labels: map[string]string{"team": "a"}})
		}, "1 deployed (Install complete)", "map-a map-b widget-a job-pre", "1"},
		{"upgrade", func(ctx context.Context) (*release.Release, error) {
			return Upgrade(ctx, env, "web", ch, vals(3), UpgradeOptions{Labels: map[string]string{"stage": "b"}})
		}, "1 superseded (Install complete), 2 deployed (Upgrade complete)", "map-a widget-a job-pre", "3"},
		{"the same values", func(ctx context.Context) (*release.Release, error) {
			return Upgrade(ctx, env, "web", ch, nil, UpgradeOptions{Apply: Apply{Description: "again"}, MaxHistory: 2})
		}, "2 superseded (Upgrade complete), 3 deployed (again)", "map-a widget-a job-pre", "3"},
		{"reset", func(ctx context.Context) (*release.Release, error) {
			return Upgrade(ctx, env, "web", ch, nil, UpgradeOptions{ResetValues: true})
		}, "2 superseded (Upgrade complete), 3 superseded (again), 4 deployed (Upgrade complete)", "map-a map-b widget-a job-pre", "1"},
		{"rollback", func(ctx context.Context) (*release.Release, error) {
			return Rollback(ctx, env, "web", RollbackOptions{MaxHistory: 2})
		}, "4 superseded (Upgrade complete), 5 deployed (Rollback to 3)", "map-a widget-a job-pre", "3"},
		{"test", func(ctx context.Context) (*release.Release, error) {
			return Test(ctx, env, "web", TestOptions{})
		}, "4 superseded (Upgrade complete), 5 deployed (Rollback to 3)", "map-a widget-a job-pre", "3"},
		{"keep", func(ctx context.Context) (*release.Release, error) {
			res, err := Uninstall(ctx, env, "web", UninstallOptions{KeepHistory: true})
			return res.Release, err
		}, "4 superseded (Upgrade complete), 5 uninstalled (Uninstallation complete)", "job-pre", "<nil>"},
		{"replace", func(ctx context.Context) (*release.Release, error) {
			return Install(ctx, env, "web", ch, nil, InstallOptions{Replace: true})
		}, "4 superseded (Upgrade complete), 5 superseded (superseded by new release), 6 deployed (Install complete)", "map-a map-b widget-a job-pre", "1"},
		{"uninstall", func(ctx context.Context) (*release.Release, error) {
			res, err := Uninstall(ctx, env, "web", UninstallOptions{})
			return res.Release, err
		}, "", "job-pre", "<nil>"},
	}
	for _, st := range steps {
		rel, err := st.do(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", st.name, err)
		}
		if got := history(t, env, "web"); got != st.history {
			t.Errorf("%s: history %s, want %s", st.name, got, st.history)
		}
		if got := strings.Join(names(s), " "); got != sorted("widgets.test.dev- "+st.objects) {
			t.Errorf("%s: objects %s, want %s", st.name, got, st.objects)
		}
		if got := fmt.Sprint(at(s.objects["/api/v1/namespaces/here/configmaps/map-a"], "data", "size")); got != st.size {
			t.Errorf("%s: size %s, want %s", st.name, got, st.size)
		}
		if want := map[string]string{"upgrade": "map[stage:b team:a]", "replace": "map[]"}[st.name]; want != "" && fmt.Sprint(rel.Labels) != want {
			t.Errorf("%s: labels %v, want %s", st.name, rel.Labels, want)
		}
		for path := range s.objects {
			if strings.Contains(path, "/leases/") {
				t.Errorf("%s: a lease is left", st.name)
			}
		}
	}
}

// names are the names of all objects but records and leases.
func names(s *server) []string {
	var all []string
	for _, path := range s.paths() {
		all = append(all, path[strings.LastIndexByte(path, '/')+1:])
	}
	return strings.Fields(sorted(strings.Join(all, " ")))
}

func sorted(words string) string {
	f := strings.Fields(words)
	for i := range f {
		for j := i; j > 0 && f[j] < f[j-1]; j-- {
			f[j], f[j-1] = f[j-1], f[j]
		}
	}
	return strings.Join(f, " ")
}

// TestRefusals are calls that change nothing and say why.
func TestRefusals(t *testing.T) {
	s := newServer(t)
	env, ch := s.env(t), testChart(t)
	ctx := t.Context()
	if _, err := Install(ctx, env, "web", ch, nil, InstallOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := Install(ctx, env, "gone", testChart(t, "a.yaml", "", "b.yaml", "", "w.yaml", "", "h1.yaml", ""), nil, InstallOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := Uninstall(ctx, env, "gone", UninstallOptions{KeepHistory: true}); err != nil {
		t.Fatal(err)
	}
	state := fmt.Sprint(s.objects)
	tests := []struct {
		name string
		do   func() error
		want any
	}{
		{"install twice", func() error { _, err := Install(ctx, env, "web", ch, nil, InstallOptions{}); return err }, new(*InUseError)},
		{"replace what is deployed", func() error { _, err := Install(ctx, env, "web", ch, nil, InstallOptions{Replace: true}); return err }, new(*InUseError)},
		{"the same objects", func() error { _, err := Install(ctx, env, "other", ch, nil, InstallOptions{}); return err }, new(*kube.OwnershipError)},
		{"upgrade of nothing", func() error { _, err := Upgrade(ctx, env, "none", ch, nil, UpgradeOptions{}); return err }, new(*NothingDeployedError)},
		{"upgrade of what is gone", func() error { _, err := Upgrade(ctx, env, "gone", ch, nil, UpgradeOptions{}); return err }, new(*NothingDeployedError)},
		{"rollback of nothing", func() error { _, err := Rollback(ctx, env, "none", RollbackOptions{}); return err }, new(*release.NotFoundError)},
		{"rollback too far", func() error { _, err := Rollback(ctx, env, "web", RollbackOptions{Revision: 7}); return err }, new(*NoRevisionError)},
		{"uninstall of nothing", func() error { _, err := Uninstall(ctx, env, "none", UninstallOptions{}); return err }, new(*release.NotFoundError)},
		{"uninstall of what is gone", func() error {
			_, err := Uninstall(ctx, env, "gone", UninstallOptions{KeepHistory: true})
			return err
		}, new(*UninstalledError)},
		{"test of nothing", func() error { _, err := Test(ctx, env, "none", TestOptions{}); return err }, new(*release.NotFoundError)},
		{"reserved labels", func() error {
			_, err := Upgrade(ctx, env, "web", ch, nil, UpgradeOptions{Labels: map[string]string{"owner": "me"}})
			return err
		}, new(*LabelError)},
		{"hide-secret", func() error {
			_, err := Upgrade(ctx, env, "web", ch, nil, UpgradeOptions{Rendering: Rendering{HideSecrets: true}})
			return err
		}, new(*OptionError)},
		{"force twice", func() error {
			_, err := Upgrade(ctx, env, "web", ch, nil, UpgradeOptions{Apply: Apply{ForceConflicts: true, ForceReplace: true}})
			return err
		}, new(*OptionError)},
		{"force without a server", func() error {
			_, err := Upgrade(ctx, env, "web", ch, nil, UpgradeOptions{Apply: Apply{ForceConflicts: true, ServerSide: "false"}})
			return err
		}, new(*OptionError)},
		{"server-side", func() error {
			_, err := Upgrade(ctx, env, "web", ch, nil, UpgradeOptions{Apply: Apply{ServerSide: "yes"}})
			return err
		}, new(*OptionError)},
		{"a long description", func() error {
			_, err := Rollback(ctx, env, "web", RollbackOptions{Apply: Apply{Description: strings.Repeat("x", 257)}})
			return err
		}, new(*OptionError)},
		{"an unknown kind", func() error {
			_, err := Upgrade(ctx, env, "web", testChart(t, "x.yaml", "apiVersion: v9\nkind: X\nmetadata: {name: x-1}\n"), nil, UpgradeOptions{})
			return err
		}, nil},
	}
	for _, tt := range tests {
		err := tt.do()
		if err == nil || tt.want != nil && !errors.As(err, tt.want) {
			t.Errorf("%s: %T %v", tt.name, err, err)
		}
		if now := fmt.Sprint(s.objects); now != state {
			t.Errorf("%s: something changed", tt.name)
		}
	}
	if _, err := Uninstall(ctx, env, "none", UninstallOptions{IgnoreNotFound: true}); err != nil {
		t.Errorf("ignoring what is not there: %v", err)
	}
}

// TestNoNamespace works on releases in a namespace that the server does not have.
func TestNoNamespace(t *testing.T) {
	s := newServer(t)
	env, ch, ctx := s.env(t), testChart(t), t.Context()
	s.before = func(line string) int {
		if strings.HasPrefix(line, "POST ") {
			return http.StatusNotFound
		}
		return 0
	}
	tests := []struct {
		name string
		do   func() error
		want any
	}{
		{"upgrade", func() error { _, err := Upgrade(ctx, env, "web", ch, nil, UpgradeOptions{}); return err }, new(*NothingDeployedError)},
		{"rollback", func() error { _, err := Rollback(ctx, env, "web", RollbackOptions{}); return err }, new(*release.NotFoundError)},
		{"uninstall", func() error { _, err := Uninstall(ctx, env, "web", UninstallOptions{}); return err }, new(*release.NotFoundError)},
		{"test", func() error { _, err := Test(ctx, env, "web", TestOptions{}); return err }, new(*release.NotFoundError)},
		{"install", func() error { _, err := Install(ctx, env, "web", ch, nil, InstallOptions{}); return err }, new(*kube.StatusError)},
	}
	for _, tt := range tests {
		if err := tt.do(); err == nil || !errors.As(err, tt.want) {
			t.Errorf("%s: %T %v", tt.name, err, err)
		}
	}
	if _, err := Uninstall(ctx, env, "web", UninstallOptions{IgnoreNotFound: true}); err != nil {
		t.Errorf("ignoring what is not there: %v", err)
	}
	if len(s.objects) > 0 {
		t.Errorf("there is something: %v", s.paths())
	}
}
