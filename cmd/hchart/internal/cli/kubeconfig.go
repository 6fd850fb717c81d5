package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

// serviceAccountDir is where Kubernetes tells a pod who it is.
const serviceAccountDir = "/var/run/secrets/kubernetes.io/serviceaccount"

// kubeConfig is what is read of kubeconfig files.
type kubeConfig struct {
	CurrentContext string             `json:"current-context"`
	Contexts       []kubeNamedContext `json:"contexts"`
}

type kubeNamedContext struct {
	Name    string      `json:"name"`
	Context kubeContext `json:"context"`
}

type kubeContext struct {
	Cluster   string `json:"cluster"`
	Namespace string `json:"namespace"`
}

// context finds a context by name.
func (c *kubeConfig) context(name string) (kubeContext, bool) {
	for _, named := range c.Contexts {
		if named.Name == name {
			return named.Context, true
		}
	}
	return kubeContext{}, false
}

// loadKubeConfig reads the file of --kubeconfig, or merges those of $KUBECONFIG,
// or reads ~/.kube/config. Of two files that say the same the first one is right;
// files that are not there are passed over, except the one of --kubeconfig.
func (f *factory) loadKubeConfig() (*kubeConfig, error) {
	explicit := f.settings.kubeConfig != ""
	var files []string
	switch list := f.settings.env.get("KUBECONFIG"); {
	case explicit:
		files = []string{f.settings.kubeConfig}
	case list != "":
		files = filepath.SplitList(list)
	default:
		files = []string{filepath.Join(f.settings.env.home(), ".kube", "config")}
	}
	merged := &kubeConfig{}
	for _, file := range files {
		if file == "" {
			continue
		}
		data, err := os.ReadFile(f.path(file))
		if errors.Is(err, fs.ErrNotExist) && !explicit {
			continue
		}
		if err != nil {
			return nil, err
		}
		var c kubeConfig
		if err := yaml.Unmarshal(data, &c); err != nil {
			return nil, fmt.Errorf("%s is not a kubeconfig file: %w", file, err)
		}
		if merged.CurrentContext == "" {
			merged.CurrentContext = c.CurrentContext
		}
		merged.Contexts = append(merged.Contexts, c.Contexts...)
	}
	return merged, nil
}

// namespace returns the namespace to work in: that of --namespace or
// $HELM_NAMESPACE, else that of the kubeconfig's context, else inside a pod the
// pod's, else "default". A kubeconfig that cannot be used counts as none: the
// commands of this package need no cluster.
func (f *factory) namespace() string {
	if ns := f.settings.namespace; ns != "" {
		return ns
	}
	c, err := f.loadKubeConfig()
	if err != nil {
		return "default"
	}
	name := c.CurrentContext
	if f.settings.kubeContext != "" {
		name = f.settings.kubeContext
	}
	context, ok := c.context(name)
	switch {
	case context.Namespace != "":
		return context.Namespace
	case !ok && name != "":
		return "default"
	}
	return f.podNamespace()
}

// podNamespace returns the namespace of the pod the program runs in, and
// "default" when it runs elsewhere.
func (f *factory) podNamespace() string {
	env := f.settings.env
	token, err := os.Stat(filepath.Join(serviceAccountDir, "token"))
	if err != nil || token.IsDir() || env.get("KUBERNETES_SERVICE_HOST") == "" || env.get("KUBERNETES_SERVICE_PORT") == "" {
		return "default"
	}
	if ns := env.get("POD_NAMESPACE"); ns != "" {
		return ns
	}
	if data, err := os.ReadFile(filepath.Join(serviceAccountDir, "namespace")); err == nil {
		if ns := strings.TrimSpace(string(data)); ns != "" {
			return ns
		}
	}
	return "default"
}
