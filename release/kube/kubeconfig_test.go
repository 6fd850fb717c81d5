package kube

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// kubeconfigOf is a kubeconfig with one context, cluster and user.
func kubeconfigOf(cluster, user string) string {
	return `apiVersion: v1
kind: Config
current-context: c
contexts: [{name: c, context: {cluster: k, user: u, namespace: n}}]
clusters: [{name: k, cluster: {` + cluster + `}}]
users: [{name: u, user: {` + user + `}}]
`
}

func load(t *testing.T, text string, opts ConfigOptions) (*Config, error) {
	t.Helper()
	opts.File = filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(opts.File, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return LoadConfig(opts)
}

// TestLoadConfigErrors: each names the place, and none a credential. What is read
// rightly is compared with clientcmd in test/kuberef.
func TestLoadConfigErrors(t *testing.T) {
	const server = "server: https://k.example"
	for _, tt := range []struct {
		name, text string
		opts       ConfigOptions
		has        string
	}{
		{"no YAML", "{canary", ConfigOptions{}, "it is not a kubeconfig file"},
		{"no mapping", "- canary", ConfigOptions{}, "it is not a kubeconfig file"},
		{"no such context", kubeconfigOf(server, ""), ConfigOptions{Context: "d"}, `context "d" does not exist`},
		{"no such cluster", "current-context: c\ncontexts: [{name: c, context: {cluster: k}}]", ConfigOptions{}, `context "c": cluster "k" does not exist`},
		{"no such user", "current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\nclusters: [{name: k, cluster: {server: x}}]", ConfigOptions{}, `auth info "u" does not exist`},
		{"authority", kubeconfigOf(server+", certificate-authority-data: canary!", ""), ConfigOptions{}, `cluster "k": certificate-authority-data: it is not base64`},
		{"certificate", kubeconfigOf(server, "client-certificate-data: canary!"), ConfigOptions{}, `user "u": client-certificate-data`},
		{"key", kubeconfigOf(server, "client-key-data: canary!"), ConfigOptions{}, `user "u": client-key-data`},
		{"certificate without key", kubeconfigOf(server, "client-certificate-data: Y2FuYXJ5"), ConfigOptions{}, "no client-key"},
		{"two ways", kubeconfigOf(server, "token: canary, username: u, password: canary"), ConfigOptions{}, "both a token and a password"},
		{"token file", kubeconfigOf(server, "tokenFile: none"), ConfigOptions{}, "token file: open "},
		{"groups without user", kubeconfigOf(server, "token: canary"), ConfigOptions{AsGroups: []string{"g"}}, "impersonated without a user"},
		{"old provider", kubeconfigOf(server, "auth-provider: {name: gcp}"), ConfigOptions{}, `auth-provider "gcp" is not supported`},
		{"exec", kubeconfigOf(server, "exec: {apiVersion: client.authentication.k8s.io/v1, command: x}"), ConfigOptions{}, "interactiveMode"},
		{"proxy", kubeconfigOf(server+", proxy-url: 'ftp://u:canary@p'", ""), ConfigOptions{}, `the scheme "ftp"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, tt.text, tt.opts)
			var config *ConfigError
			if !errors.As(err, &config) || !strings.Contains(err.Error(), tt.has) || strings.Contains(err.Error(), "canary") {
				t.Errorf("error %v, want %q", err, tt.has)
			}
		})
	}
}

// TestNewErrors is about what is found out only when a client is made.
func TestNewErrors(t *testing.T) {
	for _, tt := range []struct {
		name   string
		config Config
		has    string
	}{
		{"no server", Config{}, "no configuration has been provided"},
		{"no URL", Config{Server: "https://u:canary@[::1"}, "the server is not a URL"},
		{"other scheme", Config{Server: "ftp://u:canary@k.example"}, "is not a URL of http or https"},
		{"authority and none", Config{Server: "https://k", CAData: []byte("canary"), Insecure: true}, "insecure"},
		{"no authority", Config{Server: "https://k", CAData: []byte("canary")}, "no certificate in PEM form"},
		{"no certificate", Config{Server: "https://k", CertData: []byte("canary"), KeyData: []byte("canary")}, "client-certificate and client-key"},
		{"no file", Config{Server: "https://k", CAFile: "/none"}, "certificate-authority"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := New(&tt.config, Options{})
			var config *ConfigError
			if !errors.As(err, &config) || !strings.Contains(err.Error(), tt.has) || strings.Contains(err.Error(), "canary") {
				t.Errorf("error %v, want %q", err, tt.has)
			}
		})
	}
}

// TestNoKubeconfig: without one it is the server that kubectl takes.
func TestNoKubeconfig(t *testing.T) {
	for _, tt := range []struct {
		name, master, want string
		opts               ConfigOptions
	}{
		{"nothing", "", "http://localhost:8080", ConfigOptions{}},
		{"environment", "http://m.example", "http://m.example", ConfigOptions{}},
		{"flag", "http://m.example", "https://f.example", ConfigOptions{Server: "https://f.example"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home := t.TempDir()
			tt.opts.Env = func(name string) (string, bool) {
				v := map[string]string{"HOME": home, "KUBERNETES_MASTER": tt.master}[name]
				return v, v != ""
			}
			cfg, err := LoadConfig(tt.opts)
			if err != nil || cfg.Server != tt.want {
				t.Errorf("%+v, %v; want %s", cfg, err, tt.want)
			}
		})
	}
}

// TestInCluster is about pods, whose service account counts where no kubeconfig does.
func TestInCluster(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"token": "t", "ca.crt": "c", "namespace": "ns\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name                    string
		env                     map[string]string
		opts                    ConfigOptions
		server, namespace, file string
	}{
		{"pod", map[string]string{"KUBERNETES_SERVICE_HOST": "fd00::1"}, ConfigOptions{}, "https://[fd00::1]:443", "ns", "token"},
		{"namespace of the environment", map[string]string{"KUBERNETES_SERVICE_HOST": "10.0.0.1", "POD_NAMESPACE": "other"}, ConfigOptions{}, "https://10.0.0.1:443", "other", "token"},
		{"other token", map[string]string{"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, ConfigOptions{Token: "x"}, "https://10.0.0.1:443", "ns", ""},
		{"other server", map[string]string{"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, ConfigOptions{Server: "https://k"}, "https://k", "", ""},
		{"no pod", nil, ConfigOptions{}, "http://localhost:8080", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.opts.serviceAccount = dir
			tt.opts.Env = func(name string) (string, bool) {
				v, ok := tt.env[name]
				if name == "KUBERNETES_SERVICE_PORT" {
					return "443", true
				}
				return v, ok
			}
			cfg, err := LoadConfig(tt.opts)
			if err != nil {
				t.Fatal(err)
			}
			file := ""
			if cfg.TokenFile != "" {
				file = filepath.Base(cfg.TokenFile)
			}
			if cfg.Server != tt.server || cfg.Namespace != tt.namespace || file != tt.file || tt.file != "" && cfg.CAFile != filepath.Join(dir, "ca.crt") {
				t.Errorf("%+v", cfg)
			}
		})
	}
}

func FuzzLoadConfig(f *testing.F) {
	f.Add(kubeconfigOf("server: https://k.example, certificate-authority-data: YQ==", "token: t"))
	f.Add(kubeconfigOf("server: 'k.example:6443', proxy-url: 'http://p'", "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Never}"))
	f.Add("contexts: null\nclusters: [{}]\nusers: [{user: {auth-provider: {}}}]")
	f.Fuzz(func(t *testing.T, text string) {
		cfg, err := load(t, text, ConfigOptions{Env: func(string) (string, bool) { return "", false }})
		if err != nil {
			return
		}
		if c, err := New(cfg, Options{}); err == nil {
			c.Close()
		}
	})
}
