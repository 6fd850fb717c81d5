package kube

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const leasePath = "/apis/coordination.k8s.io/v1/namespaces/n/leases/hchart.web"

// heldLease is the object of another holder.
func heldLease(holder string, seconds int) map[string]any {
	return map[string]any{
		"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
		"metadata": map[string]any{"name": "hchart.web", "annotations": map[string]any{operation: "upgrade"}},
		"spec":     map[string]any{"holderIdentity": holder, "leaseDurationSeconds": seconds, "acquireTime": "2026-01-02T03:04:05.000000Z"},
	}
}

// dead is the identity of a process that has ended, elsewhere one on another host.
func dead() string      { return fmt.Sprintf("h_%s_%d_1_ab", machine(), os.Getpid()) }
func elsewhere() string { return "other_0123-4_7_8_ab" }

func TestLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore()
		l, err := memoryClient(t, s).AcquireLease(t.Context(), "n", "web", LeaseOptions{Operation: "install"})
		if err != nil {
			t.Fatal(err)
		}
		if _, stolen := l.Stolen(); stolen || l.Denied() != nil {
			t.Error("a new lease was stolen or denied")
		}
		var held *HeldError
		if _, err := memoryClient(t, s).AcquireLease(t.Context(), "n", "web", LeaseOptions{}); !errors.As(err, &held) || held.Operation != "install" || held.Name != "web" {
			t.Errorf("the second: %v", err)
		}
		time.Sleep(time.Minute)
		if err := l.Check(t.Context()); err != nil {
			t.Errorf("after a minute: %v", err)
		}
		s.mu.Lock() // it may just be renewed
		if n := len(s.requests); n < 12 || n > 20 {
			t.Errorf("%d requests in a minute: %q", n, s.requests)
		}
		s.mu.Unlock()
		if err := l.Release(t.Context()); err != nil || len(s.objects) != 0 {
			t.Errorf("release: %v, left %v", err, s.objects)
		}
	})
}

func TestTakeOver(t *testing.T) {
	if machine() == "" {
		t.Skip("processes cannot be told apart on this system")
	}
	for _, tt := range []struct {
		name   string
		holder string
		renews bool
		taken  bool
		waits  time.Duration
	}{
		{"nobody's", "", false, true, 0},
		{"of a dead process", dead(), false, true, 0},
		{"of a living process", identity(), false, false, 0},
		{"of another host, not renewed", elsewhere(), false, true, 20 * time.Second},
		{"of another host, renewed", elsewhere(), true, false, 3 * time.Second},
		{"of another program", "kubectl", false, true, 20 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStore()
				s.put(leasePath, heldLease(tt.holder, 20), "u")
				if tt.renews {
					go func() {
						time.Sleep(2500 * time.Millisecond)
						s.mu.Lock()
						defer s.mu.Unlock()
						s.put(leasePath, heldLease(tt.holder, 20), "u")
					}()
				}
				start, waited := time.Now(), false
				l, err := memoryClient(t, s).AcquireLease(t.Context(), "n", "web", LeaseOptions{Waiting: func(string) { waited = true }})
				if took := time.Since(start); took < tt.waits || took > tt.waits+2*time.Second || waited != (tt.waits > 0) {
					t.Errorf("it took %v, waited %v", took, waited)
				}
				var held *HeldError
				switch {
				case tt.taken && err != nil, !tt.taken && (!errors.As(err, &held) || held.Operation != "upgrade" || held.Since.Year() != 2026):
					t.Fatalf("error %v", err)
				case !tt.taken:
					if strings.Contains(err.Error(), "_") || !slices.Equal(slices.Compact(methods(s)), []string{"POST", "GET"}) {
						t.Errorf("error %v after %q", err, s.requests)
					}
					return
				}
				if d, ok := l.Stolen(); !ok || d.Operation != "upgrade" || d.Since.Format(time.DateOnly) != "2026-01-02" {
					t.Errorf("stolen: %v %v", d, ok)
				}
				if since := lookup(s.objects[leasePath], "metadata", "annotations", undoneSince); since != "2026-01-02T03:04:05.000000Z" {
					t.Errorf("undone since: %v", since)
				}
				if err := l.Release(t.Context()); err != nil || len(s.objects) > 0 {
					t.Errorf("release: %v, left %v", err, s.objects)
				}
			})
		})
	}
}

func methods(s *store) []string {
	var m []string
	for _, r := range s.requests {
		method, _, _ := strings.Cut(r, " ")
		m = append(m, method)
	}
	return m
}

