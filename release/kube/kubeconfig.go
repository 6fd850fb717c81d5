package kube

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

// ConfigOptions say which kubeconfig to read and what to put over it.
type ConfigOptions struct {
	// File is the one file to read; it has to be there.
	File string
	// Env looks environment variables up: KUBECONFIG, HOME and those of a pod.
	// os.LookupEnv if it is nil.
	Env func(string) (string, bool)
	// Dir is what relative paths of files are relative to, empty for the working
	// directory.
	Dir string
	// Context is the context to use in place of current-context.
	Context string

	// What follows goes over what the files say, if it is not empty.
	Server        string
	Token         string
	CAFile        string
	TLSServerName string
	Insecure      bool
	AsUser        string
	AsGroups      []string
}

// kubeconfig is a kubeconfig file. (sigs.k8s.io/yaml reads it as JSON.)
type kubeconfig struct {
	CurrentContext string         `json:"current-context"`
	Clusters       []namedCluster `json:"clusters"`
	Users          []namedUser    `json:"users"`
	Contexts       []namedContext `json:"contexts"`
}

type namedCluster struct {
	Name    string      `json:"name"`
	Cluster clusterInfo `json:"cluster"`
	dir     string
}

type clusterInfo struct {
	Server             string `json:"server"`
	TLSServerName      string `json:"tls-server-name"`
	Insecure           bool   `json:"insecure-skip-tls-verify"`
	CAFile             string `json:"certificate-authority"`
	CAData             string `json:"certificate-authority-data"`
	ProxyURL           string `json:"proxy-url"`
	DisableCompression bool   `json:"disable-compression"`
	Extensions         []struct {
		Name      string `json:"name"`
		Extension any    `json:"extension"`
	} `json:"extensions"`
}

type namedUser struct {
	Name string   `json:"name"`
	User userInfo `json:"user"`
	dir  string
}

type userInfo struct {
	CertFile     string              `json:"client-certificate"`
	CertData     string              `json:"client-certificate-data"`
	KeyFile      string              `json:"client-key"`
	KeyData      string              `json:"client-key-data"`
	Token        string              `json:"token"`
	TokenFile    string              `json:"tokenFile"`
	As           string              `json:"as"`
	AsUID        string              `json:"as-uid"`
	AsGroups     []string            `json:"as-groups"`
	AsExtra      map[string][]string `json:"as-user-extra"`
	Username     string              `json:"username"`
	Password     string              `json:"password"`
	Exec         *ExecConfig         `json:"exec"`
	AuthProvider *struct {
		Name   string            `json:"name"`
		Config map[string]string `json:"config"`
	} `json:"auth-provider"`
}

type namedContext struct {
	Name    string `json:"name"`
	Context struct {
		Cluster   string `json:"cluster"`
		User      string `json:"user"`
		Namespace string `json:"namespace"`
	} `json:"context"`
}

// LoadConfig reads the kubeconfig files as kubectl does: the one of File, else those of
// $KUBECONFIG, else ~/.kube/config. Of two files that say the same the first is right;
// files that are not there are passed over, except File. Without any, in a pod, it is
// the pod's service account. The error is a *ConfigError.
func LoadConfig(opts ConfigOptions) (*Config, error) {
	if opts.Env == nil {
		opts.Env = os.LookupEnv
	}
	merged, err := opts.read()
	if err != nil {
		return nil, err
	}
	cfg, err := merged.config(&opts)
	if err != nil {
		return nil, err
	}
	if cfg.Server == "" && opts.Context == "" {
		if pod := opts.inCluster(); pod != nil {
			pod.override(&opts)
			return pod, nil
		}
	}
	if cfg.Server == "" {
		return nil, &ConfigError{Place: "kubeconfig", Err: ErrNoConfig}
	}
	return cfg, nil
}

// Contexts returns the names of the contexts of the kubeconfig files, in their order.
func Contexts(opts ConfigOptions) ([]string, error) {
	if opts.Env == nil {
		opts.Env = os.LookupEnv
	}
	merged, err := opts.read()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, c := range merged.Contexts {
		names = append(names, c.Name)
	}
	return names, nil
}

func (o *ConfigOptions) get(name string) string {
	v, _ := o.Env(name)
	return v
}

func (o *ConfigOptions) files() []string {
	if o.File != "" {
		return []string{o.File}
	}
	if list := o.get("KUBECONFIG"); list != "" {
		return filepath.SplitList(list)
	}
	home := o.get("HOME")
	if home == "" {
		home = o.get("USERPROFILE")
	}
	return []string{filepath.Join(home, ".kube", "config")}
}

