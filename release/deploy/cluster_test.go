package deploy_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/hooks"
	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/deploy"
	"github.com/hchart/hchart/release/kube"
	"github.com/hchart/hchart/release/secrets"
	"github.com/hchart/hchart/test/cluster"
)

// site is a namespace on the test cluster and what happened in it.
type site struct {
	t      *testing.T
	c      *cluster.Cluster
	env    deploy.Env
	events []deploy.Event
}

func newSite(t *testing.T) *site {
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
	s := &site{t: t, c: c}
	s.env = deploy.Env{Client: client, Namespace: c.CreateNamespace(t), Notify: func(ev deploy.Event) { s.events = append(s.events, ev) }}
	s.env.Store = secrets.New(client, s.env.Namespace)
	return s
}

// ran lists the hooks that were started, in their order.
func (s *site) ran() []string {
	var names []string
	for _, ev := range s.events {
		if ev.Kind == deploy.HookStarted {
			names = append(names, ev.Hook.Name)
		}
	}
	s.events = nil
	return names
}

// has reports whether an object of a kind is there, and not about to go.
func (s *site) has(resource, name string) bool {
	s.t.Helper()
	text, ok := s.c.Get(s.t, "/api/v1/namespaces/"+s.env.Namespace+"/"+resource+"/"+name)
	return ok && !strings.Contains(text, "deletionTimestamp")
}

func (s *site) history() string {
	s.t.Helper()
	h, err := release.LoadHistory(s.t.Context(), s.env.Store, "rel")
	var missing *release.NotFoundError
	if errors.As(err, &missing) {
		return ""
	}
	if err != nil {
		s.t.Fatal(err)
	}
	var all []string
	for _, r := range h {
		all = append(all, fmt.Sprintf("%d %s", r.Release.Version, r.Release.Info.Status))
	}
	return strings.Join(all, ", ")
}

// newChart makes a chart of templates.
func newChart(t *testing.T, templates ...string) *chart.Chart {
	t.Helper()
	ch := &chart.Chart{Metadata: &chart.Metadata{APIVersion: "v2", Name: "c", Version: "1.0.0"}}
	for i, text := range templates {
		ch.Templates = append(ch.Templates, &chart.File{Name: fmt.Sprintf("templates/f%02d.yaml", i), Data: []byte(text)})
	}
	return ch
}

func configMap(name, value string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\ndata:\n  v: %q\n", name, value)
}

// hook is a Pod that ends, well or not.
func hook(name, event, annotations string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata:\n  name: %s\n  annotations:\n    helm.sh/hook: %s\n%s\nspec:\n  restartPolicy: Never\n  containers: [{name: main, image: x}]\n",
		name, event, annotations)
}

// TestHookEvents runs through the life of a release that has hooks for all of it.
func TestHookEvents(t *testing.T) {
	s := newSite(t)
	weight := func(n int) string { return fmt.Sprintf("    helm.sh/hook-weight: %q", fmt.Sprint(n)) }
	templates := []string{configMap("main", "{{ .Release.Revision }}")}
	for _, event := range []string{"install", "upgrade", "rollback", "delete"} {
		for _, when := range []string{"pre", "post"} {
			e := when + "-" + event
			templates = append(templates, hook(e+"-b", e, weight(5)), hook(e+"-a", e, weight(5)), hook(e+"-z", e, weight(-3)))
		}
	}
	templates = append(templates, hook("test-1", "test", ""), hook("several", "pre-install,pre-upgrade", weight(100)))
	ch := newChart(t, templates...)
	ctx := t.Context()
	three := func(e string) []string { return []string{e + "-z", e + "-a", e + "-b"} }
	check := func(step string, err error, want ...[]string) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		if got := s.ran(); !slices.Equal(got, slices.Concat(want...)) {
			t.Errorf("%s ran %q, want %q", step, got, slices.Concat(want...))
		}
	}
	_, err := deploy.Install(ctx, s.env, "rel", ch, nil, deploy.InstallOptions{Apply: deploy.Apply{Timeout: time.Minute}})
	check("install", err, three("pre-install"), []string{"several"}, three("post-install"))
	_, err = deploy.Upgrade(ctx, s.env, "rel", ch, nil, deploy.UpgradeOptions{})
	check("upgrade", err, three("pre-upgrade"), []string{"several"}, three("post-upgrade"))
	_, err = deploy.Rollback(ctx, s.env, "rel", deploy.RollbackOptions{Revision: 1})
	check("rollback", err, three("pre-rollback"), three("post-rollback"))
	rel, err := deploy.Test(ctx, s.env, "rel", deploy.TestOptions{Timeout: time.Minute, Logs: true})
	if got := lastPhase(rel, "test-1"); got != release.PhaseSucceeded {
		t.Errorf("the test has the phase %q", got)
	}
	check("test", err, []string{"test-1"})
	if got := s.history(); got != "1 superseded, 2 superseded, 3 deployed" {
		t.Errorf("history: %s", got)
	}
	_, err = deploy.Uninstall(ctx, s.env, "rel", deploy.UninstallOptions{Timeout: time.Minute, Wait: kube.WaitWatcher})
	check("uninstall", err, three("pre-delete"), three("post-delete"))
	if s.history() != "" || s.has("configmaps", "main") {
		t.Errorf("left behind: records %q, configmap %v", s.history(), s.has("configmaps", "main"))
	}
	if _, ok := s.c.Get(t, "/apis/coordination.k8s.io/v1/namespaces/"+s.env.Namespace+"/leases/"+kube.LeaseName("rel")); ok {
		t.Error("the Lease is left behind")
	}
}

