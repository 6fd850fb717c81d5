package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/cmd/hchart/internal/plugin"
	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/oci"
	"github.com/hchart/hchart/repo/provenance"
)

const pluginInstallLong = `Install a plugin from a directory, an archive, a registry, or a repository of git:

  hchart plugin install ./diff                       a link to the directory
  hchart plugin install ./diff-1.2.3.tgz
  hchart plugin install https://example.com/diff-1.2.3.tgz
  hchart plugin install oci://ghcr.io/me/diff:1.2.3
  hchart plugin install https://github.com/me/diff --version 1.2.3 --verify=false

Archives must be signed: diff-1.2.3.tgz.prov lies beside them, --keyring has the public
key. Repositories have no signature and need --verify=false.

The plugin is there when all of it is, and its hook went well. Of what fails nothing
stays.`

// maxPlugin bounds the archive of a plugin that is downloaded.
const maxPlugin = 512 << 20

type pluginInstallOptions struct {
	version, keyring string
	verify           bool
	transport        transportFlags
}

func newPluginInstallCmd(f *factory) *cobra.Command {
	o := &pluginInstallOptions{}
	cmd := &cobra.Command{
		Use:     "install [options] <path|url>",
		Aliases: []string{"add"},
		Short:   "install a plugin",
		Long:    pluginInstallLong,
		Args:    exactArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return chartAt(0, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args[0]) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.version, "version", "", "version to install from a repository: a tag, a branch, a commit, or a range (^2.0.0)")
	flags.BoolVar(&o.verify, "verify", true, "check the signature of the archive")
	flags.StringVar(&o.keyring, "keyring", f.settings.env.keyring(), "public keys that signatures are checked against")
	o.transport.add(flags)
	return cmd
}

func (o *pluginInstallOptions) run(ctx context.Context, f *factory, source string) error {
	dirs := f.pluginDirs()
	if len(dirs) == 0 {
		return errors.New("there is no directory for plugins: HELM_PLUGINS is empty")
	}
	dir, err := filepath.Abs(dirs[0])
	if err != nil {
		return err
	}
	p, err := o.install(ctx, f, plugin.Directory(dir), source)
	if err != nil {
		return err
	}
	if err := f.runHook(ctx, p, plugin.Installed); err != nil {
		// A plugin that is not ready would fail again and again.
		return errors.Join(err, p.Remove())
	}
	return f.print(fmt.Sprintf("Installed plugin: %s\n", p.Name()))
}

// install finds out what the source is.
func (o *pluginInstallOptions) install(ctx context.Context, f *factory, dir plugin.Directory, source string) (*plugin.Plugin, error) {
	_, err := os.Stat(f.path(source))
	switch {
	case strings.HasPrefix(source, "oci://"):
		return o.installRegistry(ctx, f, dir, source)
	case err == nil && isPluginSource(source):
		return o.installFile(ctx, f, dir, source)
	case err == nil:
		if err := f.print("Installing plugin from local directory (development mode)\n"); err != nil {
			return nil, err
		}
		absolute, err := f.absolute(source)
		if err != nil {
			return nil, err
		}
		return dir.Link(absolute)
	case isHTTP(source) && isPluginSource(urlPath(source)):
		return o.installURL(ctx, f, dir, source)
	case looksLocal(source):
		return nil, err
	}
	return o.installRepository(ctx, f, dir, source)
}

// isPluginSource reports whether a name is that of an archive.
func isPluginSource(name string) bool {
	return strings.HasSuffix(name, ".tgz") || strings.HasSuffix(name, ".tar.gz")
}

func isHTTP(source string) bool {
	return strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://")
}

// urlPath is the path of a URL, empty if it is none.
func urlPath(source string) string {
	u, err := url.Parse(source)
	if err != nil {
		return ""
	}
	return u.Path
}

// looksLocal reports whether something that does not exist was meant as a path.
func looksLocal(source string) bool {
	return !strings.Contains(source, "://") && !strings.Contains(source, "@") && !strings.Contains(source, ":")
}

