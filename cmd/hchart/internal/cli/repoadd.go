package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/repo"
)

const repoAddLong = `Add a chart repository to the list, under a name, and fetch its index.

  hchart repo add bitnami https://charts.bitnami.com/bitnami
  echo $PASSWORD | hchart repo add mine https://charts.example.com --username me --password-stdin

User name and password are kept in the list, a file that only you can read. They are
sent to the scheme, host and port of the URL only, unless --pass-credentials says
otherwise. With a user name and no password the password is asked for.

Adding what is there already does nothing. Another URL for the same name is an error
unless --force-update is given.`

// defaultIndexTimeout is how long an index may take.
const defaultIndexTimeout = 120 * time.Second

type repoAddOptions struct {
	username, password        string
	passwordStdin             bool
	passCredentials           bool
	forceUpdate, allowDead    bool
	certFile, keyFile, caFile string
	insecure                  bool
	timeout                   time.Duration
}

func newRepoAddCmd(f *factory) *cobra.Command {
	o := &repoAddOptions{}
	cmd := &cobra.Command{
		Use:   "add NAME URL",
		Short: "add a chart repository",
		Long:  repoAddLong,
		Args:  exactArgs(2),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 1 {
				return noMoreArgs(nil, nil, "")
			}
			return nil, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args[0], args[1]) },
	}
	fs := cmd.Flags()
	fs.StringVar(&o.username, "username", "", "user name for the repository")
	fs.StringVar(&o.password, "password", "", "password for the repository; others can see it in the list of processes, --password-stdin is better")
	fs.BoolVar(&o.passwordStdin, "password-stdin", false, "read the password from standard input")
	fs.BoolVar(&o.passCredentials, "pass-credentials", false, "send user name and password to all hosts that the index names")
	fs.BoolVar(&o.forceUpdate, "force-update", false, "replace a repository that has the name already")
	fs.BoolVar(&o.allowDead, "allow-deprecated-repos", false, "add one of the official repositories that were shut down")
	fs.StringVar(&o.certFile, "cert-file", "", "client certificate to show to the repository")
	fs.StringVar(&o.keyFile, "key-file", "", "private key of the client certificate")
	fs.StringVar(&o.caFile, "ca-file", "", "certificate authorities that the repository's certificate is checked against")
	fs.BoolVar(&o.insecure, "insecure-skip-tls-verify", false, "do not check the repository's certificate")
	fs.DurationVar(&o.timeout, "timeout", defaultIndexTimeout, "how long fetching the index may take, 0 for as long as it takes")
	return cmd
}

func (o *repoAddOptions) run(ctx context.Context, f *factory, name, url string) error {
	if !o.allowDead {
		if err := checkAlive(url); err != nil {
			return err
		}
	}
	config, err := repo.ReadConfig(f.repoHome().Config)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		config = &repo.Config{}
	case err != nil:
		return err
	}
	if err := o.readPassword(f); err != nil {
		return err
	}
	if strings.Contains(name, "/") {
		return fmt.Errorf("the name %q of a repository must not contain a slash: choose another one", name)
	}
	entry := repo.Entry{Name: name, URL: url, Access: repo.Access{
		Username: o.username, Password: o.password, PassCredentials: o.passCredentials,
		CertFile: o.certFile, KeyFile: o.keyFile, CAFile: o.caFile, InsecureSkipTLSVerify: o.insecure,
	}}
	if same, err := o.isThere(config, entry); err != nil {
		return err
	} else if same {
		return f.print(fmt.Sprintf("%q already exists with the same configuration, skipping\n", name))
	}
	// The lock is not held while the index comes, which may take long.
	if err := f.fetchIndex(ctx, f.repoClient(false), entry, o.timeout); err != nil {
		return err
	}
	err = repo.EditConfig(ctx, f.repoHome().Config, func(c *repo.Config) error {
		if _, err := o.isThere(c, entry); err != nil {
			return err
		}
		c.Set(entry)
		return nil
	})
	if err != nil {
		return err
	}
	return f.print(fmt.Sprintf("%q has been added to your repositories\n", name))
}

// isThere reports whether the repository is in the list already. Another one of its name
// is an error.
func (o *repoAddOptions) isThere(c *repo.Config, entry repo.Entry) (bool, error) {
	have, ok := c.Get(entry.Name)
	switch {
	case o.forceUpdate || !ok:
		return false, nil
	case have != entry:
		return false, fmt.Errorf("there is a repository %q with another configuration: choose another name, or --force-update to replace it", entry.Name)
	}
	return true, nil
}

func (o *repoAddOptions) readPassword(f *factory) error {
	if o.username == "" || o.password != "" {
		return nil
	}
	var secret []byte
	var err error
	if o.passwordStdin {
		secret, err = f.readSecret("-")
	} else {
		secret, err = f.askSecret("Password: ")
	}
	if err != nil {
		return fmt.Errorf("cannot read the password: %w", err)
	}
	o.password = strings.TrimSuffix(strings.TrimSuffix(string(secret), "\n"), "\r")
	return nil
}

// fetchIndex brings the index of a repository into the cache.
func (f *factory) fetchIndex(ctx context.Context, client *repo.Client, entry repo.Entry, timeout time.Duration) error {
	for _, file := range []*string{&entry.CertFile, &entry.KeyFile, &entry.CAFile} {
		if *file != "" {
			*file = f.path(*file)
		}
	}
	if timeout > 0 {
		err := fmt.Errorf("fetching the index of %s took longer than %v: --timeout allows more", repo.Redact(entry.URL), timeout)
		limited, cancel := context.WithTimeoutCause(ctx, timeout, err)
		defer cancel()
		_, failure := client.Update(limited, entry)
		if failure != nil && limited.Err() != nil && ctx.Err() == nil {
			return err
		}
		return failure
	}
	_, err := client.Update(ctx, entry)
	return err
}

// checkAlive refuses the repositories that were shut down.
func checkAlive(url string) error {
	for _, r := range [][2]string{
		{"//kubernetes-charts.storage.googleapis.com", "https://charts.helm.sh/stable"},
		{"//kubernetes-charts-incubator.storage.googleapis.com", "https://charts.helm.sh/incubator"},
	} {
		if strings.Contains(url, r[0]) {
			return fmt.Errorf("the repository %q was shut down: use %q", repo.Redact(url), r[1])
		}
	}
	return nil
}
