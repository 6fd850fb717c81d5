package kube

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

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

	// Stdin is a terminal at which credential plugins may ask the user, nil if there
	// is none; Stderr is where they write.
	Stdin  io.Reader
	Stderr io.Writer

	// What follows goes over what the files say, if it is not empty.
	Server        string
	Token         string
	CAFile        string
	TLSServerName string
	Insecure      bool
	AsUser        string
	AsGroups      []string

	// serviceAccount is another directory for that of a pod, in tests.
	serviceAccount string
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
// files that are not there are passed over, except File. Where none names a cluster it is,
// in a pod, the pod's service account, and elsewhere $KUBERNETES_MASTER or
// http://localhost:8080. The error is a *ConfigError.
//
// A context whose cluster or user is not there is an error here, which kubectl takes for
// that last server or for no user; and a token of opts replaces every other way to say
// who one is, where kubectl finds them in conflict.
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
			if cfg.Namespace != "" {
				pod.Namespace = cfg.Namespace
			}
			cfg = pod
			cfg.override(&opts)
		}
	}
	if cfg.Server == "" {
		cfg.Server = opts.get("KUBERNETES_MASTER")
		cfg.Place = noCluster
	}
	if cfg.Server == "" {
		cfg.Server = "http://localhost:8080"
	}
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return cfg, cfg.validateToken()
}

// Context is a context of a kubeconfig.
type Context struct{ Name, Cluster, Namespace string }

// Contexts returns the contexts of the kubeconfig files, in their order.
func Contexts(opts ConfigOptions) ([]Context, error) {
	if opts.Env == nil {
		opts.Env = os.LookupEnv
	}
	merged, err := opts.read()
	if err != nil {
		return nil, err
	}
	var all []Context
	for _, c := range merged.Contexts {
		all = append(all, Context{Name: c.Name, Cluster: c.Context.Cluster, Namespace: c.Context.Namespace})
	}
	return all, nil
}

// Namespace returns the namespace to work in where none is asked for: that of the
// context, else inside a pod the pod's, else "default". A kubeconfig that cannot be used
// counts as none: not all that needs a namespace needs a cluster.
func Namespace(opts ConfigOptions) string {
	if opts.Env == nil {
		opts.Env = os.LookupEnv
	}
	merged, err := opts.read()
	if err != nil {
		return "default"
	}
	cfg, err := merged.config(&opts)
	var missing *missingError
	switch {
	case errors.As(err, &missing) && missing.what != "context": // no matter for this
	case err != nil || cfg.validate() != nil:
		return "default"
	}
	if cfg.Namespace != "" {
		return cfg.Namespace
	}
	if pod := opts.inCluster(); pod != nil && pod.Namespace != "" {
		return pod.Namespace
	}
	return "default"
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
