package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/deploy"
	"github.com/hchart/hchart/release/kube"
)

// releaseText is how a release is shown to people.
type releaseText struct {
	release   *release.Release
	debug     bool
	metadata  bool
	hideNotes bool
	resources []kube.Table
}

// String is what Helm prints.
func (t *releaseText) text(ctx context.Context, f *factory) (string, error) {
	var b strings.Builder
	r := t.release
	fmt.Fprintf(&b, "NAME: %s\n", r.Name)
	if !r.Info.LastDeployed.IsZero() {
		fmt.Fprintf(&b, "LAST DEPLOYED: %s\n", r.Info.LastDeployed.Format(time.ANSIC))
	}
	fmt.Fprintf(&b, "NAMESPACE: %s\nSTATUS: %s\nREVISION: %d\n", f.paint(cyan, r.Namespace), f.paintStatus(r.Info.Status), r.Version)
	if t.metadata {
		fmt.Fprintf(&b, "CHART: %s\nVERSION: %s\nAPP_VERSION: %s\n", r.Chart.Metadata.Name, r.Chart.Metadata.Version, r.Chart.Metadata.AppVersion)
	}
	fmt.Fprintf(&b, "DESCRIPTION: %s\n", r.Info.Description)
	t.writeResources(&b)
	t.writeTests(&b)
	if t.debug {
		if err := t.writeValues(ctx, &b); err != nil {
			return "", err
		}
	}
	if strings.EqualFold(r.Info.Description, "Dry run complete") || t.debug {
		b.WriteString("HOOKS:\n")
		for _, h := range r.Hooks {
			fmt.Fprintf(&b, "---\n# Source: %s\n%s\n", h.Path, h.Manifest)
		}
		fmt.Fprintf(&b, "MANIFEST:\n%s\n", r.Manifest)
	}
	if !t.hideNotes && r.Info.Notes != "" {
		fmt.Fprintf(&b, "NOTES:\n%s\n", strings.TrimSpace(r.Info.Notes))
	}
	return b.String(), nil
}

func (t *releaseText) writeResources(b *strings.Builder) {
	if len(t.resources) == 0 {
		return
	}
	b.WriteString("RESOURCES:\n")
	for _, table := range t.resources {
		fmt.Fprintf(b, "==> %s\n%s\n", table.Title, columns(table))
	}
	b.WriteString("\n")
}

// columns lays a table out as kubectl does: three blanks between columns.
func columns(t kube.Table) string {
	widths := make([]int, len(t.Columns))
	var header []string
	for i, c := range t.Columns {
		header = append(header, strings.ToUpper(c))
		widths[i] = textWidth(c)
	}
	for _, row := range t.Rows {
		for i, cell := range row {
			widths[i] = max(widths[i], textWidth(cell))
		}
	}
	var b strings.Builder
	for _, row := range append([][]string{header}, t.Rows...) {
		for i, cell := range row {
			if i == len(row)-1 {
				b.WriteString(cell)
			} else {
				b.WriteString(cell + strings.Repeat(" ", widths[i]-textWidth(cell)+3))
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (t *releaseText) writeTests(b *strings.Builder) {
	none := true
	for _, h := range t.release.Hooks {
		if !h.HasEvent("test") {
			continue
		}
		none = false
		if h.LastRun.StartedAt.IsZero() {
			continue
		}
		fmt.Fprintf(b, "TEST SUITE:     %s\nLast Started:   %s\nLast Completed: %s\nPhase:          %s\n", h.Name,
			h.LastRun.StartedAt.Format(time.ANSIC), h.LastRun.CompletedAt.Format(time.ANSIC), h.LastRun.Phase)
	}
	if none {
		b.WriteString("TEST SUITE: None\n")
	}
}

func (t *releaseText) writeValues(ctx context.Context, b *strings.Builder) error {
	user, err := yaml.Marshal(t.release.Config)
	if err != nil {
		return err
	}
	all, err := deploy.AllValues(ctx, t.release)
	if err != nil {
		return err
	}
	computed, err := yaml.Marshal(all)
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "USER-SUPPLIED VALUES:\n%s\nCOMPUTED VALUES:\n%s\n", user, computed)
	return nil
}

// chartName is a chart as lists show it.
func chartName(c *chart.Chart) string {
	if c == nil || c.Metadata == nil {
		return "MISSING"
	}
	return c.Metadata.Name + "-" + c.Metadata.Version
}

func appVersion(c *chart.Chart) string {
	if c == nil || c.Metadata == nil {
		return "MISSING"
	}
	return c.Metadata.AppVersion
}
