package deploy

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hchart/hchart/release"
)

// TestDeadHooks checks that the hook which ran when its command died is deleted if its
// policy says so, though what follows runs no hooks, and that the record says it failed.
func TestDeadHooks(t *testing.T) {
	for _, tt := range []struct {
		policy string
		left   bool
	}{
		{"hook-failed", false},
		{"before-hook-creation,hook-failed", false},
		{"hook-succeeded", true}, // it did not succeed
		{"before-hook-creation", true},
	} {
		t.Run(tt.policy, func(t *testing.T) {
			s := newServer(t)
			ch := testChart(t, "only.yaml", fmt.Sprintf(job, "job-only", "pre-upgrade", tt.policy))
			if _, err := Install(t.Context(), s.env(t), "web", ch, nil, InstallOptions{}); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			dead := false
			s.before = func(string) int {
				if dead {
					return http.StatusUnauthorized
				}
				return 0
			}
			s.after = func(line string) int {
				if strings.HasPrefix(line, http.MethodPatch) && strings.HasSuffix(line, "/jobs/job-only") {
					dead = true
					cancel()
				}
				return 0
			}
			env := s.env(t)
			_, err := Upgrade(ctx, env, "web", ch, nil, UpgradeOptions{})
			cancel()
			if err == nil || !dead {
				t.Fatalf("not killed: %v", err)
			}
			s.mu.Lock()
			s.before, s.after = nil, nil
			s.mu.Unlock()
			s.kill()
			if _, err := Upgrade(t.Context(), s.env(t), "web", ch, nil, UpgradeOptions{Apply: Apply{NoHooks: true}}); err != nil {
				t.Fatal(err)
			}
			s.mu.Lock()
			left := false
			for path := range s.objects {
				left = left || strings.HasSuffix(path, "/jobs/job-only")
			}
			s.mu.Unlock()
			if left != tt.left {
				t.Errorf("the hook is there: %v", left)
			}
			rec, err := s.env(t).Store.Get(t.Context(), "web", 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range rec.Release.Hooks {
				if h.Name == "job-only" && h.LastRun.Phase != release.PhaseFailed {
					t.Errorf("the record says of the hook: %q", h.LastRun.Phase)
				}
			}
		})
	}
}
