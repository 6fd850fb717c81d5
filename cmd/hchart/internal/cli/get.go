package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/deploy"
)

const getLong = `Show what the record of a release holds: the values given by the user, the manifest,
the hooks, the notes, what its chart says of itself, or all of it.`

func newGetCmd(f *factory) *cobra.Command {
	cmd := &cobra.Command{Use: "get", Short: "show what the record of a release holds", Long: getLong, Args: noArgs}
	cmd.AddCommand(newGetAllCmd(f), newGetHooksCmd(f), newGetManifestCmd(f), newGetMetadataCmd(f), newGetNotesCmd(f), newGetValuesCmd(f))
	return cmd
}

// newGetPartCmd makes a command that prints a part of a record.
func newGetPartCmd(f *factory, name, short, long string, run func(ctx context.Context, cmd *cobra.Command, rel *release.Release) error) *cobra.Command {
	revision := 0
	cmd := &cobra.Command{
		Use:               name + " RELEASE",
		Short:             short,
		Long:              long,
		Args:              exactArgs(1),
		ValidArgsFunction: f.completeReleases(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			rel, err := f.last(cmd.Context(), args[0], revision)
			if err != nil {
				return err
			}
			return run(cmd.Context(), cmd, rel)
		},
	}
	cmd.Flags().IntVar(&revision, "revision", 0, "revision to show, the last one if it is 0")
	completeBy(cmd, "revision", f.completeRevisions)
	return cmd
}

func newGetAllCmd(f *factory) *cobra.Command {
	text := ""
	cmd := newGetPartCmd(f, "all", "show everything", "Show everything that the record of a release holds.",
		func(ctx context.Context, _ *cobra.Command, rel *release.Release) error {
			if text != "" {
				return executeReleaseTemplate(f, text, rel)
			}
			t := &releaseText{release: rel, debug: true, metadata: true}
			out, err := t.text(ctx, f)
			if err != nil {
				return err
			}
			return f.print(out)
		})
	cmd.Flags().StringVar(&text, "template", "", "Go template for the output: {{.Release.Name}}")
	return cmd
}

func executeReleaseTemplate(f *factory, text string, rel *release.Release) error {
	t, err := template.New("_").Parse(text)
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := t.Execute(&b, map[string]any{"Release": rel}); err != nil {
		return err
	}
	return f.print(b.String())
}

func newGetHooksCmd(f *factory) *cobra.Command {
	return newGetPartCmd(f, "hooks", "show the hooks", "Show the hooks of a release as YAML documents.",
		func(_ context.Context, _ *cobra.Command, rel *release.Release) error {
			var b strings.Builder
			for _, h := range rel.Hooks {
				fmt.Fprintf(&b, "---\n# Source: %s\n%s\n", h.Path, h.Manifest)
			}
			return f.print(b.String())
		})
}

func newGetManifestCmd(f *factory) *cobra.Command {
	return newGetPartCmd(f, "manifest", "show the manifest", "Show the manifest of a release: what was rendered, without the hooks.",
		func(_ context.Context, _ *cobra.Command, rel *release.Release) error {
			return f.print(rel.Manifest + "\n")
		})
}

func newGetNotesCmd(f *factory) *cobra.Command {
	return newGetPartCmd(f, "notes", "show the notes", "Show the notes of a release.",
		func(_ context.Context, _ *cobra.Command, rel *release.Release) error {
			if rel.Info.Notes == "" {
				return nil
			}
			return f.print("NOTES:\n" + rel.Info.Notes + "\n")
		})
}

func newGetValuesCmd(f *factory) *cobra.Command {
	output, all := outputFlag{}, false
	cmd := newGetPartCmd(f, "values", "show the values", "Show the values that the user gave, or with --all those that templates saw.",
		func(ctx context.Context, _ *cobra.Command, rel *release.Release) error {
			vals, title := rel.Config, "USER-SUPPLIED VALUES:\n"
			if all {
				var err error
				if vals, err = deploy.AllValues(ctx, rel); err != nil {
					return err
				}
				title = "COMPUTED VALUES:\n"
			}
			return output.write(f, vals, func() (string, error) {
				text, err := yaml.Marshal(vals)
				return title + string(text), err
			})
		})
	cmd.Flags().BoolVarP(&all, "all", "a", false, "show all values, defaults included")
	output.add(cmd)
	return cmd
}

// releaseMetadata is what Helm's JSON has of a release.
type releaseMetadata struct {
	Name         string              `json:"name"`
	Chart        string              `json:"chart"`
	Version      string              `json:"version"`
	AppVersion   string              `json:"appVersion"`
	Annotations  map[string]string   `json:"annotations,omitempty"`
	Labels       map[string]string   `json:"labels,omitempty"`
	Dependencies []*chart.Dependency `json:"dependencies,omitempty"`
	Namespace    string              `json:"namespace"`
	Revision     int                 `json:"revision"`
	Status       string              `json:"status"`
	DeployedAt   string              `json:"deployedAt"`
	ApplyMethod  string              `json:"applyMethod,omitempty"`
}

func newGetMetadataCmd(f *factory) *cobra.Command {
	output := outputFlag{}
	cmd := newGetPartCmd(f, "metadata", "show what is known of a release", "Show name, chart, revision, status and the like of a release.",
		func(_ context.Context, _ *cobra.Command, rel *release.Release) error {
			m := metadataOf(rel)
			return output.write(f, m, func() (string, error) { return m.table(), nil })
		})
	output.add(cmd)
	return cmd
}

func metadataOf(rel *release.Release) *releaseMetadata {
	m := &releaseMetadata{
		Name: rel.Name, Labels: rel.Labels, Namespace: rel.Namespace, Revision: rel.Version,
		Status: string(rel.Info.Status), DeployedAt: rel.Info.LastDeployed.Format(time.RFC3339), ApplyMethod: rel.ApplyMethod,
	}
	if rel.Chart != nil && rel.Chart.Metadata != nil {
		meta := rel.Chart.Metadata
		m.Chart, m.Version, m.AppVersion = meta.Name, meta.Version, meta.AppVersion
		m.Annotations, m.Dependencies = meta.Annotations, meta.Dependencies
	}
	return m
}

func (m *releaseMetadata) table() string {
	var deps []string
	for _, d := range m.Dependencies {
		deps = append(deps, d.Name)
	}
	slices.Sort(deps)
	method := fmt.Sprintf("unknown (%q)", m.ApplyMethod)
	switch m.ApplyMethod {
	case "":
		method = "client-side apply (defaulted)"
	case release.ClientSide:
		method = "client-side apply"
	case release.ServerSide:
		method = "server-side apply"
	}
	return fmt.Sprintf("NAME: %s\nCHART: %s\nVERSION: %s\nAPP_VERSION: %s\nANNOTATIONS: %s\nLABELS: %s\nDEPENDENCIES: %s\nNAMESPACE: %s\nREVISION: %d\nSTATUS: %s\nDEPLOYED_AT: %s\nAPPLY_METHOD: %s\n",
		m.Name, m.Chart, m.Version, m.AppVersion, pairs(m.Annotations), pairs(m.Labels), strings.Join(deps, ","),
		m.Namespace, m.Revision, m.Status, m.DeployedAt, method)
}

// pairs writes labels as key=value, sorted.
func pairs(labels map[string]string) string {
	var all []string
	for k, v := range labels {
		all = append(all, k+"="+v)
	}
	slices.Sort(all)
	return strings.Join(all, ",")
}
