package deploy

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/kube"
)

// TestLeftByOthers: a revision that was pending before the command began that died is
// Helm's, which may still be at work.
func TestLeftByOthers(t *testing.T) {
	s := newServer(t)
	env, ch := s.env(t), testChart(t)
	ctx := t.Context()
	rel, err := Install(ctx, env, "web", ch, nil, InstallOptions{})
	if err != nil {
		t.Fatal(err)
	}
	next := rel.Clone()
	next.Version, next.Info.Status, next.Info.LastDeployed = 2, release.PendingUpgrade, time.Now()
	if _, err := env.Store.Create(ctx, next); err != nil {
		t.Fatal(err)
	}
	lease, err := env.Client.AcquireLease(ctx, "here", "web", kube.LeaseOptions{Operation: "upgrade"})
	if err != nil {
		t.Fatal(err)
	}
	lease.Abandon(ctx)
	var pending *PendingError
	if _, err := Upgrade(ctx, env, "web", ch, nil, UpgradeOptions{}); !errors.As(err, &pending) {
		t.Errorf("upgrade: %v", err)
	}
	if got := history(t, env, "web"); !strings.Contains(got, "2 pending-upgrade") {
		t.Errorf("history: %s", got)
	}
	if _, err := Rollback(ctx, env, "web", RollbackOptions{Revision: 1}); err != nil {
		t.Errorf("rollback: %v", err)
	}
	if got := history(t, env, "web"); !strings.HasSuffix(got, "2 failed (Left pending-upgrade), 3 deployed (Rollback to 1)") {
		t.Errorf("history: %s", got)
	}
}

// TestNotRecorded: a command that may not write any more how it ended leaves that to the
// next one, also of the same process.
func TestNotRecorded(t *testing.T) {
	pendingRevision := regexp.MustCompile(`\d pending`)
	for _, verb := range []string{"install", "upgrade", "rollback"} {
		t.Run(verb, func(t *testing.T) {
			s := newServer(t)
			env, ch := s.env(t), testChart(t)
			ctx := t.Context()
			if verb != "install" {
				if _, err := Install(ctx, env, "web", ch, nil, InstallOptions{}); err != nil {
					t.Fatal(err)
				}
			}
			do := func() error {
				var err error
				switch verb {
				case "install":
					_, err = Install(ctx, env, "web", ch, nil, InstallOptions{})
				case "upgrade":
					_, err = Upgrade(ctx, env, "web", ch, nil, UpgradeOptions{})
				case "rollback":
					_, err = Rollback(ctx, env, "web", RollbackOptions{Revision: 1})
				}
				return err
			}
			s.mu.Lock()
			s.before = func(line string) int {
				if strings.HasPrefix(line, "PUT ") && strings.Contains(line, "/secrets/") {
					return http.StatusForbidden
				}
				return 0
			}
			s.mu.Unlock()
			err := do()
			var failed *FailedError
			if !errors.As(err, &failed) || !strings.Contains(err.Error(), "recording that it failed") {
				t.Errorf("error: %T %v", err, err)
			}
			s.mu.Lock()
			s.before = nil
			s.mu.Unlock()
			if err := do(); err != nil {
				t.Errorf("again: %v", err)
			}
			if got := history(t, env, "web"); pendingRevision.MatchString(got) || strings.Count(got, " deployed (") != 1 || !strings.Contains(got, "by a command that died") {
				t.Errorf("history: %s", got)
			}
		})
	}
}

// TestDryRun changes nothing, and the server has checked the objects if it was asked.
func TestDryRun(t *testing.T) {
	s := newServer(t)
	env, ch := s.env(t), testChart(t)
	if _, err := Install(t.Context(), env, "web", ch, nil, InstallOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{DryRunClient, DryRunServer} {
		patched := false
		s.mu.Lock()
		version := s.version
		s.before = func(line string) int {
			if strings.HasPrefix(line, "PATCH ") {
				patched = true
				return http.StatusUnprocessableEntity
			}
			if !strings.HasPrefix(line, "GET ") {
				t.Errorf("%s: %s", mode, line)
			}
			return 0
		}
		s.mu.Unlock()
		apply := Apply{DryRun: mode}
		_, err := Upgrade(t.Context(), env, "web", ch, map[string]any{"size": 2}, UpgradeOptions{Apply: apply})
		var status *kube.StatusError
		if server := mode == DryRunServer; patched != server || errors.As(err, &status) != server {
			t.Errorf("%s: %v, patched: %v", mode, err, patched)
		}
		if mode == DryRunClient {
			if rel, err := Install(t.Context(), Env{Namespace: "here"}, "new", ch, nil, InstallOptions{Apply: apply}); err != nil || rel.Info.Description != "Dry run complete" {
				t.Errorf("install without a cluster: %v", err)
			}
		}
		if s.version != version {
			t.Errorf("%s: something changed", mode)
		}
	}
}
