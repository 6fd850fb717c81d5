package interop

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/test/cluster"
	"github.com/hchart/hchart/test/player"
)

var (
	cycles = flag.Int("cycles", 12, "how many scripts TestTurns plays")
	seed   = flag.Uint64("seed", 1, "the seed of the first script; the next has the next")
)

// name is the name of each release.
const name = "turns"

// world is a namespace and who plays there.
type world struct {
	cluster   *player.Cluster
	namespace string
	// players by role: "hchart", "helm4", "helm3".
	players map[string]*player.Player
}

// TestTurns plays scripts.
func TestTurns(t *testing.T) {
	running := cluster.Need(t)
	hchart, helm4, helm3 := player.Find(t, running.Kubeconfig)
	c, err := player.Open(running.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	charts, err := writeCharts(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for i := range *cycles {
		seed := *seed + uint64(i)
		t.Run(fmt.Sprintf("seed%d", seed), func(t *testing.T) {
			t.Parallel()
			p := play{
				t: t, rand: rand.New(rand.NewPCG(seed, 0)), charts: charts, dir: t.TempDir(),
				ours:   world{c, running.CreateNamespace(t), map[string]*player.Player{"hchart": hchart, "helm4": helm4, "helm3": helm3}},
				theirs: world{c, running.CreateNamespace(t), map[string]*player.Player{"hchart": helm4, "helm4": helm4, "helm3": helm3}},
			}
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			p.run(ctx)
		})
	}
}

// play is one script as it is played.
type play struct {
	t      *testing.T
	rand   *rand.Rand
	charts []string
	dir    string
	ours   world // with hchart
	theirs world // with Helm in its place

	values int  // how many files of values there are
	failed bool // whether a step failed in both worlds
	log    []string
}

// run plays: an install, some steps, an uninstall.
func (p *play) run(ctx context.Context) {
	var records []*release.Release
	last := 4 + p.rand.IntN(4)
	for i := 0; i <= last; i++ {
		s := p.step(records, i == last)
		p.log = append(p.log, fmt.Sprintf("%d. %s: %s", i+1, s.role, strings.Join(s.args, " ")))
		var ok bool
		if records, ok = p.both(ctx, s); !ok {
			return
		}
		if i == last && len(records) > 0 {
			i-- // only the history was kept, which goes now
		}
		if i < last && !p.says(ctx, records, 2) {
			return
		}
	}
	p.nothingLeft(ctx)
}

// both does a step in both worlds and compares them. It returns the records.
func (p *play) both(ctx context.Context, s step) ([]*release.Release, bool) {
	var ours, theirs state
	var wait sync.WaitGroup
	wait.Go(func() { ours = p.ours.do(ctx, s) })
	wait.Go(func() { theirs = p.theirs.do(ctx, s) })
	wait.Wait()
	for _, st := range []state{ours, theirs} {
		if st.err != nil {
			return nil, p.fail("%v", st.err)
		}
	}
	if (ours.result.Exit == 0) != (theirs.result.Exit == 0) {
		return nil, p.fail("one program failed, the other did not:\n%s\n%s", ours.result, theirs.result)
	}
	if ours.result.Exit != 0 {
		p.failed = true
		p.log = append(p.log, "   "+ours.result.Stderr)
	}
	if s.args[0] == "rollback" && ours.result.Exit != 0 {
		return nil, false // Helm then calls superseded what still is deployed, hchart does not
	}
	if d := player.Diff(theirs.records, ours.records); d != "" {
		return nil, p.fail("the records differ:\n%s\n%s\n%s", ours.result, theirs.result, d)
	}
	if p.failed {
		// Helm forgets what a failed revision applied, hchart does not.
		theirs.objects = theirs.objects.Without(theirs.objects.Without(ours.objects))
	}
	if d := player.Diff(theirs.objects.Text(p.theirs.namespace), ours.objects.Text(p.ours.namespace)); d != "" {
		return nil, p.fail("the objects differ:\n%s\n%s\n%s", ours.result, theirs.result, d)
	}
	return ours.decoded, true
}

// fail reports a mismatch and what was done before. It returns false.
func (p *play) fail(format string, args ...any) bool {
	p.t.Helper()
	p.t.Errorf("%s\n\n(- is with Helm in the place of hchart, + is with hchart)\nthe script:\n%s", fmt.Sprintf(format, args...), strings.Join(p.log, "\n"))
	return false
}

// state is a world after a step.
type state struct {
	result  player.Result
	decoded []*release.Release
	records string
	objects player.Objects
	err     error
}

// do does a step and looks at what is there then.
func (w world) do(ctx context.Context, s step) state {
	var st state
	if st.result, st.err = w.players[s.role].Run(ctx, slices.Concat(s.args, []string{"-n", w.namespace})...); st.err != nil {
		return st
	}
	if st.decoded, st.err = w.cluster.Records(ctx, w.namespace, ""); st.err != nil {
		return st
	}
	st.records = player.RecordsText(withoutCauses(st.decoded), w.namespace)
	st.objects, st.err = w.cluster.Gone(ctx, w.namespace)
	return st
}

// withoutCauses cuts the cause of a failure off the descriptions: each program says it
// in its own words.
func withoutCauses(records []*release.Release) []*release.Release {
	var out []*release.Release
	for _, r := range records {
		r := r.Clone()
		if before, _, ok := strings.Cut(r.Info.Description, " failed: "); ok {
			r.Info.Description = before + " failed"
		}
		out = append(out, r)
	}
	return out
}

// nothingLeft checks that an uninstalled release left no objects.
func (p *play) nothingLeft(ctx context.Context) {
	if p.failed {
		return // both left the same
	}
	for _, w := range []world{p.ours, p.theirs} {
		objects, err := w.cluster.Gone(ctx, w.namespace)
		if err != nil {
			p.fail("%v", err)
		}
		for _, name := range objects.Names() {
			p.fail("%s is left in %s after the uninstall", name, w.namespace)
		}
	}
}
