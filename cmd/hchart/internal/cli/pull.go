package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/provenance"
)

const pullLong = `Download charts, to look into them, to change them or to pack them anew.

  hchart pull bitnami/nginx                      the newest version, into this directory
  hchart pull bitnami/nginx --version ^18 -d /tmp
  hchart pull nginx --repo https://charts.bitnami.com/bitnami
  hchart pull https://example.com/nginx-18.1.0.tgz
  hchart pull oci://registry-1.docker.io/bitnamicharts/nginx --untar

With --verify a chart is not kept unless its signature holds. With --untar the archive is
unpacked into a directory of the chart's name, which must not be there yet.`

type pullOptions struct {
	chart    chartFlags
	untar    bool
	untarDir string
	prov     bool
	dest     string
}

func newPullCmd(f *factory) *cobra.Command {
	o := &pullOptions{}
	cmd := &cobra.Command{
		Use:     "pull [CHART] [...]",
		Aliases: []string{"fetch"},
		Short:   "download charts",
		Long:    pullLong,
		Args:    minimumArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return f.completeCharts(prefix, false)
		},
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args) },
	}
	fs := cmd.Flags()
	fs.BoolVar(&o.untar, "untar", false, "unpack the chart")
	fs.StringVar(&o.untarDir, "untardir", ".", "with --untar, directory to unpack the chart in, below that of --destination")
	fs.BoolVar(&o.prov, "prov", false, "get the signature, too, without checking it")
	fs.StringVarP(&o.dest, "destination", "d", ".", "directory to put the chart in")
	o.chart.add(fs, f.settings.env)
	f.completeVersions(cmd, first)
	return cmd
}

func (o *pullOptions) run(ctx context.Context, f *factory, refs []string) error {
	client := f.repoClient(false)
	for _, ref := range refs {
		text, err := o.pull(ctx, f, client, ref)
		if err != nil {
			return err
		}
		if err := f.print(text); err != nil {
			return err
		}
	}
	return nil
}

// pull gets one chart and returns what is to be said of it.
func (o *pullOptions) pull(ctx context.Context, f *factory, client *repo.Client, ref string) (string, error) {
	found, err := client.Resolve(ctx, o.chart.ref(f, ref))
	if err != nil {
		return "", err
	}
	var say strings.Builder
	opts := repo.FetchOptions{Provenance: o.prov}
	var signed string
	if o.chart.verify {
		opts.Verify = f.verifier(ctx, o.chart.keyring, func(v *provenance.Verification) { signed = verified("Chart", v) })
	}
	archive, err := client.Fetch(ctx, found, opts)
	if err != nil {
		return "", err
	}
	say.WriteString(pulledText(found))
	if archive.Provenance != nil {
		// Helm pulls once more for the signature, and says so.
		say.WriteString(pulledText(found))
	}
	if archive.NoProvenance != nil {
		fmt.Fprintf(&say, "WARNING: Verification not found for %s: %s\n", repo.Redact(o.shownRef(found, ref)), archive.NoProvenance)
	}
	say.WriteString(signed)
	if o.untar {
		return say.String(), o.unpack(ctx, f, archive)
	}
	return say.String(), o.save(f, found, archive)
}

// shownRef is what Helm names the chart by in a warning.
func (o *pullOptions) shownRef(found *repo.Resolved, ref string) string {
	if o.chart.repo != "" {
		return found.URL
	}
	return ref
}

// save puts the archive and its signature into the destination.
func (o *pullOptions) save(f *factory, found *repo.Resolved, archive *repo.Archive) error {
	file := filepath.Join(f.path(o.dest), found.File)
	in, err := os.Open(archive.Path)
	if err != nil {
		return err
	}
	defer in.Close()
	if archive.Provenance != nil {
		// First, so that an archive is not there without the signature that was wanted.
		if err := putFile(file+".prov", archive.Provenance, 0o644); err != nil {
			return err
		}
	}
	return putBeside(file, 0o644, func(w io.Writer) error {
		_, err := io.Copy(w, in)
		return err
	})
}

// unpack unpacks the archive below the directory of --untardir.
func (o *pullOptions) unpack(ctx context.Context, f *factory, archive *repo.Archive) error {
	in, err := os.Open(archive.Path)
	if err != nil {
		return err
	}
	defer in.Close()
	dir := o.untarDir
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(o.dest, dir)
	}
	_, err = chart.Unpack(ctx, in, f.path(dir), chart.UnpackOptions{})
	var exists *chart.ExistsError
	if errors.As(err, &exists) {
		return fmt.Errorf("failed to untar: %w", err)
	}
	return err
}

// pulledText is what Helm says of a chart that came from a registry.
func pulledText(found *repo.Resolved) string {
	if found.Registry == nil {
		return ""
	}
	ref := strings.TrimPrefix(found.URL, "oci://")
	if !strings.Contains(ref, "@") {
		ref = strings.ReplaceAll(ref, "+", "_")
	}
	text := fmt.Sprintf("Pulled: %s\nDigest: %s\n", ref, found.Registry.ManifestDigest)
	if strings.Contains(ref, "_") {
		text += ref + underscoreNote
	}
	return text
}

// underscoreNote is printed by Helm, too, on standard output.
const underscoreNote = ` contains an underscore.

OCI artifact references (e.g. tags) do not support the plus sign (+). To support
storing semantic versions, Helm adopts the convention of changing plus (+) to
an underscore (_) in chart version tags when pushing to a registry and back to
a plus (+) when pulling from a registry.
`
