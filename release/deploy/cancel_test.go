package deploy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestCancel cancels each command at each of its requests. It is to end with the
// context's error, or as it would have, to write nothing after it has
// returned, and to leave no revision pending without a lease that says so.
func TestCancel(t *testing.T) {
	for _, cmd := range commands(t) {
		t.Run(cmd.name, func(t *testing.T) {
			t.Parallel()
			for k := 1; cmd.cancelled(t, k); k++ {
			}
		})
	}
}

// cancelled cancels the command at its k-th request. It reports false when it has fewer.
func (cmd *command) cancelled(t *testing.T, k int) bool {
	s := newServer(t)
	env := cmd.begin(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n, where := 0, ""
	s.mu.Lock()
	s.before = func(line string) int {
		if n++; n == k {
			where = fmt.Sprintf("cancelled at request %d, %s", k, line)
			cancel()
		}
		return 0
	}
	s.mu.Unlock()
	err := cmd.run(ctx, env)
	s.mu.Lock()
	sent := len(s.requests)
	s.mu.Unlock()
	if where == "" {
		return false
	}
	var failed *FailedError
	if err != nil && !errors.Is(err, context.Canceled) && !errors.As(err, &failed) {
		t.Errorf("%s: %T %v", where, err, err)
	}
	time.Sleep(5 * time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	// A request that was given up may reach the server after that, never a new one.
	for _, line := range s.requests[sent:] {
		if !strings.HasPrefix(line, "GET") && !strings.HasPrefix(line, "DELETE") {
			t.Errorf("%s: afterwards %s", where, line)
		}
	}
	leased := false
	for path := range s.objects {
		leased = leased || strings.Contains(path, "/leases/")
	}
	for _, r := range records(s) {
		if r.Info.Status.IsPending() && !leased {
			t.Errorf("%s: revision %d is left %s", where, r.Version, r.Info.Status)
		}
	}
	return true
}