// TestLostLease: whose lease was taken, or cannot be renewed, learns of it well before
// thirty seconds have passed.
func TestLostLease(t *testing.T) {
	for _, tt := range []struct {
		name   string
		happen func(s *store)
	}{
		{"taken by another", func(s *store) { s.put(leasePath, heldLease(elsewhere(), 30), "u") }},
		{"deleted", func(s *store) { delete(s.objects, leasePath) }},
		{"not renewed", func(s *store) {
			s.before = func(w http.ResponseWriter, _ *http.Request) bool { fail(w, 500, "Internal"); return true }
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStore()
				l, err := memoryClient(t, s).AcquireLease(t.Context(), "n", "web", LeaseOptions{})
				if err != nil {
					t.Fatal(err)
				}
				s.mu.Lock()
				tt.happen(s)
				s.mu.Unlock()
				start := time.Now()
				<-l.Lost()
				if took := time.Since(start); took > leaseDuration-leaseRenewal {
					t.Errorf("noticed after %v", took)
				}
				var lost *LostError
				if err := l.Check(t.Context()); !errors.As(err, &lost) {
					t.Errorf("check: %v", err)
				}
				before := len(s.objects)
				if err := l.Release(t.Context()); err != nil || len(s.objects) != before {
					t.Errorf("release: %v, %v", err, s.objects)
				}
			})
		})
	}
}

// TestLeaseAnswersLost: a request may be carried out and its answer go missing, each in
// turn. The lease is had and given back all the same, and nothing of it is left.
func TestLeaseAnswersLost(t *testing.T) {
	for lose := range 9 {
		for _, stolen := range []bool{false, true} {
			t.Run(fmt.Sprint(lose, stolen), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s, n := newStore(), 0
					if stolen {
						s.put(leasePath, heldLease(dead(), 30), "u")
					}
					s.after = func(r *http.Request) bool { n++; return n == lose+1 && r.Method != http.MethodGet }
					l, err := memoryClient(t, s).AcquireLease(t.Context(), "n", "web", LeaseOptions{})
					if err != nil {
						t.Fatal(err)
					}
					if _, ok := l.Stolen(); ok != stolen {
						t.Errorf("stolen: %v", ok)
					}
					time.Sleep(12 * time.Second)
					if err := l.Check(t.Context()); err != nil {
						t.Error(err)
					}
					if err := l.Release(t.Context()); err != nil || len(s.objects) > 0 {
						t.Errorf("release: %v, left %v", err, s.objects)
					}
				})
			})
		}
	}
}

// TestLeaseAbandoned: the next one learns that the work was not ended.
func TestLeaseAbandoned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore()
		l, err := memoryClient(t, s).AcquireLease(t.Context(), "n", "web", LeaseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		l.Abandon(t.Context())
		if len(s.objects) != 1 {
			t.Errorf("left %v", s.objects)
		}
	})
}

func TestLeaseDenied(t *testing.T) {
	s := newStore()
	s.before = func(w http.ResponseWriter, _ *http.Request) bool { fail(w, 403, "Forbidden"); return true }
	l, err := memoryClient(t, s).AcquireLease(t.Context(), "n", "web", LeaseOptions{})
	if err != nil || !IsForbidden(l.Denied()) {
		t.Fatalf("%v", err)
	}
	if err := errors.Join(l.Check(t.Context()), l.Release(t.Context())); err != nil {
		t.Error(err)
	}
	l.Abandon(t.Context())
	select {
	case <-l.Lost():
		t.Error("lost")
	default:
	}
}

// TestLeaseCancelled: one that was asked for and is not wanted any more is not left.
func TestLeaseCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore()
		ctx, cancel := context.WithCancel(t.Context())
		s.after = func(r *http.Request) bool { cancel(); return r.Method == http.MethodPost }
		_, err := memoryClient(t, s).AcquireLease(ctx, "n", "web", LeaseOptions{})
		if !errors.Is(err, context.Canceled) || len(s.objects) > 0 {
			t.Errorf("%v, left %v", err, s.objects)
		}
	})
}

func TestIdentity(t *testing.T) {
	if machine() == "" {
		t.Skip("processes cannot be told apart on this system")
	}
	for _, tt := range []struct {
		identity     string
		alive, known bool
	}{
		{identity(), true, true},
		{dead(), false, true},
		{elsewhere(), false, false},
		{"", false, false},
		{"a_b_c_d_e", false, false},
		{"h_" + machine() + "_x_1_ab", false, false},
		{"h_" + machine() + "_1__ab", false, false},
	} {
		if alive, known := isAlive(tt.identity); alive != tt.alive || known != tt.known {
			t.Errorf("%s: alive %v, known %v", tt.identity, alive, known)
		}
	}
	if a, b := identity(), identity(); a == b {
		t.Error("two leases of one process have one identity")
	}
}
