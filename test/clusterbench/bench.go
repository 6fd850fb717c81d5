package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/hchart/hchart/test/player"
)

// changed is how many objects the upgrade with changes changes.
const changed = 5

// bench runs both programs.
type bench struct {
	options
	cluster *player.Cluster
	proxy   *player.Proxy
	dir     string
	players [2]*player.Player // Helm, hchart
	names   []string
	rows    map[string]*row
}

// row is what was measured of one command, of each program.
type row struct {
	requests [2]int
	times    [2][]time.Duration
	peaks    [2][]int64
}

func (b *bench) row(name string) *row {
	if b.rows == nil {
		b.rows = map[string]*row{}
	}
	if b.rows[name] == nil {
		b.rows[name] = &row{}
		b.names = append(b.names, name)
	}
	return b.rows[name]
}

// step is a command of the life that is measured.
type step struct {
	name string
	args []string
}

func (b *bench) steps(chart string) []step {
	return []step{
		{"install", []string{"install", "bench", chart}},
		{"upgrade, nothing changed", []string{"upgrade", "bench", chart}},
		{"upgrade, " + strconv.Itoa(changed) + " changed", []string{"upgrade", "bench", chart, "--set", "changed=" + strconv.Itoa(changed)}},
		{"rollback", []string{"rollback", "bench", "1"}},
		{"uninstall", []string{"uninstall", "bench"}},
	}
}

// commands plays the life of a release with each program in turn. Round 0 counts
// requests, round 1 warms up.
func (b *bench) commands(ctx context.Context) error {
	chart := b.dir + "/chart"
	if err := writeChart(chart); err != nil {
		return err
	}
	var namespaces [2]string
	for i, p := range b.players {
		namespaces[i] = fmt.Sprintf("bench-%s-%d", p.Name, os.Getpid())
		if err := b.cluster.CreateNamespace(ctx, namespaces[i]); err != nil {
			return err
		}
		defer b.remove(namespaces[i])
		if err := b.makeNeighbour(ctx, namespaces[i]); err != nil {
			return err
		}
	}
	for round := range b.pairs + 2 {
		for _, s := range b.steps(chart) {
			for i := range b.players {
				if err := b.measure(ctx, i, round, s, namespaces[i]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// makeNeighbour makes an object of another release: a namespace seldom has only one.
func (b *bench) makeNeighbour(ctx context.Context, namespace string) error {
	return b.cluster.Do(ctx, http.MethodPost, "/api/v1/namespaces/"+namespace+"/configmaps", fmt.Sprintf(`{"apiVersion":"v1","kind":"ConfigMap",
"metadata":{"name":"neighbour","labels":{"app.kubernetes.io/managed-by":"Helm","app":"neighbour"},
"annotations":{"meta.helm.sh/release-name":"neighbour","meta.helm.sh/release-namespace":%q}}}`, namespace), nil)
}

// measure runs a step with one of the programs.
func (b *bench) measure(ctx context.Context, i, round int, s step, namespace string) error {
	p := *b.players[i]
	if round == 0 {
		p.Kubeconfig = b.proxy.Kubeconfig
		b.proxy.Requests()
	}
	res, err := b.runMeasured(ctx, &p, append(s.args, "-n", namespace))
	if err != nil {
		return err
	}
	if res.Exit != 0 {
		return fmt.Errorf("%s", res)
	}
	r := b.row(s.name)
	switch {
	case round == 0:
		r.requests[i] = b.proxy.Requests()
	case round > 1:
		r.times[i] = append(r.times[i], res.Took())
		r.peaks[i] = append(r.peaks[i], res.Peak)
	}
	return nil
}

// remove deletes a namespace, also after an interrupt.
func (b *bench) remove(namespace string) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := b.cluster.DeleteNamespace(ctx, namespace); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// lists measures list in a namespace full of records.
func (b *bench) lists(ctx context.Context) error {
	namespace := fmt.Sprintf("bench-list-%d", os.Getpid())
	if err := b.cluster.CreateNamespace(ctx, namespace); err != nil {
		return err
	}
	defer b.remove(namespace)
	if err := b.writeRecords(ctx, namespace); err != nil {
		return err
	}
	all := strconv.Itoa(b.releases)
	for round := range b.pairs + 2 {
		for _, s := range []step{
			{"list of " + all, []string{"list", "--max", all}},
			{"list -q of " + all, []string{"list", "-q", "--max", all}},
		} {
			for i := range b.players {
				if err := b.measure(ctx, i, round, s, namespace); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// median returns the middle one, of an even number the lower.
func median[T int64 | time.Duration | float64](values []T) T {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return sorted[(len(sorted)-1)/2]
}

// ratios are those of hchart to Helm, pair by pair.
func ratios[T int64 | time.Duration](values [2][]T) []float64 {
	var out []float64
	for i := range min(len(values[0]), len(values[1])) {
		out = append(out, float64(values[1][i])/float64(values[0][i]))
	}
	return out
}