func lastPhase(rel *release.Release, name string) release.Phase {
	for _, h := range rel.Hooks {
		if h.Name == name {
			return h.LastRun.Phase
		}
	}
	return ""
}

// TestHookPolicies looks at what of hooks is there afterwards.
func TestHookPolicies(t *testing.T) {
	policy := func(p string) string { return "    helm.sh/hook-delete-policy: " + p }
	for _, test := range []struct {
		name, policy string
		fails        bool
		stays        bool
	}{
		{"by default", "", false, true},
		{"hook-succeeded after success", policy("hook-succeeded"), false, false},
		{"hook-failed after success", policy("hook-failed"), false, true},
		{"hook-failed after failure", policy("hook-failed"), true, false},
		{"hook-succeeded after failure", policy("hook-succeeded"), true, true},
		{"all after failure", policy("before-hook-creation,hook-succeeded,hook-failed"), true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			annotations := test.policy
			if test.fails {
				annotations += "\n    test.hchart.sh/pod: fail"
			}
			annotations += "\n    helm.sh/hook-output-log-policy: hook-succeeded,hook-failed"
			ch := newChart(t, configMap("main", "1"), hook("h", "pre-install", annotations))
			rel, err := deploy.Install(t.Context(), s.env, "rel", ch, nil, deploy.InstallOptions{Apply: deploy.Apply{Timeout: time.Minute}})
			var failed *hooks.Error
			if errors.As(err, &failed) != test.fails {
				t.Fatalf("error: %v", err)
			}
			if got := s.has("pods", "h"); got != test.stays {
				t.Errorf("the hook is there: %v", got)
			}
			want, phase := "1 deployed", release.PhaseSucceeded
			if test.fails {
				want, phase = "1 failed", release.PhaseFailed
			}
			if got := s.history(); got != want {
				t.Errorf("history: %s", got)
			}
			if got := lastPhase(rel, "h"); got != phase {
				t.Errorf("phase: %s", got)
			}
			log := ""
			for _, ev := range s.events {
				if ev.Kind == deploy.HookLog {
					log += ev.Text
				}
			}
			if !strings.Contains(log, "the last line of the log") {
				t.Errorf("log: %q", log)
			}
		})
	}
}

