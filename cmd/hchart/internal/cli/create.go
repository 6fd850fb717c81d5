package cli

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/hchart/hchart/chart"
)

const createLong = `Start a new chart: a directory with the files a chart usually has.

  mychart/
    .helmignore       files that are left out of archives
    Chart.yaml        name, version and dependencies of the chart
    values.yaml       default values, with explanations
    charts/           charts that this one depends on
    templates/        manifests to be rendered, notes and named templates
    templates/tests/  tests of an installed release

NAME may be a path; its last part is the chart's name. Files that are there
already are overwritten, others are left alone.

With --starter the new chart is a copy of another one. In its templates and
values.yaml every <CHARTNAME> becomes the name of the new chart. Starters are
found in the directory "starters" of HELM_DATA_HOME, or at an absolute path.`

// starter is the chart that create writes.
//
//go:embed all:starter
var starter embed.FS

// chartNameMark stands for the chart's name in the files of a starter.
const chartNameMark = "<CHARTNAME>"

// maxChartName is the longest name of a new chart: it becomes part of file names.
const maxChartName = 250

type createOptions struct {
	starter    string
	apiVersion string
}

func newCreateCmd(f *factory) *cobra.Command {
	o := &createOptions{}
	cmd := &cobra.Command{
		Use:   "create NAME",
		Short: "start a new chart",
		Long:  createLong,
		Args:  exactArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return chartAt(0, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args[0]) },
	}
	fs := cmd.Flags()
	fs.StringVarP(&o.starter, "starter", "p", "", "starter chart to copy: its name or absolute path")
	fs.StringVar(&o.apiVersion, "chart-api-version", chart.APIVersionV2, "apiVersion of the chart")
	_ = fs.MarkHidden("chart-api-version")
	completeBy(cmd, "starter", f.completeStarters)
	return cmd
}

func (o *createOptions) run(ctx context.Context, f *factory, name string) error {
	if err := f.print(fmt.Sprintf("Creating %s\n", name)); err != nil {
		return err
	}
	if o.apiVersion != "" && o.apiVersion != chart.APIVersionV2 {
		return fmt.Errorf("unsupported chart API version: %s (supported: v2)", o.apiVersion)
	}
	if o.starter != "" {
		return o.copyStarter(ctx, f, name)
	}
	return createDefault(f, name)
}

// createDefault writes the chart of this package.
func createDefault(f *factory, name string) error {
	chartName := filepath.Base(name)
	if err := checkChartName(chartName); err != nil {
		return err
	}
	parent, err := f.absolute(filepath.Dir(name))
	if err != nil {
		return err
	}
	dir, err := newChartDir(parent, chartName)
	if err != nil {
		return err
	}
	files, err := starterFiles(chartName)
	if err != nil {
		return err
	}
	for _, file := range files {
		target := filepath.Join(dir, filepath.FromSlash(file.Name))
		if _, err := os.Stat(target); err == nil {
			if err := f.print(fmt.Sprintf("WARNING: File %q already exists. Overwriting.\n", target)); err != nil {
				return err
			}
		}
		if err := writeFile(target, file.Data); err != nil {
			return err
		}
	}
	return os.MkdirAll(filepath.Join(dir, "charts"), 0o755)
}

// starterFiles returns the files of the embedded chart for a name, Chart.yaml
// first.
func starterFiles(name string) ([]*chart.File, error) {
	root, err := fs.Sub(starter, "starter")
	if err != nil {
		return nil, err
	}
	var files []*chart.File
	err = fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, p)
		if err != nil {
			return err
		}
		text := name
		if p == "Chart.yaml" {
			// A name such as 123 has to be quoted there.
			quoted, err := yaml.Marshal(name)
			if err != nil {
				return err
			}
			text = strings.TrimSpace(string(quoted))
		}
		files = append(files, &chart.File{Name: p, Data: named(data, text)})
		return nil
	})
	return files, err
}

