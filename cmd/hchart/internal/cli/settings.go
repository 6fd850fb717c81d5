package cli

import (
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// settings are the values of the global flags, which the environment presets.
type settings struct {
	env environment

	debug     bool
	color     string
	namespace string // as given; see currentNamespace

	kubeConfig    string
	kubeContext   string
	kubeToken     string
	kubeAsUser    string
	kubeAsGroups  []string
	kubeAPIServer string
	kubeCAFile    string
	kubeTLSName   string
	kubeInsecure  bool
	burstLimit    int
	qps           float32
	maxHistory    int

	registryConfig   string
	repositoryConfig string
	repositoryCache  string
	contentCache     string
	plugins          string
}

func newSettings(env environment) *settings {
	s := &settings{
		env:              env,
		color:            env.color(),
		namespace:        env.get("HELM_NAMESPACE"),
		kubeContext:      env.get("HELM_KUBECONTEXT"),
		kubeToken:        env.get("HELM_KUBETOKEN"),
		kubeAsUser:       env.get("HELM_KUBEASUSER"),
		kubeAsGroups:     env.list("HELM_KUBEASGROUPS"),
		kubeAPIServer:    env.get("HELM_KUBEAPISERVER"),
		kubeCAFile:       env.get("HELM_KUBECAFILE"),
		kubeTLSName:      env.get("HELM_KUBETLS_SERVER_NAME"),
		kubeInsecure:     env.boolean("HELM_KUBEINSECURE_SKIP_TLS_VERIFY"),
		burstLimit:       env.integer("HELM_BURST_LIMIT", 100),
		qps:              env.float("HELM_QPS"),
		maxHistory:       env.integer("HELM_MAX_HISTORY", 10),
		registryConfig:   env.or("HELM_REGISTRY_CONFIG", env.configHome("registry", "config.json")),
		repositoryConfig: env.or("HELM_REPOSITORY_CONFIG", env.configHome("repositories.yaml")),
		repositoryCache:  env.or("HELM_REPOSITORY_CACHE", env.cacheHome("repository")),
		contentCache:     env.or("HELM_CONTENT_CACHE", env.cacheHome("content")),
		plugins:          env.or("HELM_PLUGINS", env.dataHome("plugins")),
	}
	s.debug = env.boolean("HELM_DEBUG")
	return s
}

// addFlags binds the global flags.
func (s *settings) addFlags(fs *pflag.FlagSet) {
	fs.StringVarP(&s.namespace, "namespace", "n", s.namespace, "namespace to work in")
	fs.StringVar(&s.kubeConfig, "kubeconfig", "", "kubeconfig file to use in place of $KUBECONFIG")
	fs.StringVar(&s.kubeContext, "kube-context", s.kubeContext, "context of the kubeconfig file to use")
	fs.StringVar(&s.kubeToken, "kube-token", s.kubeToken, "bearer token to authenticate with")
	fs.StringVar(&s.kubeAsUser, "kube-as-user", s.kubeAsUser, "user to impersonate")
	fs.StringArrayVar(&s.kubeAsGroups, "kube-as-group", s.kubeAsGroups, "group to impersonate (repeatable)")
	fs.StringVar(&s.kubeAPIServer, "kube-apiserver", s.kubeAPIServer, "address and port of the Kubernetes API server")
	fs.StringVar(&s.kubeCAFile, "kube-ca-file", s.kubeCAFile, "certificate authority that the API server's certificate is checked against")
	fs.StringVar(&s.kubeTLSName, "kube-tls-server-name", s.kubeTLSName, "name the API server's certificate has to have, if it is not the host's")
	fs.BoolVar(&s.kubeInsecure, "kube-insecure-skip-tls-verify", s.kubeInsecure, "do not check the API server's certificate; anybody on the network can then pose as the server")
	fs.BoolVar(&s.debug, "debug", s.debug, "tell on standard error what is done, and show more of what went wrong")
	fs.StringVar(&s.registryConfig, "registry-config", s.registryConfig, "file with the logins of registries")
	fs.StringVar(&s.repositoryConfig, "repository-config", s.repositoryConfig, "file with the names and URLs of repositories")
	fs.StringVar(&s.repositoryCache, "repository-cache", s.repositoryCache, "directory for cached repository indexes")
	fs.StringVar(&s.contentCache, "content-cache", s.contentCache, "directory for cached charts")
	fs.IntVar(&s.burstLimit, "burst-limit", s.burstLimit, "API requests that may be sent in one burst")
	fs.Float32Var(&s.qps, "qps", s.qps, "API requests per second, bursts aside")
	fs.StringVar(&s.color, "color", s.color, "colored output: never, auto or always")
	fs.StringVar(&s.color, "colour", s.color, "the same as --color")
}

// variables returns what `env` shows.
func (s *settings) variables(program, namespace string) map[string]string {
	vars := map[string]string{
		"HELM_BIN":               program,
		"HELM_CACHE_HOME":        s.env.cacheHome(),
		"HELM_CONFIG_HOME":       s.env.configHome(),
		"HELM_DATA_HOME":         s.env.dataHome(),
		"HELM_DEBUG":             strconv.FormatBool(s.debug),
		"HELM_PLUGINS":           s.plugins,
		"HELM_REGISTRY_CONFIG":   s.registryConfig,
		"HELM_REPOSITORY_CACHE":  s.repositoryCache,
		"HELM_CONTENT_CACHE":     s.contentCache,
		"HELM_REPOSITORY_CONFIG": s.repositoryConfig,
		"HELM_NAMESPACE":         namespace,
		"HELM_MAX_HISTORY":       strconv.Itoa(s.maxHistory),
		"HELM_BURST_LIMIT":       strconv.Itoa(s.burstLimit),
		"HELM_QPS":               strconv.FormatFloat(float64(s.qps), 'f', 2, 32),

		"HELM_KUBECONTEXT":                  s.kubeContext,
		"HELM_KUBETOKEN":                    s.kubeToken,
		"HELM_KUBEASUSER":                   s.kubeAsUser,
		"HELM_KUBEASGROUPS":                 strings.Join(s.kubeAsGroups, ","),
		"HELM_KUBEAPISERVER":                s.kubeAPIServer,
		"HELM_KUBECAFILE":                   s.kubeCAFile,
		"HELM_KUBEINSECURE_SKIP_TLS_VERIFY": strconv.FormatBool(s.kubeInsecure),
		"HELM_KUBETLS_SERVER_NAME":          s.kubeTLSName,
	}
	if s.kubeConfig != "" {
		vars["KUBECONFIG"] = s.kubeConfig
	}
	return vars
}
