package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/cmd/hchart/internal/plugin"
	"github.com/hchart/hchart/repo/provenance"
)

const pluginPackageLong = `Put a plugin into an archive, NAME-VERSION.tgz, and sign it: NAME-VERSION.tgz.prov.

  hchart plugin package ./diff --key me@example.com --keyring secring.gpg

'plugin install' wants the signature unless it is told otherwise. --sign=false leaves
it out.`

const pluginVerifyLong = `Check that the archive of a plugin is signed by somebody whose key you have, and that
it is the archive that was signed. The signature is read from PATH.prov.`

type pluginPackageOptions struct {
	sign        bool
	signing     signingFlags
	destination string
}

func newPluginPackageCmd(f *factory) *cobra.Command {
	o := &pluginPackageOptions{}
	cmd := &cobra.Command{
		Use:   "package [PATH]",
		Short: "put a plugin into an archive",
		Long:  pluginPackageLong,
		Args:  exactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args[0]) },
	}
	fs := cmd.Flags()
	fs.BoolVar(&o.sign, "sign", true, "sign the archive with a PGP key")
	o.signing.add(fs, f.settings.env)
	fs.StringVarP(&o.destination, "destination", "d", ".", "directory to write the archive into")
	return cmd
}

func (o *pluginPackageOptions) run(ctx context.Context, f *factory, path string) error {
	info, err := os.Stat(f.path(path))
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not the directory of a plugin", path)
	}
	p, err := plugin.Load(f.path(path))
	if err != nil {
		return err
	}
	var key *provenance.Key
	if o.sign {
		if key, err = o.signing.unlock(f, func(text []byte) []byte { return bytes.TrimRight(text, "\r\n") }); err != nil {
			return err
		}
	} else if err := f.print("WARNING: Skipping plugin signing. This is not recommended for plugins intended for distribution.\n"); err != nil {
		return err
	}
	archive := filepath.Join(o.destination, p.FileName())
	if err := o.pack(ctx, f, p, f.path(archive)); err != nil {
		return err
	}
	if key != nil {
		metadata, err := p.SignedMetadata()
		if err != nil {
			return err
		}
		if _, err := f.signFile(ctx, f.path(archive), key, metadata); err != nil {
			return errors.Join(err, os.Remove(f.path(archive)))
		}
		if err := f.print(fmt.Sprintf("Successfully signed. Signature written to: %s.prov\n", archive)); err != nil {
			return err
		}
	}
	return f.print(fmt.Sprintf("Successfully packaged plugin and saved it to: %s\n", archive))
}

// pack writes the archive, without itself if it lies in the plugin.
func (o *pluginPackageOptions) pack(ctx context.Context, f *factory, p *plugin.Plugin, file string) error {
	modTime, err := f.sourceDateEpoch()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	own := map[string]bool{}
	for _, name := range []string{file, file + ".prov"} {
		if absolute, err := filepath.Abs(name); err == nil {
			own[absolute] = true
		}
	}
	var b bytes.Buffer
	err = p.Pack(ctx, &b, modTime, func(path string) bool {
		absolute, err := filepath.Abs(path)
		return err == nil && own[absolute]
	})
	if err != nil {
		return err
	}
	return putFile(file, b.Bytes(), 0o666)
}

func newPluginVerifyCmd(f *factory) *cobra.Command {
	var keyring string
	cmd := &cobra.Command{
		Use:   "verify [PATH]",
		Short: "check the signature of a plugin's archive",
		Long:  pluginVerifyLong,
		Args:  exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			info, err := os.Stat(f.path(args[0]))
			switch {
			case err != nil:
				return err
			case info.IsDir():
				return &UnverifiableError{args[0], "it is a directory, and only archives are signed"}
			case !isPluginArchive(args[0]):
				return &UnverifiableError{args[0], "the name of an archive ends in .tgz or .tar.gz"}
			}
			v, err := f.verifyFile(cmd.Context(), args[0], keyring)
			if err != nil {
				return err
			}
			return f.print(verified("Plugin", v))
		},
	}
	cmd.Flags().StringVar(&keyring, "keyring", f.settings.env.keyring(), "public keys that signatures are checked against")
	return cmd
}

// isPluginArchive reports whether a file has the name of an archive of a plugin.
func isPluginArchive(name string) bool {
	ext := filepath.Ext(name)
	return ext == ".tgz" || ext == ".gz"
}
