package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/oci"
)

const registryLong = `Log in to registries, where charts are named oci://HOST/PATH/NAME, and out of them.`

func newRegistryCmd(f *factory) *cobra.Command {
	cmd := &cobra.Command{Use: "registry", Short: "log in to registries and out of them", Long: registryLong}
	cmd.AddCommand(newRegistryLoginCmd(f), newRegistryLogoutCmd(f))
	return cmd
}

const registryLoginLong = `Log in to a registry, HOST or HOST:PORT. The registry is asked whether it accepts the
login, which is then kept for all commands, and for Helm.

  echo "$TOKEN" | hchart registry login ghcr.io -u "$USER" --password-stdin
  hchart registry login localhost:5000 --plain-http

What is not given is asked for on the terminal. Without a user name the password is a
token.

Logins are kept in the file of --registry-config, in the format of Docker. Where it names a
credential helper ("credsStore", "credHelpers") they are kept by that, and otherwise, if the
file is new, in the keychain of the system, if Docker's helper for it is installed. Failing
that they lie in the file, which only you can read, as they are. Docker's own logins are
used, too.`

type registryLoginOptions struct {
	transport     transportFlags
	passwordStdin bool
}

func newRegistryLoginCmd(f *factory) *cobra.Command {
	o := &registryLoginOptions{}
	cmd := &cobra.Command{
		Use:               "login [host]",
		Short:             "log in to a registry",
		Long:              registryLoginLong,
		Args:              minimumArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args[0]) },
	}
	t := &o.transport
	fs := cmd.Flags()
	fs.StringVarP(&t.username, "username", "u", "", "user name")
	fs.StringVarP(&t.password, "password", "p", "", "password or token; other users of the machine can see it: better is --password-stdin")
	fs.BoolVar(&o.passwordStdin, "password-stdin", false, "read the password or token from standard input")
	fs.BoolVar(&t.insecure, "insecure", false, "do not check the registry's certificate")
	fs.StringVar(&t.certFile, "cert-file", "", "client certificate to show to the registry")
	fs.StringVar(&t.keyFile, "key-file", "", "private key of the client certificate")
	fs.StringVar(&t.caFile, "ca-file", "", "certificate authorities that the registry's certificate is checked against")
	fs.BoolVar(&t.plainHTTP, "plain-http", false, "talk to the registry over HTTP without encryption")
	return cmd
}

func (o *registryLoginOptions) run(ctx context.Context, f *factory, host string) error {
	access := o.transport.access(f, false)
	if err := o.complete(f, &access); err != nil {
		return err
	}
	if err := f.registryClient().Login(ctx, host, oci.LoginOptions{Access: access}); err != nil {
		return err
	}
	return f.print("Login Succeeded\n")
}

// complete asks for what was not given.
func (o *registryLoginOptions) complete(f *factory, access *repo.Access) error {
	switch {
	case o.passwordStdin:
		secret, err := f.readSecret("-")
		if err != nil {
			return fmt.Errorf("--password-stdin: %w", err)
		}
		access.Password = strings.TrimSuffix(strings.TrimSuffix(string(secret), "\n"), "\r")
		return nil
	case access.Password != "":
		f.warn([]string{"using --password via the CLI is insecure. Use --password-stdin"})
		return nil
	}
	what := "password"
	if access.Username == "" {
		var err error
		if access.Username, err = f.ask("Username: "); err != nil {
			return err
		}
		if access.Username == "" {
			what = "token"
		}
	}
	secret, err := f.askSecret(strings.ToUpper(what[:1]) + what[1:] + ": ")
	switch {
	case errors.Is(err, ErrNoTerminal):
		return fmt.Errorf("the %s cannot be asked for, %w: give it with --password-stdin", what, err)
	case err != nil:
		return err
	case len(secret) == 0:
		return errors.New(what + " required")
	}
	access.Password = string(secret)
	return nil
}

// ask asks for a line of standard input, and reads no more than that: what follows may be
// for somebody else.
func (f *factory) ask(question string) (string, error) {
	fmt.Fprint(f.sys.Stderr, question)
	var line []byte
	for b := make([]byte, 1); len(line) < maxSecret; {
		n, err := f.sys.Stdin.Read(b)
		if n == 1 && b[0] == '\n' {
			break
		}
		line = append(line, b[:n]...)
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", err
		}
	}
	return strings.TrimSpace(string(line)), nil
}

const registryLogoutLong = `Drop the login that is kept for a registry.`

func newRegistryLogoutCmd(f *factory) *cobra.Command {
	return &cobra.Command{
		Use:               "logout [host]",
		Short:             "log out of a registry",
		Long:              registryLogoutLong,
		Args:              minimumArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.registryClient().Logout(cmd.Context(), args[0]); err != nil {
				return err
			}
			return f.print(fmt.Sprintf("Removing login credentials for %s\n", args[0]))
		},
	}
}
