package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
	"github.com/spf13/cobra"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/repo/provenance"
)

const packageLong = `Put charts into archives, NAME-VERSION.tgz each.

  hchart package ./mychart
  hchart package ./mychart --version 1.2.3 --app-version 4.5 -d dist
  hchart package ./mychart --sign --key me@example.com --keyring secring.gpg

--sign writes NAME-VERSION.tgz.prov beside each archive, which 'hchart verify' and the
flag --verify check. The key is one with a name that contains that of --key, out of a
file with secret keys (gpg --export-secret-keys > secring.gpg).

The same chart always makes the same archive if SOURCE_DATE_EPOCH is set: all
files in it then have that time.`

type packageOptions struct {
	transport        transportFlags
	sign             bool
	signing          signingFlags
	version          string
	appVersion       string
	destination      string
	dependencyUpdate bool
	outsideLinks     bool
}

func newPackageCmd(f *factory) *cobra.Command {
	o := &packageOptions{}
	cmd := &cobra.Command{
		Use:   "package [CHART_PATH] [...]",
		Short: "put charts into archives",
		Long:  packageLong,
		RunE:  func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args) },
	}
	fs := cmd.Flags()
	fs.BoolVar(&o.sign, "sign", false, "sign the archive with a PGP key")
	o.signing.add(fs, f.settings.env)
	fs.StringVar(&o.version, "version", "", "version to give the chart")
	fs.StringVar(&o.appVersion, "app-version", "", "appVersion to give the chart")
	fs.StringVarP(&o.destination, "destination", "d", ".", "directory to write the archives into")
	fs.BoolVarP(&o.dependencyUpdate, "dependency-update", "u", false, "bring charts/ up to date with Chart.yaml first")
	o.transport.add(fs)
	addOutsideLinks(fs, &o.outsideLinks)
	_ = cmd.MarkFlagDirname("destination")
	return cmd
}

func (o *packageOptions) run(ctx context.Context, f *factory, paths []string) error {
	if len(paths) == 0 {
		return errors.New("need at least one argument, the path to the chart")
	}
	write := chart.WriteOptions{}
	var err error
	if write.ModTime, err = f.sourceDateEpoch(); err != nil {
		return err
	}
	var key *provenance.Key
	if o.sign {
		if key, err = o.unlock(f); err != nil {
			return err
		}
	}
	for _, path := range paths {
		file, err := o.pack(ctx, f, path, write)
		if err != nil {
			return err
		}
		if key != nil {
			if _, err := f.signFile(ctx, file, key, nil); err != nil {
				return err
			}
		}
		if err := f.print(fmt.Sprintf("Successfully packaged chart and saved it to: %s\n", file)); err != nil {
			return err
		}
	}
	return nil
}

// pack writes the archive of one chart and returns its path.
func (o *packageOptions) pack(ctx context.Context, f *factory, path string, write chart.WriteOptions) (string, error) {
	info, err := os.Stat(f.path(path))
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return "", &NotDirectoryError{Path: path}
	}
	if o.dependencyUpdate {
		if err := f.updateDependencies(ctx, path, &o.transport, o.outsideLinks, true); err != nil {
			return "", err
		}
	}
	ch, err := f.load(ctx, f.path(path), o.outsideLinks)
	if err != nil {
		return "", err
	}
	if err := o.edit(ch); err != nil {
		return "", err
	}
	if err := checkDependencies(ch); err != nil {
		return "", err
	}
	dir := f.path(o.destination)
	if o.destination == "." {
		if dir, err = f.absolute("."); err != nil {
			return "", err
		}
	}
	file, err := chart.Save(ctx, ch, dir, write)
	if err != nil {
		return "", fmt.Errorf("failed to save: %w", err)
	}
	return file, nil
}

// edit applies --version and --app-version to the chart, which nobody else has.
func (o *packageOptions) edit(ch *chart.Chart) error {
	if o.version != "" {
		ch.Metadata.Version = o.version
	}
	if _, err := semver.NewVersion(ch.Metadata.Version); err != nil {
		return fmt.Errorf("version %q: %w", ch.Metadata.Version, err)
	}
	if o.appVersion != "" {
		ch.Metadata.AppVersion = o.appVersion
	}
	return nil
}

// unlock returns the key to sign with. It is there before the first archive is written.
func (o *packageOptions) unlock(f *factory) (*provenance.Key, error) {
	switch {
	case o.signing.key == "":
		return nil, errors.New("--key is required for signing a package")
	case o.signing.keyring == "":
		return nil, errors.New("--keyring is required for signing a package")
	}
	return o.signing.unlock(f, firstLine)
}

// NotDirectoryError is a path where a directory was expected.
type NotDirectoryError struct{ Path string }

func (e *NotDirectoryError) Error() string {
	return fmt.Sprintf("%s is not the directory of a chart", filepath.ToSlash(e.Path))
}

// sourceDateEpoch reads SOURCE_DATE_EPOCH; the zero time when it is not set.
func (f *factory) sourceDateEpoch() (time.Time, error) {
	text := f.settings.env.get("SOURCE_DATE_EPOCH")
	if text == "" {
		return time.Time{}, nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("invalid SOURCE_DATE_EPOCH: %w", err)
	}
	if strings.HasPrefix(text, "-") {
		return time.Time{}, errors.New("invalid SOURCE_DATE_EPOCH: must not be negative")
	}
	return time.Unix(seconds, 0).UTC(), nil
}
