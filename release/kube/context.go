package kube

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// noCluster stands for the place of a Config that no kubeconfig made.
const noCluster = "no kubeconfig names a cluster: set KUBECONFIG, or use --kubeconfig, --kube-context or --kube-apiserver"

// missingError is an entry of a kubeconfig that another names, or an option.
type missingError struct{ what, name string }

func (e *missingError) Error() string { return fmt.Sprintf("%s %q does not exist", e.what, e.name) }

// config puts the parts of a context together. Where the cluster or the user is missing,
// what there is comes with the error.
func (k *kubeconfig) config(o *ConfigOptions) (*Config, error) {
	name := k.CurrentContext
	if o.Context != "" {
		name = o.Context
	}
	context, ok := k.context(name)
	if !ok && name != "" {
		return nil, &ConfigError{Place: "kubeconfig", Err: &missingError{"context", name}}
	}
	cfg := &Config{Place: fmt.Sprintf("kubeconfig context %q", name), Namespace: context.Context.Namespace}
	if ok {
		cluster, found := k.cluster(context.Context.Cluster)
		if !found && o.Server == "" {
			return cfg, &ConfigError{Place: cfg.Place, Err: &missingError{"cluster", context.Context.Cluster}}
		}
		if err := cfg.setCluster(&cluster); err != nil {
			return nil, err
		}
		user, found := k.user(context.Context.User)
		if !found && context.Context.User != "" {
			return cfg, &ConfigError{Place: cfg.Place, Err: &missingError{"auth info", context.Context.User}}
		}
		if err := cfg.setUser(&user, &cluster); err != nil {
			return nil, err
		}
	}
	if cfg.Exec != nil {
		cfg.Exec.stdin, cfg.Exec.stderr = o.Stdin, o.Stderr
	}
	cfg.override(o)
	return cfg, nil
}

func (c *Config) setCluster(n *namedCluster) error {
	info := &n.Cluster
	data, err := base64.StdEncoding.DecodeString(info.CAData)
	if err != nil {
		return &ConfigError{Place: fmt.Sprintf("kubeconfig cluster %q: certificate-authority-data", n.Name), Err: errors.New("it is not base64")}
	}
	c.Server, c.TLSServerName, c.Insecure = info.Server, info.TLSServerName, info.Insecure
	c.CAData, c.CAFile = data, beside(n.dir, info.CAFile)
	c.ProxyURL, c.DisableCompression = info.ProxyURL, info.DisableCompression
	return nil
}

func (c *Config) setUser(n *namedUser, cluster *namedCluster) error {
	u := &n.User
	place := fmt.Sprintf("kubeconfig user %q", n.Name)
	var err error
	if c.CertData, err = base64.StdEncoding.DecodeString(u.CertData); err != nil {
		return &ConfigError{Place: place + ": client-certificate-data", Err: errors.New("it is not base64")}
	}
	if c.KeyData, err = base64.StdEncoding.DecodeString(u.KeyData); err != nil {
		return &ConfigError{Place: place + ": client-key-data", Err: errors.New("it is not base64")}
	}
	c.CertFile, c.KeyFile = beside(n.dir, u.CertFile), beside(n.dir, u.KeyFile)
	c.Token, c.TokenFile = u.Token, beside(n.dir, u.TokenFile)
	c.Username, c.Password = u.Username, u.Password
	c.AsUser, c.AsUID, c.AsGroups, c.AsExtra = u.As, u.AsUID, u.AsGroups, u.AsExtra
	if u.Exec != nil {
		exec := *u.Exec
		exec.place = place
		if exec.InteractiveMode == "" && exec.APIVersion == "client.authentication.k8s.io/v1beta1" {
			exec.InteractiveMode = "IfAvailable"
		}
		if strings.ContainsRune(exec.Command, filepath.Separator) {
			exec.Command = beside(n.dir, exec.Command)
		}
		for _, ext := range cluster.Cluster.Extensions {
			if ext.Name == "client.authentication.k8s.io/exec" {
				exec.clusterConfig = ext.Extension
			}
		}
		c.Exec = &exec
	}
	if p := u.AuthProvider; p != nil {
		if p.Name != "oidc" || p.Config["id-token"] == "" {
			return &ConfigError{Place: place, Err: fmt.Errorf("auth-provider %q is not supported: use a credential plugin (exec)", p.Name)}
		}
		c.OIDC = &OIDCConfig{IDToken: p.Config["id-token"]}
		if u.Exec != nil {
			return &ConfigError{Place: place, Err: errors.New("it has both an auth-provider and an exec plugin: remove one")}
		}
	}
	return nil
}

// beside resolves a path that a kubeconfig file names.
func beside(dir, file string) string {
	if file == "" || filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(dir, file)
}

// override puts the options over what files say. A token of the options replaces every
// other way to say who one is.
func (c *Config) override(o *ConfigOptions) {
	if o.CAFile != "" || o.Insecure {
		c.CAFile, c.CAData, c.Insecure = o.CAFile, nil, o.Insecure
	}
	if o.Server != "" || o.TLSServerName != "" {
		// Another server has another name.
		c.TLSServerName = o.TLSServerName
	}
	if o.Server != "" {
		c.Server = o.Server
	}
	if o.Token != "" {
		c.Token, c.TokenFile, c.Exec, c.OIDC, c.Username, c.Password = o.Token, "", nil, nil, "", ""
	}
	if o.AsUser != "" {
		c.AsUser = o.AsUser
	}
	if len(o.AsGroups) > 0 {
		c.AsGroups = o.AsGroups
	}
}

// serviceAccount is where Kubernetes tells a pod who it is.
const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount"

// inCluster is the configuration of a pod, nil outside of one.
func (o *ConfigOptions) inCluster() *Config {
	dir := o.serviceAccount
	if dir == "" {
		dir = serviceAccount
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	host, port := o.get("KUBERNETES_SERVICE_HOST"), o.get("KUBERNETES_SERVICE_PORT")
	token, err := os.Stat(file("token"))
	if host == "" || port == "" || err != nil || token.IsDir() {
		return nil
	}
	cfg := &Config{
		Place: "the pod's service account", Server: "https://" + net.JoinHostPort(host, port),
		TokenFile: file("token"), Namespace: o.get("POD_NAMESPACE"),
	}
	if _, err := os.Stat(file("ca.crt")); err == nil {
		cfg.CAFile = file("ca.crt")
	}
	if data, err := os.ReadFile(file("namespace")); err == nil && cfg.Namespace == "" {
		cfg.Namespace = strings.TrimSpace(string(data))
	}
	return cfg
}
