package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/hchart/hchart/repo"
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
	// pulledToStdout prints there what was pulled from a registry: where the result of the
	// command is a text, as Helm does it. Otherwise it is no part of the result.
	pulledToStdout bool
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

// addRegistry adds them in words for commands that only talk to registries.
func (t *transportFlags) addRegistry(fs *pflag.FlagSet) {
	fs.StringVar(&t.username, "username", "", "user name for the registry")
	fs.StringVar(&t.password, "password", "", "password for the registry")
	fs.StringVar(&t.certFile, "cert-file", "", "client certificate to show to the registry")
	fs.StringVar(&t.keyFile, "key-file", "", "private key of the client certificate")
	fs.StringVar(&t.caFile, "ca-file", "", "certificate authorities that the registry's certificate is checked against")
	fs.BoolVar(&t.insecure, "insecure-skip-tls-verify", false, "do not check the registry's certificate")
	fs.BoolVar(&t.plainHTTP, "plain-http", false, "talk to the registry over HTTP without encryption")
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

// locate returns the path of the chart that ref names: a path, else what it is in
// repositories and registries, from where it is brought into the cache. quiet shows no
// progress.
func (f *factory) locate(ctx context.Context, ref string, c *chartFlags, quiet bool) (string, error) {
	ref = strings.TrimSpace(ref)
	if c.repo == "" {
		path := f.path(ref)
		if _, err := os.Stat(path); err == nil {
			return path, f.verifyLocal(ctx, ref, c)
		}
		if filepath.IsAbs(ref) || strings.HasPrefix(ref, ".") {
			return "", &NotFoundError{Path: ref}
		}
	}
	client := f.repoClient(quiet)
	found, err := client.Resolve(ctx, c.ref(f, ref))
	if err != nil {
		return "", err
	}
	opts := repo.FetchOptions{}
	if c.verify {
		opts.Verify = f.verifier(ctx, c.keyring, nil)
	}
	archive, err := client.Fetch(ctx, found, opts)
	if err != nil {
		return "", err
	}
	return archive.Path, f.sayPulled(found, c.pulledToStdout)
}

// sayPulled says what was pulled, if it is from a registry.
func (f *factory) sayPulled(found *repo.Resolved, toStdout bool) error {
	text := pulledText(found)
	if toStdout {
		return f.print(text)
	}
	fmt.Fprint(f.sys.Stderr, text)
	return nil
}

// verifyLocal checks the signature of a chart on the disk, with --verify.
func (f *factory) verifyLocal(ctx context.Context, ref string, c *chartFlags) error {
	if !c.verify {
		return nil
	}
	_, err := f.verifyArchive(ctx, ref, c.keyring)
	return err
}

// ref is the reference with what the flags say of it.
func (c *chartFlags) ref(f *factory, name string) repo.Ref {
	version := c.version
	if version == "" && c.devel {
		version = ">0.0.0-0"
	}
	return repo.Ref{Name: name, Repo: c.repo, Version: version, Access: c.transport.access(f, c.passAll)}
}
