package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/hchart/hchart/test/bench/umbrella"
)

// benchCase is one command.
type benchCase struct {
	name      string
	args      []string
	subcharts int // of an umbrella that shows how cost grows, else 0
}

// ownChart is a chart that the cases are about, before it is made.
type ownChart struct {
	name      string
	make      func(dir string) error // nil when it is there already
	dir       string
	subcharts int
	noLint    bool // Helm needs minutes
}

// ownCharts are the charts that need nothing but this repository.
func (r *runner) ownCharts(dir string) []ownChart {
	charts := []ownChart{
		{name: "starter", dir: filepath.Join(dir, "starter"), make: func(path string) error {
			_, err := r.output(r.hchart, []string{"create", path})
			return err
		}},
		{name: "small", dir: "testdata/charts/mychart"},
		{name: "middle", dir: "testdata/charts/myapp"},
		{name: "large", dir: filepath.Join(dir, "large"), make: umbrella.WriteLarge},
	}
	for _, n := range []int{25, 50, 100, 200} {
		charts = append(charts, ownChart{
			name: fmt.Sprint("umbrella-", n), dir: filepath.Join(dir, fmt.Sprint("umbrella-", n)), subcharts: n, noLint: n > 100,
			make: func(path string) error { return umbrella.Write(path, n) },
		})
	}
	return charts
}

// publicCharts are those of the corpus that are measured: small and large ones,
// with and without a library, with subcharts, of many and of few templates.
func publicCharts() []string {
	return []string{
		"ingress/ingress-nginx", "bitnami+charts/appsmith", "argoproj+argo-helm/argo-cd", "openstack+openstack-helm/nova",
		"cert/cert-manager", "jenkinsci+helm-charts/jenkins", "prometheus-community+helm-charts/prometheus", "istio/gateway",
	}
}

// cases makes the charts that the wanted cases need, in dir.
func (r *runner) cases(dir string) ([]benchCase, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	cases := r.wanted([]benchCase{{name: "version", args: []string{"version"}}})
	for _, ch := range r.ownCharts(dir) {
		wanted := chartCases(ch.name, ch.dir)
		wanted[0].subcharts = ch.subcharts
		if ch.noLint {
			wanted = wanted[:1]
		}
		wanted = r.wanted(wanted)
		if len(wanted) > 0 && ch.make != nil {
			if err := ch.make(ch.dir); err != nil {
				return nil, err
			}
		}
		cases = append(cases, wanted...)
	}
	for _, name := range publicCharts() {
		if path := filepath.Join(r.corpus, name); r.corpus != "" && isChart(path) {
			cases = append(cases, r.wanted(chartCases(filepath.Base(path), path))...)
		}
	}
	if r.charts != "" {
		further, err := filepath.Glob(filepath.Join(r.charts, "*"))
		if err != nil {
			return nil, err
		}
		for _, path := range further {
			if isChart(path) {
				cases = append(cases, r.wanted(chartCases(filepath.Base(path), path))...)
			}
		}
	}
	// All that render, then all that lint.
	slices.SortStableFunc(cases, func(a, b benchCase) int { return cmp.Compare(order(a), order(b)) })
	return cases, nil
}

func order(c benchCase) int { return slices.Index([]string{"version", "template", "lint"}, c.args[0]) }

func chartCases(name, dir string) []benchCase {
	return []benchCase{
		{name: "template " + name, args: []string{"template", "rel", dir}},
		{name: "lint " + name, args: []string{"lint", dir}},
	}
}

func (r *runner) wanted(cases []benchCase) []benchCase {
	return slices.DeleteFunc(cases, func(c benchCase) bool { return !r.run.MatchString(c.name) })
}

func isChart(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "Chart.yaml"))
	return err == nil
}
