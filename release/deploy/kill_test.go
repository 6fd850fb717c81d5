package deploy

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hchart/hchart/release"
)

// command is a command that is killed, and what was done before it.
type command struct {
	name   string
	before func(context.Context, Env) error
	run    func(context.Context, Env) error
}

// commands are those that TestKill kills. The chart is the same, its values are not.
func commands(t testing.TB) []command {
	ch := testChart(t)
	install := func(ctx context.Context, env Env) error {
		_, err := Install(ctx, env, "web", ch, nil, InstallOptions{})
		return err
	}
	upgrade := func(ctx context.Context, env Env) error {
		_, err := Upgrade(ctx, env, "web", ch, map[string]any{"size": 3}, UpgradeOptions{})
		return err
	}
	bad := testChart(t, "bad.yaml", fmt.Sprintf(job, "bad-hook", "post-install,post-upgrade", "hook-failed"))
	installBad := func(ctx context.Context, env Env) error {
		_, err := Install(ctx, env, "web", bad, nil, InstallOptions{RollbackOnFailure: true})
		return expectFailed(err)
	}
	upgradeBad := func(ctx context.Context, env Env) error {
		_, err := Upgrade(ctx, env, "web", bad, map[string]any{"size": 3}, UpgradeOptions{RollbackOnFailure: true})
		return expectFailed(err)
	}
	rollback := func(ctx context.Context, env Env) error {
		_, err := Rollback(ctx, env, "web", RollbackOptions{})
		return err
	}
	uninstall := func(ctx context.Context, env Env) error {
		_, err := Uninstall(ctx, env, "web", UninstallOptions{})
		return err
	}
	keep := func(ctx context.Context, env Env) error {
		_, err := Uninstall(ctx, env, "web", UninstallOptions{KeepHistory: true})
		return err
	}
	twice := func(ctx context.Context, env Env) error {
		if err := install(ctx, env); err != nil {
			return err
		}
		return upgrade(ctx, env)
	}
	thrice := func(ctx context.Context, env Env) error {
		if err := twice(ctx, env); err != nil {
			return err
		}
		return rollback(ctx, env)
	}
	return []command{
		{"install", nil, install},
		{"upgrade", install, upgrade},
		{"rollback", twice, rollback},
		{"rollback of a rollback", thrice, rollback},
		{"uninstall", install, uninstall},
		{"uninstall, keep", install, keep},
		{"install, undone", nil, installBad},
		{"upgrade, undone", install, upgradeBad},
	}
}

func expectFailed(err error) error {
	var failed *FailedError
	if errors.As(err, &failed) && failed.Undone != "" && failed.UndoErr == nil {
		return nil
	}
	return fmt.Errorf("want a failure that was undone, got %T %w", err, err)
}

// TestKill kills each command after each of its requests, and before the first, and runs
// it again.
func TestKill(t *testing.T) {
	for _, cmd := range commands(t) {
		t.Run(cmd.name, func(t *testing.T) {
			t.Parallel()
			clean := newServer(t)
			env := cmd.begin(t, clean)
			if err := cmd.run(t.Context(), env); err != nil {
				t.Fatal(err)
			}
			want := state(t, clean)
			cmd.killed(t, 1, false, want)
			for k := 1; cmd.killed(t, k, true, want); k++ {
			}
		})
	}
}

