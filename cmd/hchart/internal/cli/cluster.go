package cli

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/configmaps"
	"github.com/hchart/hchart/release/deploy"
	"github.com/hchart/hchart/release/kube"
	"github.com/hchart/hchart/release/memory"
	"github.com/hchart/hchart/release/secrets"
	"github.com/hchart/hchart/release/sql"
)

// configOptions are the global flags about the cluster.
func (f *factory) configOptions() kube.ConfigOptions {
	s := f.settings
	opts := kube.ConfigOptions{
		File: s.kubeConfig, Env: f.sys.LookupEnv, Dir: f.sys.Dir, Context: s.kubeContext,
		Server: s.kubeAPIServer, Token: s.kubeToken, CAFile: s.kubeCAFile, TLSServerName: s.kubeTLSName,
		Insecure: s.kubeInsecure, AsUser: s.kubeAsUser, AsGroups: s.kubeAsGroups, Stderr: f.sys.Stderr,
	}
	if isTerminal(f.sys.Stdin) {
		opts.Stdin = f.sys.Stdin
	}
	return opts
}

// namespace returns the namespace to work in: that of --namespace or $HELM_NAMESPACE,
// else the one that the kubeconfig or the pod says.
func (f *factory) namespace() string {
	if ns := f.settings.namespace; ns != "" {
		return ns
	}
	return kube.Namespace(f.configOptions())
}

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && file.Name() != os.DevNull
}

// client returns a client for the cluster of the kubeconfig. No request is made.
func (f *factory) client() (*kube.Client, error) {
	cfg, err := kube.LoadConfig(f.configOptions())
	if err != nil {
		return nil, fmt.Errorf("kubernetes cluster unreachable: %w", err)
	}
	return kube.New(cfg, kube.Options{
		QPS: f.settings.qps, Burst: f.settings.burstLimit,
		UserAgent: "hchart/" + strings.TrimPrefix(currentBuild().Version, "v"),
		Warn:      func(text string) { f.logger().Warn(text) },
	})
}

// DriverError is a value of HELM_DRIVER that means nothing.
type DriverError struct{ Driver string }

func (e *DriverError) Error() string {
	return fmt.Sprintf("unknown driver %q in HELM_DRIVER: use secret, configmap, memory or sql", e.Driver)
}

// store returns the store that HELM_DRIVER names, for a namespace or, if it is empty, for
// all.
func (f *factory) store(ctx context.Context, client *kube.Client, namespace string) (release.Store, error) {
	switch driver := f.settings.env.get("HELM_DRIVER"); driver {
	case "secret", "secrets", "":
		return secrets.New(client, namespace), nil
	case "configmap", "configmaps":
		return configmaps.New(client, namespace), nil
	case "memory":
		return memory.New(), nil
	case "sql":
		return sql.Open(ctx, f.settings.env.get("HELM_DRIVER_SQL_CONNECTION_STRING"), namespace, sql.Options{})
	default:
		return nil, &DriverError{Driver: driver}
	}
}

// env returns where releases are worked on, with progress shown on standard error.
func (f *factory) env(ctx context.Context, p *progress) (deploy.Env, error) {
	client, err := f.client()
	if err != nil {
		return deploy.Env{}, err
	}
	namespace := f.namespace()
	store, err := f.store(ctx, client, namespace)
	if err != nil {
		return deploy.Env{}, err
	}
	return deploy.Env{Client: client, Store: store, Namespace: namespace, Now: f.sys.Now, Notify: p.notify}, nil
}

// last reads the newest revision of a release, or the given one.
func (f *factory) last(ctx context.Context, name string, revision int) (*release.Release, error) {
	client, err := f.client()
	if err != nil {
		return nil, err
	}
	store, err := f.store(ctx, client, f.namespace())
	if err != nil {
		return nil, err
	}
	if err := checkReleaseName(name); err != nil {
		return nil, fmt.Errorf("releaseContent: Release name is invalid: %s", name)
	}
	last := revision <= 0
	if last {
		entries, err := store.Entries(ctx, release.Query{Name: name})
		if err != nil {
			return nil, err
		}
		if len(entries) == 0 {
			return nil, &release.NotFoundError{Name: name}
		}
		revision = entries[len(entries)-1].Revision
	}
	rec, err := store.Get(ctx, name, revision)
	if err != nil {
		return nil, err
	}
	if last { // Helm shows the store's own labels then, and only then
		rec.Release.Labels = rec.Labels
	}
	return rec.Release, nil
}

// colors reports whether output is colored.
func (f *factory) colors() bool {
	switch f.settings.color {
	case "always":
		return true
	case "never":
		return false
	}
	_, no := f.sys.LookupEnv("NO_COLOR")
	return !no && f.settings.env.get("TERM") != "dumb" && isTerminal(f.sys.Stdout)
}

// ANSI codes for colors and bold.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
	bold   = "1"
)

func (f *factory) paint(code, text string) string {
	if code == "" || !f.colors() {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (f *factory) paintStatus(s release.Status) string {
	code := ""
	switch {
	case s == release.Deployed:
		code = green
	case s == release.Failed || s == release.Unknown:
		code = red
	case s.IsPending() || s == release.Uninstalling:
		code = yellow
	}
	return f.paint(code, string(s))
}
