package kube

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

// authenticate adds who one is to a request, and as whom it is made.
func (c *Client) authenticate(req *http.Request) (*credential, error) {
	c.impersonate(req)
	cfg := c.config
	var used *credential
	switch {
	case c.base.Scheme != "https":
		// A credential does not go over the wire for all to read.
	case cfg.Token != "" && cfg.TokenFile == "":
		req.Header.Set("Authorization", "Bearer "+cfg.Token)
	case cfg.TokenFile != "":
		// Read anew each time: tokens of pods are replaced every hour.
		data, err := os.ReadFile(cfg.TokenFile)
		if err != nil && cfg.Token == "" {
			return nil, &ConfigError{Place: cfg.Place + ": token file", Err: err}
		}
		token := strings.TrimSpace(string(data))
		if token == "" {
			token = cfg.Token
		}
		req.Header.Set("Authorization", "Bearer "+token)
	case cfg.Username != "" || cfg.Password != "":
		req.SetBasicAuth(cfg.Username, cfg.Password)
	case c.exec != nil && !cfg.identified():
		cred, err := c.exec.get(req.Context())
		if err != nil {
			return nil, err
		}
		if cred.token != "" {
			req.Header.Set("Authorization", "Bearer "+cred.token)
		}
		used = cred
	case cfg.OIDC != nil:
		if err := cfg.OIDC.expired(time.Now()); err != nil {
			return nil, &ConfigError{Place: cfg.Place, Err: err}
		}
		req.Header.Set("Authorization", "Bearer "+cfg.OIDC.IDToken)
	}
	return used, nil
}

func (c *Client) impersonate(req *http.Request) {
	cfg := c.config
	if cfg.AsUser != "" {
		req.Header.Set("Impersonate-User", cfg.AsUser)
	}
	if cfg.AsUID != "" {
		req.Header.Set("Impersonate-Uid", cfg.AsUID)
	}
	for _, g := range cfg.AsGroups {
		req.Header.Add("Impersonate-Group", g)
	}
	for k, values := range cfg.AsExtra {
		for _, v := range values {
			req.Header.Add("Impersonate-Extra-"+headerKey(k), v)
		}
	}
}

// identified reports whether a user is known without the exec plugin, which then is not
// run.
func (c *Config) identified() bool {
	return c.Token != "" || c.TokenFile != "" || c.Username != "" || c.Password != "" || c.CertFile != "" || len(c.CertData) > 0
}

// certificate is the client certificate of the exec plugin, if it gives one.
func (a *execAuth) certificate(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	cred, err := a.get(info.Context())
	if err != nil {
		return nil, err
	}
	if cred.cert == nil {
		return &tls.Certificate{}, nil
	}
	return cred.cert, nil
}

// headerKey writes a key of impersonated extra fields in the letters that the name of a
// header may have, as the API server reads it: others, and the percent sign, as %XX
// (https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/).
func headerKey(key string) string {
	var b strings.Builder
	for i := range len(key) {
		c := key[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("!#$&'*+-.^_`|~", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// expired tells whether the token is of no use any more. Renewing it is left to others:
// the refresh token may be good for one time, and what replaces it has to be kept.
func (o *OIDCConfig) expired(now time.Time) error {
	part := strings.Split(o.IDToken, ".")
	if len(part) != 3 {
		return nil // the server will say
	}
	text, err := base64.RawURLEncoding.DecodeString(part[1])
	if err != nil {
		return nil
	}
	var claims struct {
		Expires float64 `json:"exp"`
	}
	if json.Unmarshal(text, &claims) != nil || claims.Expires == 0 || now.Before(time.Unix(int64(claims.Expires), 0)) {
		return nil
	}
	return errors.New("the id-token of auth-provider oidc has expired: renew it with any command of kubectl, or use a credential plugin (exec) such as kubelogin")
}
