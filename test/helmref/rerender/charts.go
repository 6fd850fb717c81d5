package rerender

import (
	"os"
	"path/filepath"

	"github.com/hchart/hchart/test/bench/umbrella"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
)

// Chart is a chart that is measured.
type Chart struct{ Name, Dir string }

// List returns the charts that are measured: a fresh starter chart and an
// umbrella, which it writes to dir, and public ones where HCHART_BENCH_CORPUS
// (an unpacked corpus) and HCHART_BENCH_CHARTS (a folder of charts) are given.
func List(dir string) ([]Chart, error) {
	if _, err := chartutil.Create("starter", dir); err != nil {
		return nil, err
	}
	charts := []Chart{{"starter", filepath.Join(dir, "starter")}, {"umbrella-25", filepath.Join(dir, "umbrella-25")}}
	if err := umbrella.Write(charts[1].Dir, 25); err != nil {
		return nil, err
	}
	var public []string
	if corpus := os.Getenv("HCHART_BENCH_CORPUS"); corpus != "" {
		public = append(public, filepath.Join(corpus, "ingress", "ingress-nginx"), filepath.Join(corpus, "argoproj+argo-helm", "argo-cd"))
	}
	if folder := os.Getenv("HCHART_BENCH_CHARTS"); folder != "" {
		public = append(public, filepath.Join(folder, "wordpress"), filepath.Join(folder, "kube-prometheus-stack"))
	}
	for _, path := range public {
		if _, err := os.Stat(filepath.Join(path, "Chart.yaml")); err == nil {
			charts = append(charts, Chart{filepath.Base(path), path})
		}
	}
	return charts, nil
}
