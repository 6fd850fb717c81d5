package interop

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hchart/hchart/test/cluster"
	"github.com/hchart/hchart/test/player"
)

var (
	schedules = flag.Int("schedules", 2, "how often each pair of commands runs in TestRaces")
	baseline  = flag.Bool("baseline", false, "TestRaces only reports how Helm 4 does, as a baseline")
)

// TestRaces starts two commands at nearly the same time.
func TestRaces(t *testing.T) {
	running := cluster.Need(t)
	program, helm4, _ := player.Find(t, running.Kubeconfig)
	if *baseline {
		program = helm4
	}
	c, err := player.Open(running.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	slow, err := c.NewProxy(t.TempDir(), func(r *http.Request) { time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond) })
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	var sum tally
	t.Run("pairs", func(t *testing.T) {
		verbs := []string{"install", "upgrade", "rollback", "uninstall"}
		for _, first := range verbs {
			for _, second := range verbs {
				t.Run(first+"-"+second, func(t *testing.T) {
					t.Parallel()
					r := racer{cluster: c, namespace: running.CreateNamespace(t), program: *program, slow: slow.Kubeconfig, rand: rand.New(rand.NewPCG(*seed, 1))}
					for i := range *schedules {
						ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
						found := r.race(ctx, i, first, second)
						cancel()
						sum.add(first+"-"+second, found)
						if found.violations != nil && !*baseline {
							t.Errorf("schedule %d (seed %d):\n%s\n%s", i, *seed, strings.Join(found.violations, "\n"), &found)
						}
					}
				})
			}
		}
	})
	t.Logf("%s\n%s", program.Name, sum.table())
}

// racer runs the races of one pair in one namespace, each on a release of its own.
type racer struct {
	cluster   *player.Cluster
	namespace string
	program   player.Player
	slow      string // kubeconfig of the proxy that delays
	rand      *rand.Rand
}

// outcome is how a race ended.
type outcome struct {
	release    string
	present    bool // whether the release was there before
	offset     time.Duration
	results    [2]player.Result
	verbs      [2]string
	violations []string
}

// violate adds a violation.
func (o *outcome) violate(format string, args ...any) {
	o.violations = append(o.violations, fmt.Sprintf(format, args...))
}

func (o *outcome) String() string {
	return fmt.Sprintf("release %s, there before: %t; the second started %v after the first\n%s\n%s", o.release, o.present, o.offset, o.results[0], o.results[1])
}

// race runs one schedule: both commands with an offset, in every other schedule through
// a proxy that delays each request. Where install is one of the two, the release is
// there before in every other one.
func (r *racer) race(ctx context.Context, i int, first, second string) outcome {
	o := outcome{release: fmt.Sprintf("s%d", i), verbs: [2]string{first, second}}
	o.present = first != "install" && second != "install" || i%2 == 1 && first != second
	program := r.program
	if o.present {
		for _, args := range [][]string{r.args("install", o.release, "before1"), r.args("upgrade", o.release, "before2")} {
			if res, err := program.Run(ctx, args...); err != nil || res.Exit != 0 {
				o.violate("before the race: %s %v", res, err)
				return o
			}
		}
	}
	if i/2%2 == 1 {
		program.Kubeconfig = r.slow
	}
	o.offset = time.Duration(r.rand.IntN(400)) * time.Millisecond
	var wait sync.WaitGroup
	for n, verb := range o.verbs {
		wait.Go(func() {
			time.Sleep(time.Duration(n) * o.offset)
			res, err := program.Run(ctx, r.args(verb, o.release, marker(n))...)
			if err != nil {
				res.Exit, res.Stderr = -2, err.Error()
			}
			o.results[n] = res
		})
	}
	wait.Wait()
	if err := r.judge(ctx, &o); err != nil {
		o.violate("%v", err)
	}
	return o
}

// marker is the image that a command installs.
func marker(n int) string { return fmt.Sprintf("by%d", n) }

func (r *racer) args(verb, release, image string) []string {
	args := []string{verb, release}
	switch verb {
	case "install", "upgrade":
		configs := "configs={a,b}"
		if image == marker(1) {
			configs = "configs={b,c}"
		}
		args = append(args, "testdata/turns", "--set", "image="+image, "--set", configs, "--set", "hook=configmap")
	case "rollback":
		args = append(args, "1")
	}
	return append(args, "-n", r.namespace)
}

// tally counts outcomes by pair.
type tally struct {
	mu   sync.Mutex
	rows map[string]*row
	keys []string
}

type row struct{ races, both, violated int }

func (s *tally) add(pair string, o outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rows[pair] == nil {
		if s.rows == nil {
			s.rows = map[string]*row{}
		}
		s.rows[pair] = &row{}
		s.keys = append(s.keys, pair)
	}
	r := s.rows[pair]
	r.races++
	if o.results[0].Exit == 0 && o.results[1].Exit == 0 {
		r.both++
	}
	if o.violations != nil {
		r.violated++
		if *baseline {
			fmt.Fprintf(os.Stderr, "%s\n%s\n\n", strings.Join(o.violations, "\n"), &o)
		}
	}
}

func (s *tally) table() string {
	var b strings.Builder
	b.WriteString("| pair | races | both succeeded | violations |\n|---|---|---|---|\n")
	var all row
	for _, key := range s.keys {
		r := s.rows[key]
		fmt.Fprintf(&b, "| %s | %d | %d | %d |\n", key, r.races, r.both, r.violated)
		all.races, all.both, all.violated = all.races+r.races, all.both+r.both, all.violated+r.violated
	}
	fmt.Fprintf(&b, "| all | %d | %d | %d |\n", all.races, all.both, all.violated)
	return b.String()
}
