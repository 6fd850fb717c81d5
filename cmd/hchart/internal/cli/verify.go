package cli

import (
	"github.com/spf13/cobra"
)

const verifyLong = `Check that a chart's archive is signed by somebody whose key you have, and that it
is the archive that was signed.

  hchart verify mychart-0.1.0.tgz

The signature is read from the file beside the archive, mychart-0.1.0.tgz.prov, the keys
from --keyring: a file that "gpg --export" writes, or GnuPG's own pubring.gpg or
pubring.kbx. 'hchart package --sign' signs; the flag --verify of other commands does the
same check before a chart is used.`

func newVerifyCmd(f *factory) *cobra.Command {
	var keyring string
	cmd := &cobra.Command{
		Use:   "verify PATH",
		Short: "check the signature of a chart's archive",
		Long:  verifyLong,
		Args:  exactArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			return noMoreArgs(nil, nil, "")
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			v, err := f.verifyArchive(cmd.Context(), args[0], keyring)
			if err != nil {
				return err
			}
			return f.print(verified("Chart", v))
		},
	}
	cmd.Flags().StringVar(&keyring, "keyring", f.settings.env.keyring(), "public keys that signatures are checked against")
	return cmd
}
