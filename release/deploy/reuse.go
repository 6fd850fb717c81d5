package deploy

import (
	"context"
	"fmt"
	"maps"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values"
	"github.com/hchart/hchart/release"
)

// values applies the options about the values of the last revision. The chart comes back
// with other defaults if that is what they ask for.
func (up *upgrader) values(ctx context.Context, ch *chart.Chart, vals map[string]any, current *release.Release) (*chart.Chart, map[string]any, error) {
	switch {
	case up.opts.ResetValues:
		return ch, vals, nil
	case up.opts.ReuseValues:
		defaults, err := coalesced(ctx, current)
		if err != nil {
			return nil, nil, fmt.Errorf("failed to rebuild old values: %w", err)
		}
		c := *ch
		c.Values = defaults
		c.SetDependencies(ch.Dependencies()...)
		return &c, overlay(vals, current.Config), nil
	case up.opts.ResetThenReuseValues:
		return ch, overlay(vals, current.Config), nil
	case len(vals) == 0 && len(current.Config) > 0:
		return ch, current.Config, nil
	}
	return ch, vals, nil
}

// coalesced are the values of a revision over the defaults of its chart, which its record
// has with those of its subcharts in them.
func coalesced(ctx context.Context, r *release.Release) (map[string]any, error) {
	if r.Chart == nil || r.Chart.Metadata == nil {
		return r.Config, nil
	}
	meta := *r.Chart.Metadata
	meta.Dependencies = nil
	comp, err := values.Compose(ctx, &chart.Chart{Metadata: &meta, Values: r.Chart.Values}, r.Config, values.ComposeOptions{SkipSchemaValidation: true})
	if err != nil {
		return nil, err
	}
	return comp.Values, nil
}

// AllValues are the values a revision was rendered with: those that the user gave over the
// defaults of its chart.
func AllValues(ctx context.Context, r *release.Release) (map[string]any, error) {
	return coalesced(ctx, r)
}

// overlay puts values over others, table by table. A null over a value takes it away; one
// over nothing stays.
func overlay(over, under map[string]any) map[string]any {
	if under == nil {
		return over
	}
	out := maps.Clone(over)
	if out == nil {
		return under
	}
	for k, v := range under {
		have, ok := out[k]
		switch {
		case !ok:
			out[k] = v
		case have == nil && v != nil:
			delete(out, k)
		default:
			low, isTable := v.(map[string]any)
			high, both := have.(map[string]any)
			if isTable && both {
				out[k] = overlay(high, low)
			}
		}
	}
	return out
}

// mergeLabels puts the user's labels over the last revision's.
func mergeLabels(before, user map[string]string) map[string]string {
	out := map[string]string{}
	maps.Copy(out, before)
	maps.Copy(out, user)
	for k, v := range out {
		if v == "null" {
			delete(out, k)
		}
	}
	return out
}
