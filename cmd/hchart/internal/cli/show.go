package cli

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/cmd/hchart/internal/jsonpath"
)

// showSection is a part of what a chart says of itself.
type showSection string

// The sections, by the names of the subcommands.
const (
	showAll    showSection = "all"
	showChart  showSection = "chart"
	showCRDs   showSection = "crds"
	showReadme showSection = "readme"
	showValues showSection = "values"
)

// has reports whether output of s contains the section part.
func (s showSection) has(part showSection) bool { return s == part || s == showAll }

type showOptions struct {
	section      showSection
	chart        chartFlags
	jsonPath     string
	outsideLinks bool
}

func newShowCmd(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "show",
		Aliases: []string{"inspect"},
		Short:   "show what a chart says of itself",
		Long:    "Show what a chart says of itself: its metadata, default values, README and custom\nresource definitions.",
		Args:    noArgs,
	}
	for _, sub := range []struct {
		section     showSection
		short, long string
	}{
		{showAll, "show everything", "Show Chart.yaml, values.yaml, the README and the custom resource definitions."},
		{showChart, "show the metadata", "Show Chart.yaml, as it is understood: known fields only, in a fixed order."},
		{showCRDs, "show the custom resource definitions", "Show the custom resource definitions, the files of crds/ of the chart and its\nsubcharts."},
		{showReadme, "show the README", "Show the README file."},
		{showValues, "show the default values", "Show values.yaml as its author wrote it, or with --jsonpath parts of it."},
	} {
		cmd.AddCommand(newShowSectionCmd(f, sub.section, sub.short, sub.long))
	}
	return cmd
}

func newShowSectionCmd(f *factory, section showSection, short, long string) *cobra.Command {
	o := &showOptions{section: section}
	cmd := &cobra.Command{
		Use:   string(section) + " [CHART]",
		Short: short,
		Long:  long + "\n\nCHART is the path of a directory or of an archive, REPOSITORY/NAME, the URL of an\narchive, or oci://HOST/PATH/NAME.",
		Args:  exactArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			return f.chartArg(0, args, prefix)
		},
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args[0]) },
	}
	fs := cmd.Flags()
	o.chart.add(fs, f.settings.env)
	if section == showValues {
		fs.StringVar(&o.jsonPath, "jsonpath", "", "JSONPath template that selects values, such as '{.image.tag}'")
	}
	addOutsideLinks(fs, &o.outsideLinks)
	f.completeVersions(cmd, first)
	return cmd
}

func (o *showOptions) run(ctx context.Context, f *factory, ref string) error {
	path, err := f.locate(ctx, ref, &o.chart, false)
	if err != nil {
		return err
	}
	ch, err := f.load(ctx, path, o.outsideLinks)
	if err != nil {
		return err
	}
	text, err := o.text(f, ch)
	if err != nil {
		return err
	}
	return f.print(text)
}

// text returns the sections, each but the first behind a separator.
func (o *showOptions) text(f *factory, ch *chart.Chart) (string, error) {
	var b strings.Builder
	if o.section.has(showChart) {
		data, err := yaml.Marshal(ch.Metadata)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%s\n", data)
	}
	if o.section.has(showValues) && ch.Values != nil {
		o.separator(&b)
		if err := o.writeValues(f, &b, ch); err != nil {
			return "", err
		}
	}
	if readme := findReadme(ch); o.section.has(showReadme) && readme != nil {
		o.separator(&b)
		fmt.Fprintf(&b, "%s\n", readme.Data)
	}
	if o.section.has(showCRDs) {
		for _, crd := range ch.CRDs() {
			if !bytes.HasPrefix(crd.File.Data, []byte("---")) {
				b.WriteString("---\n")
			}
			fmt.Fprintf(&b, "%s\n", crd.File.Data)
		}
	}
	return b.String(), nil
}

// separator separates sections where there are several.
func (o *showOptions) separator(b *strings.Builder) {
	if o.section == showAll {
		b.WriteString("---\n")
	}
}

func (o *showOptions) writeValues(f *factory, b *strings.Builder, ch *chart.Chart) error {
	if o.jsonPath != "" {
		return o.writeJSONPath(f, b, ch.Values)
	}
	for _, file := range ch.Raw {
		if file.Name == "values.yaml" {
			fmt.Fprintf(b, "%s\n", file.Data)
		}
	}
	return nil
}

// findReadme returns the first file that is a README by its name, in any case.
func findReadme(ch *chart.Chart) *chart.File {
	for _, file := range ch.Files {
		switch strings.ToLower(file.Name) {
		case "readme.md", "readme.txt", "readme":
			return file
		}
	}
	return nil
}

// writeJSONPath writes what a JSONPath template prints of the values. A template
// that fails prints nothing, which is no error of the command in Helm either.
func (o *showOptions) writeJSONPath(f *factory, b *strings.Builder, vals map[string]any) error {
	t, err := jsonpath.Parse(o.jsonPath)
	if err != nil {
		return err
	}
	text, err := t.Execute(vals)
	if err != nil {
		f.logger().Warn("jsonpath printed nothing", "error", err)
	}
	b.WriteString(text)
	return nil
}
