package deploy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hchart/hchart/chart"
)

// TestFailed follows a release through what goes wrong, and what records say of it.
func TestFailed(t *testing.T) {
	s := newServer(t)
	env, ch := s.env(t), testChart(t)
	hook := func(event string) *chart.Chart {
		return testChart(t, "bad.yaml", fmt.Sprintf(job, "bad-hook", event, "hook-failed"))
	}
	why := func(event string) string {
		return event + ` hook Job "bad-hook" (demo/templates/bad.yaml) failed: resource Job/here/bad-hook not ready. status: Failed, message: Job Failed. failed: 0/1`
	}
	steps := []struct {
		name    string
		do      func(ctx context.Context) error
		undone  string
		history []string
	}{
		{"install", func(ctx context.Context) error {
			_, err := Install(ctx, env, "web", hook("pre-install"), nil, InstallOptions{})
			return err
		}, "", []string{`1 failed (Release "web" failed: failed pre-install: ` + why("pre-install") + ")"}},
		{"upgrade goes on from it", func(ctx context.Context) error {
			_, err := Upgrade(ctx, env, "web", ch, nil, UpgradeOptions{})
			return err
		}, "-", []string{`1 superseded (Release "web" failed: failed pre-install: ` + why("pre-install") + ")", "2 deployed (Upgrade complete)"}},
		{"upgrade", func(ctx context.Context) error {
			_, err := Upgrade(ctx, env, "web", hook("post-upgrade"), nil, UpgradeOptions{MaxHistory: 1})
			return err
		}, "", []string{"2 deployed (Upgrade complete)", `3 failed (Upgrade "web" failed: post-upgrade hooks failed: ` + why("post-upgrade") + ")"}},
		{"rolled back", func(ctx context.Context) error {
			_, err := Upgrade(ctx, env, "web", hook("post-upgrade"), nil, UpgradeOptions{RollbackOnFailure: true})
			return err
		}, "rolled back", []string{"2 superseded (Upgrade complete)", "5 deployed (Rollback to 2)"}},
		{"rollback", func(ctx context.Context) error {
			if _, err := Upgrade(ctx, env, "web", hook("pre-rollback"), nil, UpgradeOptions{}); err != nil {
				return err
			}
			_, err := Rollback(ctx, env, "web", RollbackOptions{Revision: 6})
			return err
		}, "", []string{"6 deployed (Upgrade complete)", `7 failed (Rollback "web" failed: ` + why("pre-rollback") + ")"}},
		{"uninstall", func(ctx context.Context) error {
			if _, err := Upgrade(ctx, env, "web", hook("pre-delete"), nil, UpgradeOptions{}); err != nil {
				return err
			}
			_, err := Uninstall(ctx, env, "web", UninstallOptions{})
			return err
		}, "", []string{`8 failed (Uninstallation of "web" failed: ` + why("pre-delete") + ")"}},
		{"uninstall without hooks", func(ctx context.Context) error {
			_, err := Uninstall(ctx, env, "web", UninstallOptions{NoHooks: true})
			return err
		}, "-", nil},
		{"uninstalled", func(ctx context.Context) error {
			_, err := Install(ctx, env, "web", hook("post-install"), nil, InstallOptions{RollbackOnFailure: true})
			return err
		}, "uninstalled", nil},
	}
	for _, st := range steps {
		err := st.do(t.Context())
		var failed *FailedError
		switch {
		case st.undone == "-":
			if err != nil {
				t.Errorf("%s: %v", st.name, err)
			}
		case st.name != "uninstall" && !errors.As(err, &failed) || err == nil:
			t.Errorf("%s: %T %v", st.name, err, err)
		case failed != nil && (failed.Undone != st.undone || failed.UndoErr != nil):
			t.Errorf("%s: undone %q (%v), want %q", st.name, failed.Undone, failed.UndoErr, st.undone)
		}
		got := history(t, env, "web")
		for _, want := range st.history {
			if !strings.Contains(got, want) {
				t.Errorf("%s: history\n%s\nhas no\n%s", st.name, got, want)
			}
		}
		if st.history == nil && got != "" {
			t.Errorf("%s: left %s", st.name, got)
		}
	}
}
