package hooks_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/hooks"
	"github.com/hchart/hchart/release/manifest"
)

// memory is a cluster whose objects are known by their manifests. It writes down what it
// is asked to do.
type memory struct {
	there map[string]bool
	calls []string
	// broken are the calls that fail: "wait a".
	broken map[string]error
	// onCall is called before each.
	onCall func(call string)
}

func (m *memory) call(verb, manifest string) error {
	c := verb + " " + manifest
	if m.onCall != nil {
		m.onCall(c)
	}
	m.calls = append(m.calls, c)
	return m.broken[c]
}

func (m *memory) Create(ctx context.Context, manifest string, left bool) error {
	if err := errors.Join(ctx.Err(), m.call("create", manifest)); err != nil {
		return err
	}
	if m.there[manifest] && !left {
		return fmt.Errorf("%s already exists", manifest)
	}
	m.there[manifest] = true
	return nil
}

func (m *memory) Delete(_ context.Context, manifest string, wait bool) error {
	verb := "delete"
	if wait {
		verb = "remove"
	}
	if !m.there[manifest] {
		return m.broken[verb+" "+manifest]
	}
	delete(m.there, manifest)
	return m.call(verb, manifest)
}

func (m *memory) Await(_ context.Context, manifest string, _ time.Duration) error {
	return m.call("wait", manifest)
}

func (m *memory) Logs(_ context.Context, manifest string, each func(pod, container, text string)) error {
	each("pod-"+manifest, "c", "hello")
	return m.call("logs", manifest)
}

// parse reads hooks: "Job a 5 pre-install,test hook-succeeded,hook-failed log:hook-failed".
func parse(t *testing.T, lines ...string) []*hooks.Hook {
	t.Helper()
	var all []*hooks.Hook
	for _, line := range lines {
		f := strings.Fields(line)
		h := &hooks.Hook{Kind: f[0], Name: f[1], Manifest: f[1], Path: "chart/templates/" + f[1] + ".yaml", Events: strings.Split(f[3], ",")}
		if _, err := fmt.Sscan(f[2], &h.Weight); err != nil {
			t.Fatal(err)
		}
		for _, rest := range f[4:] {
			if logs, ok := strings.CutPrefix(rest, "log:"); ok {
				h.LogPolicies = strings.Split(logs, ",")
			} else {
				h.DeletePolicies = strings.Split(rest, ",")
			}
		}
		all = append(all, h)
	}
	return all
}