// read reads and merges the files.
func (o *ConfigOptions) read() (*kubeconfig, error) {
	merged := &kubeconfig{}
	for _, file := range o.files() {
		if file == "" {
			continue
		}
		path := file
		if o.Dir != "" && !filepath.IsAbs(path) {
			path = filepath.Join(o.Dir, path)
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) && o.File == "" {
			continue
		}
		if err != nil {
			return nil, &ConfigError{Place: "kubeconfig", Err: err}
		}
		var c kubeconfig
		if err := yaml.Unmarshal(data, &c); err != nil {
			// The parser may quote what it does not understand: a token, say.
			return nil, &ConfigError{Place: file, Err: errors.New("it is not a kubeconfig file")}
		}
		merged.add(&c, filepath.Dir(path))
	}
	return merged, nil
}

// add merges a later file into earlier ones, whose entries win.
func (k *kubeconfig) add(c *kubeconfig, dir string) {
	if k.CurrentContext == "" {
		k.CurrentContext = c.CurrentContext
	}
	for _, n := range c.Clusters {
		if _, ok := k.cluster(n.Name); !ok {
			n.dir = dir
			k.Clusters = append(k.Clusters, n)
		}
	}
	for _, n := range c.Users {
		if _, ok := k.user(n.Name); !ok {
			n.dir = dir
			k.Users = append(k.Users, n)
		}
	}
	for _, n := range c.Contexts {
		if _, ok := k.context(n.Name); !ok {
			k.Contexts = append(k.Contexts, n)
		}
	}
}

func (k *kubeconfig) cluster(name string) (namedCluster, bool) {
	for _, c := range k.Clusters {
		if c.Name == name {
			return c, true
		}
	}
	return namedCluster{}, false
}

func (k *kubeconfig) user(name string) (namedUser, bool) {
	for _, u := range k.Users {
		if u.Name == name {
			return u, true
		}
	}
	return namedUser{}, false
}

func (k *kubeconfig) context(name string) (namedContext, bool) {
	for _, c := range k.Contexts {
		if c.Name == name {
			return c, true
		}
	}
	return namedContext{}, false
}

// config puts the parts of a context together.
func (k *kubeconfig) config(o *ConfigOptions) (*Config, error) {
	name := k.CurrentContext
	if o.Context != "" {
		name = o.Context
	}
	context, ok := k.context(name)
	if !ok && (o.Context != "" || name != "" && o.Server == "") {
		return nil, &ConfigError{Place: "kubeconfig", Err: fmt.Errorf("context %q does not exist", name)}
	}
	cfg := &Config{Place: fmt.Sprintf("kubeconfig context %q", name), Namespace: context.Context.Namespace}
	if ok {
		cluster, found := k.cluster(context.Context.Cluster)
		if !found && o.Server == "" {
			return nil, &ConfigError{Place: cfg.Place, Err: fmt.Errorf("cluster %q does not exist", context.Context.Cluster)}
		}
		if err := cfg.setCluster(&cluster); err != nil {
			return nil, err
		}
		user, found := k.user(context.Context.User)
		if !found && context.Context.User != "" {
			return nil, &ConfigError{Place: cfg.Place, Err: fmt.Errorf("auth info %q does not exist", context.Context.User)}
		}
		if err := cfg.setUser(&user, &cluster); err != nil {
			return nil, err
		}
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
	if o.Server != "" {
		c.Server = o.Server
	}
	if o.CAFile != "" {
		c.CAFile, c.CAData = o.CAFile, nil
	}
	if o.Insecure {
		c.Insecure, c.CAFile, c.CAData = true, "", nil
	}
	if o.TLSServerName != "" {
		c.TLSServerName = o.TLSServerName
	}
	if o.Token != "" {
		c.Token, c.TokenFile, c.Exec, c.OIDC = o.Token, "", nil, nil
	}
	if o.AsUser != "" {
		c.AsUser = o.AsUser
	}
	if len(o.AsGroups) > 0 {
		c.AsGroups = o.AsGroups
	}
}

// serviceAccount is where Kubernetes tells a pod who it is.
const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount/"

// inCluster is the configuration of a pod, nil outside of one.
func (o *ConfigOptions) inCluster() *Config {
	host, port := o.get("KUBERNETES_SERVICE_HOST"), o.get("KUBERNETES_SERVICE_PORT")
	token, err := os.Stat(serviceAccount + "token")
	if host == "" || port == "" || err != nil || token.IsDir() {
		return nil
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	cfg := &Config{
		Place: "the pod's service account", Server: "https://" + host + ":" + port,
		TokenFile: serviceAccount + "token", CAFile: serviceAccount + "ca.crt",
		Namespace: o.get("POD_NAMESPACE"),
	}
	if data, err := os.ReadFile(serviceAccount + "namespace"); err == nil && cfg.Namespace == "" {
		cfg.Namespace = strings.TrimSpace(string(data))
	}
	return cfg
}
