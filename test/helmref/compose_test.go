package helmref

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values"
	"helm.sh/helm/v4/pkg/chart/common/util"
	helm "helm.sh/helm/v4/pkg/chart/v2"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// number reads a number from the environment.
func number(t testing.TB, name string, or int) int {
	s := os.Getenv(name)
	if s == "" {
		return or
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// outcome is what composing makes, in a form that both programs have.
type outcome struct {
	Failed bool
	Values map[string]any
	Shared [][]string // groups of paths which lead to one table
	Charts []node
}

type node struct {
	Path     string
	Values   map[string]any
	Declared []chart.Dependency
}

// TestCompose composes random charts with both programs.
func TestCompose(t *testing.T) {
	testCompose(t, number(t, "HCHART_CASES", 20000), false)
}

// TestComposeTwice composes them as linting does.
func TestComposeTwice(t *testing.T) {
	testCompose(t, number(t, "HCHART_CASES", 20000)/2, true)
}

func testCompose(t *testing.T, n int, twice bool) {
	first := number(t, "HCHART_SEED", 1)
	failed, shaky, fatal, compared := 0, 0, 0, 0
	for seed := first; seed < first+n; seed++ {
		g := generator{rand.New(rand.NewPCG(uint64(seed), 7))}
		s := g.chart("root", 3)
		user := g.user(s)
		got, err := withOurs(t, s, user, twice)
		if _, ok := errors.AsType[*values.ImportError](err); ok {
			fatal++ // and in Helm a stack overflow, which would end the test
			continue
		}
		want := withHelm(s, user, twice)
		if reflect.DeepEqual(got, want) {
			compared++
			if want.Failed {
				failed++
			}
			continue
		}
		if unstable(s, user, want, twice) {
			shaky++
			continue
		}
		t.Errorf("HCHART_SEED=%d: %s (our error: %v)", seed, difference(got, want), err)
		if t.Failed() && seed > first && os.Getenv("HCHART_ALL") == "" {
			break
		}
	}
	t.Logf("%d equal, of them %d errors; left out: %d that Helm does not survive, %d in which it is not deterministic",
		compared, failed, fatal, shaky)
	if compared < n/2 || failed > compared*3/4 {
		t.Errorf("the cases show too little: %d of %d compared, %d of them errors", compared, n, failed)
	}
}

// unstable reports whether Helm makes something else of the case another time.
func unstable(s *spec, user map[string]any, first outcome, twice bool) bool {
	for range 10 {
		if !reflect.DeepEqual(withHelm(s, user, twice), first) {
			return true
		}
	}
	return false
}

func withOurs(t *testing.T, s *spec, user map[string]any, twice bool) (outcome, error) {
	ch, before := s.ours(), s.helm()
	userBefore := deepCopy(user)
	comp, err := values.Compose(context.Background(), ch, user, values.ComposeOptions{Twice: twice})
	if !reflect.DeepEqual(userBefore, deepCopy(user)) || !reflect.DeepEqual(before, s.helm()) {
		t.Error("Compose changed its input")
	}
	if err != nil {
		return outcome{Failed: true}, err
	}
	o := outcome{Values: comp.Values, Shared: shared(values.Copy(comp.Chart, comp.Values))}
	if !reflect.DeepEqual(values.Copy(comp.Chart, comp.Values), comp.Values) {
		t.Error("Copy is not a copy")
	}
	var walk func(*chart.Chart)
	walk = func(c *chart.Chart) {
		n := node{Path: c.FullPath(), Values: c.Values}
		for _, d := range c.Metadata.Dependencies {
			n.Declared = append(n.Declared, *d)
		}
		o.Charts = append(o.Charts, n)
		for _, d := range c.Dependencies() {
			walk(d)
		}
	}
	walk(comp.Chart)
	return o, nil
}

func withHelm(s *spec, user map[string]any, twice bool) (o outcome) {
	defer func() {
		if p := recover(); p != nil {
			o = outcome{Failed: true}
		}
	}()
	ch := s.helm()
	if err := chartutil.ProcessDependencies(ch, user); err != nil {
		return outcome{Failed: true}
	}
	vals, err := util.CoalesceValues(ch, user)
	if err == nil && twice {
		vals, err = util.CoalesceValues(ch, vals)
	}
	if err != nil {
		return outcome{Failed: true}
	}
	o = outcome{Values: vals, Shared: shared(vals)}
	var walk func(*helm.Chart)
	walk = func(c *helm.Chart) {
		n := node{Path: c.ChartFullPath(), Values: c.Values}
		for _, d := range c.Metadata.Dependencies {
			n.Declared = append(n.Declared, chart.Dependency(*d))
		}
		o.Charts = append(o.Charts, n)
		for _, d := range c.Dependencies() {
			walk(d)
		}
	}
	walk(ch)
	return o
}

// shared finds the tables that occur in vals more than once.
func shared(vals map[string]any) [][]string {
	paths := map[uintptr][]string{}
	var walk func(string, any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			id := reflect.ValueOf(v).Pointer()
			paths[id] = append(paths[id], path)
			for k, e := range v {
				walk(path+"."+k, e)
			}
		case []any:
			for i, e := range v {
				walk(fmt.Sprintf("%s[%d]", path, i), e)
			}
		}
	}
	walk("", vals)
	var groups [][]string
	for _, p := range paths {
		if len(p) > 1 {
			slices.Sort(p)
			groups = append(groups, p)
		}
	}
	slices.SortFunc(groups, slices.Compare)
	return groups
}

func difference(got, want outcome) string {
	switch {
	case got.Failed != want.Failed:
		return fmt.Sprintf("failed: ours %v, Helm %v", got.Failed, want.Failed)
	case !reflect.DeepEqual(got.Values, want.Values):
		return fmt.Sprintf("values:\nours %v\nHelm %v", got.Values, want.Values)
	case !reflect.DeepEqual(got.Shared, want.Shared):
		return fmt.Sprintf("shared tables:\nours %v\nHelm %v", got.Shared, want.Shared)
	}
	return fmt.Sprintf("charts:\nours %+v\nHelm %+v", got.Charts, want.Charts)
}
