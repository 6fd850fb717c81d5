package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
)

// chartFlags say which chart is meant and how to get it.
type chartFlags struct {
	version   string
	devel     bool
	repo      string
	verify    bool
	keyring   string
	transport transportFlags
	passAll   bool
}

// transportFlags say how to talk to a repository or registry.
type transportFlags struct {
	username, password        string
	certFile, keyFile, caFile string
	insecure, plainHTTP       bool
}

func (t *transportFlags) add(fs *pflag.FlagSet) {
	fs.StringVar(&t.username, "username", "", "user name for the chart repository")
	fs.StringVar(&t.password, "password", "", "password for the chart repository")
	fs.StringVar(&t.certFile, "cert-file", "", "client certificate to show to the repository")
	fs.StringVar(&t.keyFile, "key-file", "", "private key of the client certificate")
	fs.StringVar(&t.caFile, "ca-file", "", "certificate authorities that the repository's certificate is checked against")
	fs.BoolVar(&t.insecure, "insecure-skip-tls-verify", false, "do not check the repository's certificate")
	fs.BoolVar(&t.plainHTTP, "plain-http", false, "download charts over HTTP without encryption")
}

func (c *chartFlags) add(fs *pflag.FlagSet, env environment) {
	fs.StringVar(&c.version, "version", "", "version of the chart to get from a repository: one version (1.1.1) or a range (^2.0.0); the newest if not given")
	fs.BoolVar(&c.devel, "devel", false, "take pre-releases into account, as --version '>0.0.0-0' does")
	fs.BoolVar(&c.verify, "verify", false, "check the signature of the package before it is used")
	fs.StringVar(&c.keyring, "keyring", env.keyring(), "public keys that signatures are checked against")
	fs.StringVar(&c.repo, "repo", "", "URL of the repository to get the chart from")
	c.transport.add(fs)
	fs.BoolVar(&c.passAll, "pass-credentials", false, "send user name and password to all hosts, not only to that of the repository")
}

// NotFoundError is a chart that is not where it was said to be.
type NotFoundError struct{ Path string }

func (e *NotFoundError) Error() string { return fmt.Sprintf("path %q not found", e.Path) }

// locate returns the path of the chart that ref names. Only charts on the disk
// can be had in this version; every other reference is a *NotYetError.
func (f *factory) locate(ctx context.Context, ref string, c *chartFlags) (string, error) {
	ref = strings.TrimSpace(ref)
	if c.repo != "" {
		return "", &NotYetError{What: "getting a chart from the repository of --repo", Instead: "download the chart and give its path"}
	}
	path := f.path(ref)
	if _, err := os.Stat(path); err != nil {
		if filepath.IsAbs(ref) || strings.HasPrefix(ref, ".") {
			return "", &NotFoundError{Path: ref}
		}
		return "", remoteChart(ref)
	}
	if c.verify {
		if _, err := f.verifyArchive(ctx, ref, c.keyring); err != nil {
			return "", err
		}
	}
	return path, nil
}

// remoteChart is the error for a reference that is no path.
func remoteChart(ref string) error {
	what := fmt.Sprintf("there is no chart at the path %q, and getting it from a repository", ref)
	switch {
	case strings.HasPrefix(ref, "oci://"):
		what = "getting a chart from a registry"
	case strings.Contains(ref, "://"):
		// The reference is not shown: a URL may hold a password.
		what = "getting a chart from a URL"
	}
	return &NotYetError{What: what, Instead: "download the chart and give its path"}
}
