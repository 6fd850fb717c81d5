// Package rerender renders charts that are loaded already, with hchart and with
// Helm as a library: what a controller does all day.
//
// Both load a chart and compose its values once, and render again and again.
// hchart has compiled it into an engine.Program; Helm has no such step and parses
// the templates each time. A render of Helm's writes to the values it is given,
// so it gets a copy of them, made outside of what is timed; hchart makes one
// itself, inside.
package rerender

import (
	"context"
	"fmt"
	"maps"
	"testing"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values"
	"github.com/hchart/hchart/engine"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	helm "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	helmengine "helm.sh/helm/v4/pkg/engine"
)

// Charts are one chart, ready to be rendered by both.
type Charts struct {
	program *engine.Program
	input   engine.Input

	helm   *helm.Chart
	values common.Values
}

// Load reads the chart in dir with both libraries, and composes its defaults.
func Load(dir string) (*Charts, error) {
	c := &Charts{}
	if err := c.loadOurs(dir); err != nil {
		return nil, fmt.Errorf("hchart: %w", err)
	}
	if err := c.loadHelm(dir); err != nil {
		return nil, fmt.Errorf("Helm: %w", err)
	}
	return c, nil
}

func (c *Charts) loadOurs(dir string) error {
	ctx := context.Background()
	ch, err := chart.Load(ctx, dir, chart.LoadOptions{})
	if err != nil {
		return err
	}
	comp, err := values.Compose(ctx, ch, map[string]any{}, values.ComposeOptions{})
	if err != nil {
		return err
	}
	c.input = engine.Input{
		Chart: comp.Chart, Values: comp.Values,
		Release: engine.Release{Name: "rel", Namespace: "default", Revision: 1, IsInstall: true},
	}
	c.program, err = engine.Compile(ch, engine.CompileOptions{})
	return err
}

func (c *Charts) loadHelm(dir string) error {
	var err error
	if c.helm, err = loader.Load(dir); err != nil {
		return err
	}
	user := map[string]any{}
	if err := chartutil.ProcessDependencies(c.helm, user); err != nil {
		return err
	}
	// As a library, Helm assumes an old Kubernetes; as a program, what we assume.
	caps := common.DefaultCapabilities.Copy()
	kube, err := common.ParseKubeVersion(engine.DefaultCapabilities().KubeVersion.Version)
	if err != nil {
		return err
	}
	caps.KubeVersion = *kube
	release := common.ReleaseOptions{Name: "rel", Namespace: "default", Revision: 1, IsInstall: true}
	c.values, err = util.ToRenderValues(c.helm, user, release, caps)
	return err
}

// Ours renders with hchart.
func (c *Charts) Ours() (map[string]string, error) {
	res, err := c.program.Render(context.Background(), c.input)
	if err != nil {
		return nil, err
	}
	return res.Files, nil
}

// Helm renders with Helm; vals are a copy that FreshValues made.
func (c *Charts) Helm(vals common.Values) (map[string]string, error) {
	return helmengine.Render(c.helm, vals)
}

// FreshValues returns the values of a render of Helm's.
func (c *Charts) FreshValues() common.Values {
	vals := maps.Clone(c.values)
	vals["Values"] = deepCopy(vals["Values"])
	return vals
}

func deepCopy(v any) any {
	switch v := v.(type) {
	case common.Values:
		return common.Values(deepCopy(map[string]any(v)).(map[string]any))
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, e := range v {
			m[k] = deepCopy(e)
		}
		return m
	case []any:
		s := make([]any, len(v))
		for i, e := range v {
			s[i] = deepCopy(e)
		}
		return s
	}
	return v
}

// BenchOurs times Ours.
func (c *Charts) BenchOurs(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Ours(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchHelm times Helm, without copying the values.
func (c *Charts) BenchHelm(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		vals := c.FreshValues()
		b.StartTimer()
		if _, err := c.Helm(vals); err != nil {
			b.Fatal(err)
		}
	}
}
