package kube

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// ExecConfig is a program that gives credentials: the "exec" of a kubeconfig user
// (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins).
type ExecConfig struct {
	APIVersion string   `json:"apiVersion"`
	Command    string   `json:"command"`
	Args       []string `json:"args"`
	Env        []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"env"`
	InstallHint        string `json:"installHint"`
	ProvideClusterInfo bool   `json:"provideClusterInfo"`
	// InteractiveMode is Never, IfAvailable or Always.
	InteractiveMode string `json:"interactiveMode"`

	place         string
	stdin         io.Reader
	stderr        io.Writer
	clusterConfig any
}

// credential is what a program gave.
type credential struct {
	token   string
	cert    *tls.Certificate
	expires time.Time
}

// execAuth runs the program when credentials are needed and keeps them until they
// expire.
type execAuth struct {
	config *ExecConfig
	target *Config

	mu   sync.Mutex
	last *credential
}

// execStatus is the answer of the program.
type execStatus struct {
	Kind       string `json:"kind"`
	APIVersion string `json:"apiVersion"`
	Status     *struct {
		ExpirationTimestamp *time.Time `json:"expirationTimestamp"`
		Token               string     `json:"token"`
		Certificate         string     `json:"clientCertificateData"`
		Key                 string     `json:"clientKeyData"`
	} `json:"status"`
}

// get returns credentials that have not expired.
func (a *execAuth) get(ctx context.Context) (*credential, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.last != nil && (a.last.expires.IsZero() || time.Now().Before(a.last.expires)) {
		return a.last, nil
	}
	c, err := a.run(ctx)
	if err != nil {
		return nil, &ConfigError{Place: a.config.place, Err: err}
	}
	a.last = c
	return c, nil
}

// refuse forgets credentials that the server did not take.
func (a *execAuth) refuse(c *credential) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.last == c {
		a.last = nil
	}
}

func (a *execAuth) run(ctx context.Context) (*credential, error) {
	if a.config.InteractiveMode == "Always" && a.config.stdin == nil {
		return nil, fmt.Errorf("exec: %s wants a terminal to ask the user, and there is none", a.config.Command)
	}
	switch a.config.APIVersion {
	case "client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1":
	default:
		return nil, fmt.Errorf("exec: apiVersion %q is not supported: use client.authentication.k8s.io/v1", a.config.APIVersion)
	}
	info, err := json.Marshal(a.input())
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, a.config.Command, a.config.Args...)
	cmd.Env = os.Environ()
	for _, e := range a.config.Env {
		cmd.Env = append(cmd.Env, e.Name+"="+e.Value)
	}
	cmd.Env = append(cmd.Env, "KUBERNETES_EXEC_INFO="+string(info))
	// What the program has started may hold its output open after it was ended.
	cmd.WaitDelay = 500 * time.Millisecond
	if a.interactive() {
		cmd.Stdin = a.config.stdin
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, a.config.stderr
	if err := cmd.Run(); err != nil {
		if errors.Is(err, exec.ErrNotFound) && a.config.InstallHint != "" {
			hint := strings.Split(strings.TrimSpace(a.config.InstallHint), "\n")
			for i, line := range hint {
				hint[i] = printable(line)
			}
			return nil, fmt.Errorf("exec: %w\n%s", err, strings.Join(hint, "\n"))
		}
		return nil, fmt.Errorf("exec: %s: %w", a.config.Command, err)
	}
	return a.read(out.Bytes())
}

// interactive reports whether the program may ask the user.
func (a *execAuth) interactive() bool {
	return a.config.InteractiveMode != "Never" && a.config.stdin != nil
}

// input is what the program is told.
func (a *execAuth) input() any {
	spec := map[string]any{"interactive": a.interactive()}
	if a.config.ProvideClusterInfo {
		cluster := map[string]any{"server": a.target.Server}
		if a.target.TLSServerName != "" {
			cluster["tls-server-name"] = a.target.TLSServerName
		}
		if a.target.Insecure {
			cluster["insecure-skip-tls-verify"] = true
		}
		if ca, err := dataOrFile(a.target.CAData, a.target.CAFile); err == nil && len(ca) > 0 {
			cluster["certificate-authority-data"] = ca
		}
		if a.target.DisableCompression {
			cluster["disable-compression"] = true
		}
		if a.target.ProxyURL != "" {
			cluster["proxy-url"] = a.target.ProxyURL
		}
		cluster["config"] = a.config.clusterConfig
		spec["cluster"] = cluster
	}
	return map[string]any{"apiVersion": a.config.APIVersion, "kind": "ExecCredential", "spec": spec}
}

// read reads the program's answer, which is never quoted.
func (a *execAuth) read(out []byte) (*credential, error) {
	var s execStatus
	if err := json.Unmarshal(out, &s); err != nil {
		return nil, fmt.Errorf("exec: %s did not print an ExecCredential in JSON", a.config.Command)
	}
	if s.APIVersion != a.config.APIVersion {
		return nil, fmt.Errorf("exec: %s printed an ExecCredential of %q, expected is %q", a.config.Command, s.APIVersion, a.config.APIVersion)
	}
	if s.Status == nil || s.Status.Token == "" && s.Status.Certificate == "" && s.Status.Key == "" {
		return nil, fmt.Errorf("exec: %s printed neither a token nor a certificate", a.config.Command)
	}
	if (s.Status.Certificate == "") != (s.Status.Key == "") {
		return nil, fmt.Errorf("exec: %s printed a certificate without a key, or a key without a certificate", a.config.Command)
	}
	c := &credential{token: s.Status.Token}
	if s.Status.ExpirationTimestamp != nil {
		c.expires = *s.Status.ExpirationTimestamp
	}
	if s.Status.Certificate != "" {
		pair, err := tls.X509KeyPair([]byte(s.Status.Certificate), []byte(s.Status.Key))
		if err != nil {
			return nil, fmt.Errorf("exec: the certificate and key of %s do not fit", a.config.Command)
		}
		c.cert = &pair
	}
	return c, nil
}