// TestRun checks what is done on the cluster, in its order.
func TestRun(t *testing.T) {
	boom := errors.New("boom")
	for _, tt := range []struct {
		name   string
		hooks  []string
		there  string
		broken string
		opts   hooks.Options
		calls  string
		step   string // of the error
	}{
		{"none", []string{"Job a 0 post-install"}, "", "", hooks.Options{}, "", ""},
		{"by weight, name, and as they come", []string{"Job c 0 pre-install", "Job b 0 pre-install", "Job z -5 pre-install,post-install", "Pod b 0 pre-install"}, "", "", hooks.Options{},
			"create z, wait z, create b, wait b, remove b, create b, wait b, create c, wait c", ""},
		{"left by an earlier run", []string{"Job a 0 pre-install"}, "a", "", hooks.Options{}, "remove a, create a, wait a", ""},
		{"left, with another policy", []string{"Job a 0 pre-install hook-failed"}, "a", "", hooks.Options{}, "create a, wait a", ""},
		{"deleted when all have succeeded, backwards", []string{"Job a 0 pre-install hook-succeeded", "Job b 1 pre-install hook-succeeded", "Job c 2 pre-install hook-failed"}, "", "", hooks.Options{},
			"create a, wait a, create b, wait b, create c, wait c, delete b, delete a", ""},
		{"waits for what it deleted", []string{"Job a 0 pre-install hook-succeeded"}, "", "", hooks.Options{WaitDeleted: true}, "create a, wait a, remove a", ""},
		{"a definition is never deleted", []string{"CustomResourceDefinition a 0 pre-install before-hook-creation,hook-succeeded"}, "a", "", hooks.Options{}, "create a, wait a", ""},
		{"a failure ends it", []string{"Job a 0 pre-install", "Job b 1 pre-install", "Job c 2 pre-install"}, "", "wait b", hooks.Options{}, "create a, wait a, create b, wait b", "wait"},
		{"a failure deletes by policy", []string{"Job a 0 pre-install hook-succeeded", "Job b 1 pre-install hook-succeeded", "Job c 2 pre-install hook-failed,hook-succeeded"}, "", "wait c", hooks.Options{},
			"create a, wait a, create b, wait b, create c, wait c, delete c, delete a, delete b", "wait"},
		{"what was not made is not deleted", []string{"Job a 0 pre-install hook-failed"}, "", "create a", hooks.Options{}, "create a", "create"},
		{"what cannot be deleted is not made", []string{"Job a 0 pre-install"}, "a", "remove a", hooks.Options{}, "remove a", "delete"},
		{"what cannot be deleted afterwards", []string{"Job a 0 pre-install hook-succeeded"}, "", "delete a", hooks.Options{}, "create a, wait a, delete a", "clean"},
		{"logs", []string{"Job a 0 pre-install hook-succeeded log:hook-succeeded", "ConfigMap b 1 pre-install log:hook-succeeded"}, "", "", hooks.Options{}, "create a, wait a, create b, wait b, logs a, delete a", ""},
		{"logs of a failure", []string{"Job a 0 pre-install log:hook-succeeded", "Pod b 1 pre-install hook-failed log:hook-failed"}, "", "wait b", hooks.Options{}, "create a, wait a, create b, wait b, logs b, delete b", "wait"},
		{"no logs of a success for a failure's policy", []string{"Job a 0 pre-install log:hook-failed"}, "", "", hooks.Options{}, "create a, wait a", ""},
		{"logs that cannot be read change nothing", []string{"Job a 0 pre-install log:hook-succeeded"}, "", "logs a", hooks.Options{}, "create a, wait a, logs a", ""},
		{"kept", []string{"Job a 0 pre-install hook-succeeded"}, "", "", hooks.Options{Keep: true}, "create a, wait a", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := &memory{there: map[string]bool{tt.there: true}, broken: map[string]error{tt.broken: boom}}
			tt.opts.Log = func(*hooks.Hook, string, string, string) {}
			err := hooks.Run(t.Context(), m, parse(t, tt.hooks...), manifest.PreInstall, tt.opts)
			if got := strings.Join(m.calls, ", "); got != tt.calls {
				t.Errorf("\n got %s\nwant %s", got, tt.calls)
			}
			var failed *hooks.Error
			switch {
			case tt.step == "" && err != nil:
				t.Error(err)
			case tt.step != "" && (!errors.As(err, &failed) || failed.Step != tt.step || !errors.Is(err, boom)):
				t.Errorf("got %v, want a failure of the step %q", err, tt.step)
			}
		})
	}
}

// TestRecord checks that a hook is recorded as running before anything is done for it,
// and what is recorded of those before it.
func TestRecord(t *testing.T) {
	list := parse(t, "Job a 0 test", "Job b 1 test")
	recorded := ""
	record := func(context.Context) error {
		recorded = fmt.Sprint(list[0].Phase, " ", list[1].Phase)
		return nil
	}
	m := &memory{there: map[string]bool{"a": true}, broken: map[string]error{"wait b": errors.New("boom")}}
	var got []string
	m.onCall = func(call string) { got = append(got, call+": "+recorded) }
	now := time.Unix(1000, 0)
	clock := func() time.Time { now = now.Add(time.Second); return now }
	if err := hooks.Run(t.Context(), m, list, manifest.Test, hooks.Options{Record: record, Now: clock}); err == nil {
		t.Fatal("no error")
	}
	want := []string{"remove a: Running ", "create a: Running ", "wait a: Running ", "create b: Succeeded Running", "wait b: Succeeded Running"}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
	if list[1].Phase != hooks.Failed || !list[1].CompletedAt.After(list[1].StartedAt) || !slices.Equal(list[0].DeletePolicies, []string{hooks.BeforeCreation}) {
		t.Errorf("got %+v and %+v", list[0], list[1])
	}
}

// TestNoRecord checks that nothing is done when that cannot be recorded.
func TestNoRecord(t *testing.T) {
	boom := errors.New("boom")
	m := &memory{there: map[string]bool{}}
	err := hooks.Run(t.Context(), m, parse(t, "Job a 0 test"), manifest.Test, hooks.Options{Record: func(context.Context) error { return boom }})
	if !errors.Is(err, boom) || len(m.calls) > 0 {
		t.Errorf("got %v after %v", err, m.calls)
	}
}

