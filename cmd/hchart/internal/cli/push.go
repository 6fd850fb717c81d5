package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/repo/oci"
)

const pushLong = `Push an archive to a registry, with its signature if that lies beside it (.prov).

  hchart package ./mychart
  hchart push mychart-0.1.0.tgz oci://registry.example.com/charts

The chart is then oci://registry.example.com/charts/mychart, its version the tag, with "_"
for "+". 'hchart registry login' logs in to the registry.`

// maxPushed bounds an archive and a signature.
const maxPushed = 100 << 20

type pushOptions struct{ transport transportFlags }

func newPushCmd(f *factory) *cobra.Command {
	o := &pushOptions{}
	cmd := &cobra.Command{
		Use:   "push [chart] [remote]",
		Short: "push a chart to a registry",
		Long:  pushLong,
		Args:  minimumArgs(2),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			switch len(args) {
			case 0:
				return nil, cobra.ShellCompDirectiveDefault
			case 1:
				return []string{"oci://"}, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
			}
			return noMoreArgs(nil, nil, "")
		},
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args[0], args[1]) },
	}
	o.transport.addRegistry(cmd.Flags())
	return cmd
}

func (o *pushOptions) run(ctx context.Context, f *factory, file, remote string) error {
	place, err := pushPlace(remote)
	if err != nil {
		return err
	}
	archive, when, err := f.readPushed(file)
	if err != nil {
		return err
	}
	provenance, _, err := f.readPushed(file + ".prov")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f.beforeWork()
	ch, err := chart.LoadArchive(ctx, bytes.NewReader(archive), chart.LoadOptions{})
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	ref := fmt.Sprintf("%s:%s", path.Join(place, ch.Metadata.Name), ch.Metadata.Version)
	opts := oci.PushOptions{Access: o.transport.access(f, false), Created: when}
	pushed, err := f.registryClient().Push(ctx, ref, archive, provenance, opts)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("Pushed: %s\nDigest: %s\n", pushed.Ref, pushed.ManifestDigest)
	if _, tag, _ := strings.Cut(path.Base(pushed.Ref), ":"); strings.Contains(tag, "_") {
		text += pushed.Ref + underscoreNote
	}
	return f.print(text)
}

// pushPlace returns HOST/PATH of oci://HOST/PATH.
func pushPlace(remote string) (string, error) {
	u, err := url.Parse(remote)
	switch {
	case err != nil || u.Scheme == "":
		return "", &RemoteError{Reason: "begins with no scheme, such as oci://HOST/PATH"}
	case u.Scheme != "oci":
		return "", &RemoteError{Reason: fmt.Sprintf("has the scheme %q, and charts are pushed to oci:// only", u.Scheme)}
	case u.User != nil:
		return "", &RemoteError{Reason: "has a user name: 'registry login' takes it"}
	case u.Host == "" || u.RawQuery != "" || u.Fragment != "":
		return "", &RemoteError{Reason: "is not oci://HOST/PATH"}
	}
	return u.Host + u.Path, nil
}

// RemoteError is a place that nothing can be pushed to. It does not show it: it may hold a
// password.
type RemoteError struct{ Reason string }

func (e *RemoteError) Error() string { return "the remote to push to " + e.Reason }

// readPushed reads a file that is to be pushed, and the time at which it was written.
func (f *factory) readPushed(name string) ([]byte, time.Time, error) {
	in, err := os.Open(f.path(name))
	if err != nil {
		return nil, time.Time{}, err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return nil, time.Time{}, err
	}
	if info.IsDir() {
		return nil, time.Time{}, fmt.Errorf("%s is a directory: 'package' makes an archive of it, which can be pushed", name)
	}
	data, err := io.ReadAll(io.LimitReader(in, maxPushed+1))
	if err == nil && len(data) > maxPushed {
		err = fmt.Errorf("%s is larger than %d bytes", name, maxPushed)
	}
	return data, info.ModTime(), err
}