// begin brings a server to where the command begins.
func (cmd *command) begin(t *testing.T, s *server) Env {
	env := s.env(t)
	if cmd.before != nil {
		if err := cmd.before(t.Context(), env); err != nil {
			t.Fatal(err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
	return s.env(t)
}

// killed kills the command at its k-th request. It reports false when it has fewer.
func (cmd *command) killed(t *testing.T, k int, after bool, want string) bool {
	s := newServer(t)
	env := cmd.begin(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n, dead := 0, ""
	// A process that is dead sends nothing more, and learns of no answer.
	hit := func(line string) int {
		if dead == "" && n == k {
			dead = line
			cancel()
		}
		if dead != "" {
			return http.StatusUnauthorized
		}
		return 0
	}
	watch := &watcher{s: s}
	s.before = func(line string) int {
		if strings.Contains(line, "/leases") && strings.HasPrefix(line, "PUT") && dead == "" {
			return 0 // renewals come at no certain place
		}
		n++
		if after && dead == "" {
			return 0
		}
		return hit(line)
	}
	s.after = func(line string) int {
		watch.look(line)
		if after {
			return hit(line)
		}
		return 0
	}
	err := cmd.run(ctx, env)
	s.mu.Lock()
	s.before, s.after = nil, func(line string) int { watch.look(line); return 0 }
	s.mu.Unlock()
	if dead == "" {
		if err != nil {
			t.Errorf("not killed: %v", err)
		}
		return false
	}
	if strings.HasPrefix(dead, "DELETE ") && strings.HasSuffix(dead, "/leases/hchart.web") && after {
		return true // it had done all
	}
	where := fmt.Sprintf("killed at request %d, %s (after: %v)", k, dead, after)
	s.kill()
	if err := cmd.run(t.Context(), s.env(t)); err != nil {
		t.Errorf("%s: again: %v", where, err)
	}
	if got := state(t, s); got != want {
		t.Errorf("%s: state\n%s\nwant\n%s", where, got, want)
	}
	for _, v := range watch.violations {
		t.Errorf("%s: %s", where, v)
	}
	return true
}

// state is what is there when a command has ended: objects, how the last revision went,
// how many are deployed, leases.
func state(t *testing.T, s *server) string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	deployed := 0
	for _, path := range slices.Sorted(maps.Keys(s.objects)) {
		o := s.objects[path]
		if status := at(o, "metadata", "labels", "status"); status != nil {
			if status == "deployed" {
				deployed++
			}
			if strings.HasPrefix(fmt.Sprint(status), "pending") {
				fmt.Fprintf(&b, "%s is %s\n", path, status)
			}
			continue
		}
		fmt.Fprintf(&b, "%s %v\n", path, o["data"])
	}
	fmt.Fprintf(&b, "%d deployed\n", deployed)
	if last := lastRecord(s); last != nil {
		fmt.Fprintln(&b, last.Info.Status, last.Config)
	}
	return b.String()
}

// lastRecord decodes the newest record. The lock is held.
func lastRecord(s *server) *release.Release {
	var last *release.Release
	for _, r := range records(s) {
		if last == nil || r.Version > last.Version {
			last = r
		}
	}
	return last
}

func records(s *server) []*release.Release {
	var all []*release.Release
	for path, o := range s.objects {
		if !strings.Contains(path, "/sh.helm.release.v1.") {
			continue
		}
		text, _ := base64.StdEncoding.DecodeString(fmt.Sprint(at(o, "data", "release")))
		if r, err := release.Decode(text); err == nil {
			all = append(all, r)
		}
	}
	return all
}

// watcher looks at what is there after each request.
type watcher struct {
	s          *server
	known      map[string]bool
	once       bool
	violations []string
}

// look checks that each object is named by a record and that, once a revision was
// deployed, one is, until the release is being uninstalled. The lock is held.
func (w *watcher) look(line string) {
	all := records(w.s)
	text, _ := json.Marshal(all)
	deployed, leaving := 0, len(all) == 0
	for _, r := range all {
		switch r.Info.Status {
		case release.Deployed:
			deployed++
		case release.Uninstalling, release.Uninstalled:
			leaving = true
		}
	}
	w.once = w.once || deployed > 0
	if leaving {
		w.once = false
	}
	if w.once && deployed == 0 {
		w.violations = append(w.violations, "no revision is deployed after "+line)
	}
	if w.known == nil {
		w.known = map[string]bool{}
	}
	for path, o := range w.s.objects {
		name := fmt.Sprint(at(o, "metadata", "name"))
		if w.known[path] || at(o, "metadata", "labels", "owner") != nil || o["kind"] == "Lease" {
			continue
		}
		w.known[path] = true
		if len(all) == 0 && !leaving || !strings.Contains(string(text), name) && !strings.Contains(string(text), base64.StdEncoding.EncodeToString([]byte(crd))) {
			w.violations = append(w.violations, "no record names "+path+" after "+line)
		}
	}
}
