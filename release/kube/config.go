package kube

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// Config says how to reach an API server and as whom. LoadConfig makes one from
// kubeconfig files.
type Config struct {
	// Server is the URL of the API server.
	Server string
	// Namespace is that of the context, empty if it names none.
	Namespace string
	// Place says where this comes from, for messages: "context \"prod\"".
	Place string

	TLSServerName string
	Insecure      bool
	CAFile        string
	CAData        []byte
	CertFile      string
	CertData      []byte
	KeyFile       string
	KeyData       []byte

	Token     string
	TokenFile string
	Username  string
	Password  string
	// Exec is a program that gives credentials.
	Exec *ExecConfig
	// OIDC is the old auth-provider "oidc".
	OIDC *OIDCConfig

	AsUser   string
	AsUID    string
	AsGroups []string
	AsExtra  map[string][]string

	ProxyURL           string
	DisableCompression bool
}

// OIDCConfig is the part of auth-provider "oidc" that is used: a token that somebody
// else keeps fresh.
type OIDCConfig struct{ IDToken string }

// ConfigError is a kubeconfig that cannot be used.
type ConfigError struct {
	// Place is the file, context, cluster or user at fault.
	Place string
	Err   error
}

func (e *ConfigError) Error() string { return e.Place + ": " + e.Err.Error() }

func (e *ConfigError) Unwrap() error { return e.Err }

// ErrNoConfig is the cause when no kubeconfig names a cluster.
var ErrNoConfig = errors.New("no configuration has been provided: set KUBECONFIG, or name a file with --kubeconfig or a server with --kube-apiserver")

// base returns the URL of the server.
func (c *Config) base() (*url.URL, error) {
	server := c.Server
	if server == "" {
		return nil, &ConfigError{Place: "kubeconfig", Err: ErrNoConfig}
	}
	if !strings.Contains(server, "://") {
		scheme := "http://"
		if c.CAFile != "" || len(c.CAData) > 0 || c.CertFile != "" || len(c.CertData) > 0 || c.Insecure {
			scheme = "https://"
		}
		server = scheme + server
	}
	u, err := url.Parse(server)
	if err != nil {
		// The text of a *url.Error has the URL, which may have a password.
		return nil, &ConfigError{Place: c.Place, Err: errors.New("the server is not a URL")}
	}
	if u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, &ConfigError{Place: c.Place, Err: fmt.Errorf("the server %q is not a URL of http or https", u.Redacted())}
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	u.RawQuery, u.Fragment = "", ""
	return u, nil
}

// tlsConfig reads certificates. Client certificates that an exec plugin gives are
// added by it.
func (c *Config) tlsConfig() (*tls.Config, error) {
	t := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: c.TLSServerName, InsecureSkipVerify: c.Insecure}
	ca, err := dataOrFile(c.CAData, c.CAFile)
	if err != nil {
		return nil, &ConfigError{Place: c.Place + ": certificate-authority", Err: err}
	}
	if len(ca) > 0 && c.Insecure {
		return nil, &ConfigError{Place: c.Place, Err: errors.New("specifying a root certificates file with the insecure flag is not allowed")}
	}
	if len(ca) > 0 {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(ca) {
			return nil, &ConfigError{Place: c.Place + ": certificate-authority", Err: errors.New("it holds no certificate in PEM form")}
		}
		t.RootCAs = pool
	}
	cert, err := dataOrFile(c.CertData, c.CertFile)
	if err != nil {
		return nil, &ConfigError{Place: c.Place + ": client-certificate", Err: err}
	}
	key, err := dataOrFile(c.KeyData, c.KeyFile)
	if err != nil {
		return nil, &ConfigError{Place: c.Place + ": client-key", Err: err}
	}
	if len(cert) > 0 || len(key) > 0 {
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			return nil, &ConfigError{Place: c.Place + ": client-certificate and client-key", Err: err}
		}
		t.Certificates = []tls.Certificate{pair}
	}
	return t, nil
}

func dataOrFile(data []byte, file string) ([]byte, error) {
	if len(data) > 0 || file == "" {
		return data, nil
	}
	return os.ReadFile(file)
}

// proxy returns the proxy for requests: that of the cluster, else the environment's.
func (c *Config) proxy() (func(*http.Request) (*url.URL, error), error) {
	if c.ProxyURL == "" {
		return http.ProxyFromEnvironment, nil
	}
	u, err := url.Parse(c.ProxyURL)
	if err != nil || u.Host == "" {
		return nil, &ConfigError{Place: c.Place, Err: errors.New("proxy-url is not a URL")}
	}
	switch u.Scheme {
	case "http", "https", "socks5":
		return http.ProxyURL(u), nil
	}
	return nil, &ConfigError{Place: c.Place, Err: fmt.Errorf("proxy-url has the scheme %q: use http, https or socks5", u.Scheme)}
}