// named puts the name of a chart into a file of a starter.
func named(data []byte, name string) []byte {
	return []byte(strings.ReplaceAll(string(data), chartNameMark, name))
}

// copyStarter writes a copy of a starter chart.
func (o *createOptions) copyStarter(ctx context.Context, f *factory, name string) error {
	chartName := filepath.Base(name)
	src := o.starter
	if !filepath.IsAbs(src) {
		src = filepath.Join(f.settings.env.dataHome("starters"), src)
	}
	ch, err := f.load(ctx, src, false)
	if err != nil {
		return fmt.Errorf("could not load %s: %w", src, err)
	}
	if err := checkChartName(chartName); err != nil {
		return err
	}
	dir := filepath.Join(f.path(filepath.Dir(name)), chartName)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	files, err := copiedFiles(ch, chartName)
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := writeFile(filepath.Join(dir, filepath.FromSlash(file.Name)), file.Data); err != nil {
			return err
		}
	}
	for _, sub := range ch.Dependencies() {
		if _, err := chart.Save(ctx, sub, filepath.Join(dir, "charts"), chart.WriteOptions{}); err != nil {
			return fmt.Errorf("saving %s: %w", sub.FullPath(), err)
		}
	}
	return nil
}

// copiedFiles returns the files of a copy of ch called name. Chart.yaml is
// written anew: of the starter's nothing is kept.
func copiedFiles(ch *chart.Chart, name string) ([]*chart.File, error) {
	data, err := yaml.Marshal(&chart.Metadata{
		Name:        name,
		Description: "A Helm chart for Kubernetes",
		Type:        "application",
		Version:     "0.1.0",
		AppVersion:  "0.1.0",
		APIVersion:  chart.APIVersionV2,
	})
	if err != nil {
		return nil, err
	}
	files := []*chart.File{{Name: "Chart.yaml", Data: data}}
	for _, file := range ch.Raw {
		if file.Name != "values.yaml" {
			continue
		}
		file = &chart.File{Name: file.Name, Data: named(file.Data, name)}
		if _, err := chart.ReadValues(file.Data); err != nil {
			return nil, fmt.Errorf("transforming values file: %w", err)
		}
		files = append(files, file)
	}
	if ch.Schema != nil {
		files = append(files, &chart.File{Name: "values.schema.json", Data: ch.Schema})
	}
	for _, file := range ch.Templates {
		files = append(files, &chart.File{Name: file.Name, Data: named(file.Data, name)})
	}
	return append(files, ch.Files...), nil
}

// ChartNameError is a name that a new chart cannot have.
type ChartNameError struct{ Name string }

func (e *ChartNameError) Error() string {
	if e.Name == "" || len(e.Name) > maxChartName {
		return fmt.Sprintf("chart name must be between 1 and %d characters", maxChartName)
	}
	return fmt.Sprintf(`chart name must match the regular expression "^[a-zA-Z0-9._-]+$", %q does not`, e.Name)
}

// checkChartName accepts letters, digits, dots, dashes and underscores.
func checkChartName(name string) error {
	if name == "" || name == "." || name == ".." || len(name) > maxChartName {
		return &ChartNameError{Name: name}
	}
	for _, r := range name {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r) {
			return &ChartNameError{Name: name}
		}
	}
	return nil
}

// newChartDir returns the directory for a new chart, whose parent must be there.
func newChartDir(parent, name string) (string, error) {
	info, err := os.Stat(parent)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return "", fmt.Errorf("no such directory %s", parent)
	}
	dir := filepath.Join(parent, name)
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return "", fmt.Errorf("file %s already exists and is not a directory", dir)
	}
	return dir, nil
}

func writeFile(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o644)
}

// completeStarters offers the starters of HELM_DATA_HOME.
func (f *factory) completeStarters(_ *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	entries, err := os.ReadDir(f.settings.env.dataHome("starters"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) {
			names = append(names, path.Base(e.Name()))
		}
	}
	return names, cobra.ShellCompDirectiveDefault
}