// TestCancel checks that nothing more is done once the context has ended.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m := &memory{there: map[string]bool{}, broken: map[string]error{"wait a": context.Canceled}}
	m.onCall = func(call string) {
		if call == "wait a" {
			cancel()
		}
	}
	err := hooks.Run(ctx, m, parse(t, "Job a 0 test hook-failed", "Job b 1 test"), manifest.Test, hooks.Options{})
	if !errors.Is(err, context.Canceled) || len(m.calls) != 2 {
		t.Errorf("got %v after %v", err, m.calls)
	}
}

// TestClean checks that Run with Keep and Clean do together what Run does alone.
func TestClean(t *testing.T) {
	for _, broken := range []string{"", "wait a", "wait b", "create b", "delete a"} {
		lines := []string{"Job a 0 test hook-succeeded log:hook-succeeded", "Job b 1 test hook-failed log:hook-failed"}
		opts := hooks.Options{Log: func(*hooks.Hook, string, string, string) {}}
		once := &memory{there: map[string]bool{}, broken: map[string]error{broken: errors.New("boom")}}
		wantErr := hooks.Run(t.Context(), once, parse(t, lines...), manifest.Test, opts)

		twice := &memory{there: map[string]bool{}, broken: once.broken}
		list := parse(t, lines...)
		opts.Keep = true
		failure := hooks.Run(t.Context(), twice, list, manifest.Test, opts)
		err := errors.Join(failure, hooks.Clean(t.Context(), twice, list, manifest.Test, failure, opts))
		if !slices.Equal(once.calls, twice.calls) || (err == nil) != (wantErr == nil) {
			t.Errorf("%q:\n got %v, %v\nwant %v, %v", broken, twice.calls, err, once.calls, wantErr)
		}
	}
}

// Example runs the hooks of an installation on a cluster that only remembers.
func Example() {
	cluster := &memory{there: map[string]bool{}}
	list := []*hooks.Hook{
		{Kind: "Job", Name: "migrate", Manifest: "migrate", Events: []string{"pre-install", "pre-upgrade"}, Weight: 1, DeletePolicies: []string{hooks.OnSuccess}},
		{Kind: "ConfigMap", Name: "settings", Manifest: "settings", Events: []string{"pre-install"}},
	}
	err := hooks.Run(context.Background(), cluster, list, manifest.PreInstall, hooks.Options{Timeout: 5 * time.Minute})
	fmt.Println(err)
	fmt.Println(strings.Join(cluster.calls, "\n"))
	// Output:
	// <nil>
	// create settings
	// wait settings
	// create migrate
	// wait migrate
	// delete migrate
}

// refusing is a cluster that refuses to delete a few times.
type refusing struct {
	*memory
	refuse int
}

func (r *refusing) Delete(ctx context.Context, manifest string, wait bool) error {
	if r.refuse > 0 {
		r.refuse--
		return errors.New("busy")
	}
	return r.memory.Delete(ctx, manifest, wait)
}

// TestRefusedDeletion: a hook that has run is deleted though the server refuses it at
// first, and somebody is told if it goes on refusing.
func TestRefusedDeletion(t *testing.T) {
	for _, tt := range []struct {
		policy, broken string
		refuse         int
		left, told     bool
	}{
		{"hook-failed", "wait a", 2, false, false},
		{"hook-failed", "wait a", 3, true, true},
		{"hook-succeeded", "", 2, false, false},
		{"hook-succeeded", "", 3, true, false}, // that is a failure
	} {
		m := &refusing{&memory{there: map[string]bool{}, broken: map[string]error{}}, tt.refuse}
		if tt.broken != "" {
			m.broken[tt.broken] = errors.New("boom")
		}
		told := false
		opts := hooks.Options{Warn: func(*hooks.Hook, error) { told = true }}
		err := hooks.Run(t.Context(), m, parse(t, "Job a 0 pre-install "+tt.policy), manifest.PreInstall, opts)
		if (err != nil) != (tt.broken != "" || tt.left) || m.there["a"] != tt.left || told != tt.told {
			t.Errorf("%s, refused %d times: left %v, told %v, %v", tt.policy, tt.refuse, m.there["a"], told, err)
		}
	}
}
