package oci

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/oci/internal/oras/registry"
	"github.com/hchart/hchart/repo/oci/internal/oras/registry/remote"
	"github.com/hchart/hchart/repo/oci/internal/oras/registry/remote/auth"
	"github.com/hchart/hchart/repo/oci/internal/oras/registry/remote/credentials"
)

// LoginOptions say who logs in and how. A password without a user name is a token.
type LoginOptions struct{ Access repo.Access }

// Login checks a user name and password with a registry, HOST or HOST:PORT, and keeps them
// in Options.ConfigFile or in the keychain that it names.
func (c *Client) Login(ctx context.Context, host string, opts LoginOptions) error {
	if err := checkHost(host); err != nil {
		return err
	}
	if c.opts.ConfigFile == "" {
		return &CredentialsError{Host: host, Err: errors.New("there is no file to keep it in")}
	}
	s, err := c.newSession(host, opts.Access)
	if err != nil {
		return err
	}
	cred := auth.Credential{Username: opts.Access.Username, Password: opts.Access.Password}
	s.client.Cache = nil // each attempt asks anew
	s.client.Credential = func(_ context.Context, hostport string) (auth.Credential, error) {
		if hostport != s.target {
			return auth.EmptyCredential, nil
		}
		s.remember(cred)
		return cred, nil
	}
	if err := s.ping(ctx); err != nil {
		return err
	}
	return c.editLogins(ctx, host, func(store *credentials.DynamicStore) error {
		return store.Put(ctx, serverAddress(host), cred)
	})
}

// ping asks whether the host lets us in: token servers are asked by OAuth 2 first, which
// some insist on, then as Docker asks them.
func (s *session) ping(ctx context.Context) error {
	reg := &remote.Registry{RepositoryOptions: remote.RepositoryOptions{
		Client: s.client, PlainHTTP: s.plain, Reference: registry.Reference{Registry: s.host},
	}}
	s.client.ForceAttemptOAuth2 = true
	err := reg.Ping(ctx)
	if err != nil && ctx.Err() == nil {
		s.client.ForceAttemptOAuth2 = false
		err = reg.Ping(ctx)
	}
	err = s.errorOf(ctx, "", err)
	var found *NotFoundError
	if errors.As(err, &found) {
		return &StatusError{Host: s.host, Status: http.StatusNotFound, Message: "it is no registry"}
	}
	return err
}

// Logout drops the login of a registry. That there is none is no error.
func (c *Client) Logout(ctx context.Context, host string) error {
	if c.opts.ConfigFile == "" {
		return nil
	}
	return c.editLogins(ctx, host, func(store *credentials.DynamicStore) error {
		return store.Delete(ctx, serverAddress(host))
	})
}

// forget has logins and tokens asked for anew.
func (c *Client) forget() {
	c.logins.forget()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sessions = map[sessionKey]*session{}
}

// checkHost refuses what is no HOST or HOST:PORT.
func checkHost(host string) error {
	if (registry.Reference{Registry: host}).ValidateRegistry() == nil {
		return nil
	}
	reason := "it is not HOST or HOST:PORT"
	if name, _, ok := strings.Cut(strings.TrimPrefix(host, "oci://"), "/"); ok || strings.HasPrefix(host, "oci://") {
		if (registry.Reference{Registry: name}).ValidateRegistry() == nil {
			reason += "; logins are for a whole registry: " + name
		}
	}
	return &ReferenceError{Ref: shown(host), Reason: reason}
}