// installFile installs an archive on the disk.
func (o *pluginInstallOptions) installFile(ctx context.Context, f *factory, dir plugin.Directory, source string) (*plugin.Plugin, error) {
	if err := o.announce(f); err != nil {
		return nil, err
	}
	data, err := readBounded(f.path(source), maxPlugin)
	if err != nil {
		return nil, err
	}
	text, err := readBounded(f.path(source)+".prov", maxSigned)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	a := plugin.Archive{Data: data, Provenance: text, Strict: true}
	return o.installArchive(ctx, f, dir, a, filepath.Base(source))
}

// installURL installs an archive from a server.
func (o *pluginInstallOptions) installURL(ctx context.Context, f *factory, dir plugin.Directory, source string) (*plugin.Plugin, error) {
	if err := o.announce(f); err != nil {
		return nil, err
	}
	file := path.Base(urlPath(source))
	opts := f.repoOptions(false)
	opts.Limits.ArchiveBytes = maxPlugin
	got, err := repo.NewClient(opts).Fetch(ctx, &repo.Resolved{URL: source, File: file}, repo.FetchOptions{Provenance: true})
	if err != nil {
		return nil, err
	}
	data, err := readBounded(got.Path, maxPlugin)
	if err != nil {
		return nil, err
	}
	return o.installArchive(ctx, f, dir, plugin.Archive{Data: data, Provenance: got.Provenance}, file)
}

// installRegistry installs an archive from a registry.
func (o *pluginInstallOptions) installRegistry(ctx context.Context, f *factory, dir plugin.Directory, source string) (*plugin.Plugin, error) {
	if err := o.announce(f); err != nil {
		return nil, err
	}
	if o.version != "" && !strings.ContainsAny(path.Base(source), ":@") {
		source += ":" + o.version
	}
	got, err := oci.NewClient(f.registryOptions(maxPlugin)).PullPlugin(ctx, source, o.transport.access(f, false))
	if err != nil {
		return nil, err
	}
	return o.installArchive(ctx, f, dir, plugin.Archive{Data: got.Archive, Provenance: got.Provenance, Name: got.Name}, got.File)
}

// announce says whether the signature will be checked.
func (o *pluginInstallOptions) announce(f *factory) error {
	if !o.verify {
		return f.print("WARNING: Skipping plugin signature verification\n")
	}
	return f.print("Verifying plugin signature...\n")
}

// installArchive installs an archive with the name file, if its signature holds.
func (o *pluginInstallOptions) installArchive(ctx context.Context, f *factory, dir plugin.Directory, a plugin.Archive, file string) (*plugin.Plugin, error) {
	if a.Name == "" {
		a.Name = withoutVersion(file)
	}
	if err := dir.Free(a.Name); err != nil {
		return nil, err
	}
	var found *provenance.Verification
	if o.verify {
		check := f.verifier(ctx, o.keyring, func(v *provenance.Verification) { found = v })
		err := check(a.Data, a.Provenance, file)
		if e, ok := errors.AsType[*provenance.VerifyError](err); ok && e.Reason == provenance.Missing {
			return nil, fmt.Errorf("%w (%s.prov); --verify=false installs the plugin without a signature", err, file)
		}
		if err != nil {
			return nil, err
		}
	}
	p, err := dir.Unpack(ctx, a)
	if err != nil || found == nil {
		return p, err
	}
	return p, f.print(verified("Plugin", found))
}

// withoutVersion makes NAME of NAME-VERSION.tgz.
func withoutVersion(file string) string {
	name := strings.TrimSuffix(strings.TrimSuffix(file, ".tgz"), ".tar.gz")
	// The last dash before a number that is followed by a dot.
	for i := len(name) - 1; i > 0; i-- {
		if name[i] != '-' {
			continue
		}
		digits := strings.TrimLeft(name[i+1:], "0123456789")
		if strings.HasPrefix(digits, ".") && len(digits) < len(name[i+1:]) {
			return name[:i]
		}
	}
	return name
}

// installRepository clones a repository of git.
func (o *pluginInstallOptions) installRepository(ctx context.Context, f *factory, dir plugin.Directory, source string) (*plugin.Plugin, error) {
	if o.verify {
		return nil, errors.New("plugin source does not support verification. Use --verify=false to skip verification")
	}
	if err := o.announce(f); err != nil {
		return nil, err
	}
	key, err := plugin.CacheKey(source)
	if err != nil {
		return nil, err
	}
	return dir.Clone(ctx, source, o.version, f.settings.env.cacheHome("plugins", key), f.processEnviron())
}
