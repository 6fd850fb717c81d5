package kube

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// validate finds what is missing or in conflict, as kubectl does, before anything is
// sent: what a server says of a half of a credential helps nobody.
func (c *Config) validate() error {
	err := errors.Join(c.validateCluster(), c.validateUser())
	if err == nil && c.Exec != nil {
		err = c.Exec.validate()
	}
	if err != nil {
		return &ConfigError{Place: c.Place, Err: err}
	}
	return nil
}

func (c *Config) validateCluster() error {
	if _, err := c.proxy(); err != nil {
		return err
	}
	if c.CAFile != "" && len(c.CAData) > 0 {
		return errors.New("both certificate-authority and certificate-authority-data are set: remove one")
	}
	return readable("certificate-authority", c.CAFile)
}

func (c *Config) validateUser() error {
	hasCert, hasKey := c.CertFile != "" || len(c.CertData) > 0, c.KeyFile != "" || len(c.KeyData) > 0
	switch {
	case c.Token != "" && (c.Username != "" || c.Password != ""):
		return errors.New("the user has both a token and a password: remove one")
	case c.CertFile != "" && len(c.CertData) > 0:
		return errors.New("both client-certificate and client-certificate-data are set: remove one")
	case hasCert && c.KeyFile != "" && len(c.KeyData) > 0:
		return errors.New("both client-key and client-key-data are set: remove one")
	case hasCert && !hasKey:
		return errors.New("the client certificate has no client-key or client-key-data")
	case c.AsUser == "" && (c.AsUID != "" || len(c.AsGroups) > 0 || len(c.AsExtra) > 0):
		return errors.New("groups, a uid or extra fields are impersonated without a user: set --kube-as-user, or \"as\" of the kubeconfig")
	}
	if !hasCert {
		return nil
	}
	return errors.Join(readable("client-certificate", c.CertFile), readable("client-key", c.KeyFile))
}

// validateToken reads no more than it must: without TLS no token is sent.
func (c *Config) validateToken() error {
	if c.Token != "" || !strings.HasPrefix(c.Server, "https://") {
		return nil
	}
	if err := readable("token file", c.TokenFile); err != nil {
		return &ConfigError{Place: c.Place, Err: err}
	}
	return nil
}

// readable reports what is wrong with a file that is to be read later.
func readable(what, file string) error {
	if file == "" {
		return nil
	}
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return f.Close()
}

func (e *ExecConfig) validate() error {
	switch {
	case e.Command == "":
		return errors.New("exec: it has no command")
	case e.APIVersion == "":
		return errors.New("exec: it has no apiVersion: use client.authentication.k8s.io/v1")
	}
	for _, v := range e.Env {
		if v.Name == "" {
			return errors.New("exec: a variable of env has no name")
		}
	}
	switch e.InteractiveMode {
	case "Never", "IfAvailable", "Always":
		return nil
	}
	return fmt.Errorf("exec: interactiveMode is %q: use Never, IfAvailable or Always", e.InteractiveMode)
}