// TestFailures looks at what is recorded, and what is left, when something goes wrong.
func TestFailures(t *testing.T) {
	ctx := t.Context()
	bad := "apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 99999}]}\n"
	broken := "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}, annotations: {test.hchart.sh/pod: crash, test.hchart.sh/after: 10ms}}\n    spec: {containers: [{name: main, image: x}]}\n"
	t.Run("an invalid object in the middle", func(t *testing.T) {
		s := newSite(t)
		_, err := deploy.Install(ctx, s.env, "rel", newChart(t, configMap("a", "1"), bad), nil, deploy.InstallOptions{})
		var apply *kube.ApplyError
		if !errors.As(err, &apply) || apply.Object.Path != "c/templates/f01.yaml" {
			t.Fatalf("error: %v", err)
		}
		if got := s.history(); got != "1 failed" {
			t.Errorf("history: %s", got)
		}
		// What comes next takes away what this one made.
		if _, err := deploy.Upgrade(ctx, s.env, "rel", newChart(t, configMap("b", "1")), nil, deploy.UpgradeOptions{}); err != nil {
			t.Fatal(err)
		}
		if s.has("configmaps", "a") || !s.has("configmaps", "b") {
			t.Error("the object of the failed revision stays, or the new one is not there")
		}
	})
	t.Run("a crash loop ends the wait and is undone", func(t *testing.T) {
		s := newSite(t)
		if _, err := deploy.Install(ctx, s.env, "rel", newChart(t, configMap("a", "1")), nil, deploy.InstallOptions{}); err != nil {
			t.Fatal(err)
		}
		opts := deploy.UpgradeOptions{RollbackOnFailure: true}
		opts.Timeout = 2 * time.Minute
		_, err := deploy.Upgrade(ctx, s.env, "rel", newChart(t, configMap("a", "2"), broken), nil, opts)
		var failed *deploy.FailedError
		var wait *kube.WaitError
		if !errors.As(err, &failed) || failed.Undone != "rolled back" || !errors.As(err, &wait) || !errors.Is(err, kube.ErrCannotSucceed) {
			t.Fatalf("error: %v", err)
		}
		if why := wait.Explain(); !strings.Contains(why, "exit code") || !strings.Contains(why, "the last line of the log") {
			t.Errorf("the error does not say why: %v\n%s", err, why)
		}
		if got := s.history(); got != "1 superseded, 2 failed, 3 deployed" {
			t.Errorf("history: %s", got)
		}
		if _, ok := s.c.Get(t, "/apis/apps/v1/namespaces/"+s.env.Namespace+"/deployments/d"); ok {
			t.Error("the Deployment is still there")
		}
	})
	t.Run("cleanup-on-fail", func(t *testing.T) {
		s := newSite(t)
		if _, err := deploy.Install(ctx, s.env, "rel", newChart(t, configMap("a", "1")), nil, deploy.InstallOptions{}); err != nil {
			t.Fatal(err)
		}
		opts := deploy.UpgradeOptions{}
		opts.CleanupOnFail = true
		if _, err := deploy.Upgrade(ctx, s.env, "rel", newChart(t, configMap("a", "2"), configMap("new", "1"), bad), nil, opts); err == nil {
			t.Fatal("no error")
		}
		if s.has("configmaps", "new") || !s.has("configmaps", "a") {
			t.Error("what the upgrade made stays, or what was there is gone")
		}
		if got := s.history(); got != "1 deployed, 2 failed" {
			t.Errorf("history: %s", got)
		}
	})
	t.Run("an object of somebody else", func(t *testing.T) {
		s := newSite(t)
		s.c.Must(t, "POST", "/api/v1/namespaces/"+s.env.Namespace+"/configmaps", `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}`)
		_, err := deploy.Install(ctx, s.env, "rel", newChart(t, configMap("a", "1")), nil, deploy.InstallOptions{})
		var foreign *kube.OwnershipError
		if !errors.As(err, &foreign) || s.history() != "" {
			t.Fatalf("error: %v, history %q", err, s.history())
		}
		opts := deploy.InstallOptions{}
		opts.TakeOwnership = true
		if _, err := deploy.Install(ctx, s.env, "rel", newChart(t, configMap("a", "1")), nil, opts); err != nil {
			t.Fatal(err)
		}
	})
}

// TestCancelled ends the context at several moments: the call returns, the revision is
// not pending, and the next call works.
func TestCancelled(t *testing.T) {
	for _, after := range []time.Duration{20 * time.Millisecond, 200 * time.Millisecond, time.Second} {
		t.Run(after.String(), func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			slow := "apiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations: {test.hchart.sh/pod: never}}\nspec: {containers: [{name: main, image: x}]}\n"
			ctx, cancel := context.WithTimeout(t.Context(), after)
			defer cancel()
			opts := deploy.InstallOptions{}
			opts.Wait = kube.WaitWatcher
			_, err := deploy.Install(ctx, s.env, "rel", newChart(t, configMap("a", "1"), slow), nil, opts)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("error: %v", err)
			}
			if got := s.history(); got != "" && got != "1 failed" {
				t.Errorf("history: %s", got)
			}
			again := deploy.InstallOptions{Replace: true}
			if _, err := deploy.Install(t.Context(), s.env, "rel", newChart(t, configMap("a", "1")), nil, again); err != nil {
				t.Fatal(err)
			}
			if s.has("pods", "p") {
				t.Error("the object of the cancelled revision stays")
			}
		})
	}
}

// TestHistoryLimit prunes after success and keeps what is deployed.
func TestHistoryLimit(t *testing.T) {
	s := newSite(t)
	ctx := t.Context()
	if _, err := deploy.Install(ctx, s.env, "rel", newChart(t, configMap("a", "0")), nil, deploy.InstallOptions{Labels: map[string]string{"team": "x"}}); err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		if _, err := deploy.Upgrade(ctx, s.env, "rel", newChart(t, configMap("a", fmt.Sprint(i))), nil, deploy.UpgradeOptions{MaxHistory: 3}); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.history(); got != "3 superseded, 4 superseded, 5 deployed" {
		t.Errorf("history: %s", got)
	}
	rel, err := deploy.Rollback(ctx, s.env, "rel", deploy.RollbackOptions{Revision: 3, MaxHistory: 2})
	if err != nil || rel.Labels["team"] != "x" || s.history() != "5 superseded, 6 deployed" {
		t.Errorf("rollback: %v, labels %v, history %s", err, rel.Labels, s.history())
	}
	var missing *deploy.NoRevisionError
	if _, err := deploy.Rollback(ctx, s.env, "rel", deploy.RollbackOptions{Revision: 1}); !errors.As(err, &missing) {
		t.Errorf("rollback to a pruned revision: %v", err)
	}
}
