package oci_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/hchart/hchart/repo/oci"
	"github.com/hchart/hchart/repo/repotest"
)

// TestRedirectKeepsCredentials has a registry keep its blobs elsewhere: that place gets
// what it needs and no credentials, also if it asks for some.
func TestRedirectKeepsCredentials(t *testing.T) {
	for _, token := range []bool{false, true} {
		for _, wants := range []bool{false, true} {
			blobs, blobHost := serve(t, repotest.RegistryOptions{})
			if wants {
				blobs, blobHost = serve(t, repotest.RegistryOptions{Username: "ada", Password: canary})
			}
			options := repotest.RegistryOptions{Username: "ada", Password: canary, Token: token}
			options.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
				away := r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/blobs/") && r.Header.Get("Authorization") != ""
				if away {
					http.Redirect(w, r, "http://"+blobHost+r.URL.Path+"?signature=s1gn4ture", http.StatusTemporaryRedirect)
				}
				return away
			}
			reg, host := serve(t, options)
			push(t, client(oci.Options{}), host, ada())
			data := archive(t, demo)
			blobs.PutBlob("charts/demo", data)
			blobs.PutBlob("charts/demo", []byte(`{"name":"demo","version":"1.2.3","apiVersion":"v2"}`))
			_, err := pull(t.Context(), client(oci.Options{}), host+"/charts/demo", "1.2.3", ada())
			if (err == nil) == wants {
				t.Errorf("token %v, wants %v: %v", token, wants, err)
			}
			checkSilent(t, err)
			if err != nil && strings.Contains(err.Error(), "s1gn4ture") {
				t.Errorf("the error has the query of the URL: %v", err)
			}
			if len(blobs.Requests()) == 0 || len(reg.Requests()) == 0 {
				t.Error("nobody was redirected")
			}
			for _, r := range blobs.Requests() {
				if r.Authorization != "" {
					t.Errorf("the other host got %s", r.Authorization)
				}
			}
		}
	}
}

// TestRealm has registries name token servers. A password goes to the one of their own
// host, and to none on this machine or without TLS that it has no business with.
func TestRealm(t *testing.T) {
	for _, tt := range []struct {
		name  string
		realm func(own, other string) string
		gets  bool // the password goes to the registry's host
	}{
		{"own", func(own, _ string) string { return "http://" + own + "/token" }, true},
		{"on this machine", func(_, other string) string {
			return "http://" + strings.Replace(other, "127.0.0.1", "localhost", 1) + "/token"
		}, false},
		{"metadata of a cloud", func(_, _ string) string { return "http://169.254.169.254/token" }, false},
		{"a file", func(_, _ string) string { return "file:///etc/passwd" }, false},
		{"nothing", func(_, _ string) string { return "://" }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			liar, otherHost := serve(t, repotest.RegistryOptions{Username: "ada", Password: canary})
			var mu sync.Mutex
			realm := ""
			options := repotest.RegistryOptions{Username: "ada", Password: canary, Token: true}
			options.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == "/token" || strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") {
					return false
				}
				mu.Lock()
				defer mu.Unlock()
				w.Header().Set("Www-Authenticate", fmt.Sprintf("Bearer realm=%q,service=x", realm))
				w.WriteHeader(http.StatusUnauthorized)
				return true
			}
			reg, host := serve(t, options)
			mu.Lock()
			realm = tt.realm(host, otherHost)
			mu.Unlock()
			for _, f := range []func(*oci.Client) error{
				func(c *oci.Client) error { _, err := c.Tags(t.Context(), host+"/demo", ada()); return err },
				func(c *oci.Client) error {
					return c.Login(t.Context(), host, oci.LoginOptions{Access: ada()})
				},
			} {
				err := f(client(oci.Options{ConfigFile: t.TempDir() + "/config.json", Retries: -1}))
				checkSilent(t, err)
				var missing *oci.NotFoundError // of a repository: it was let in
				if in := err == nil || errors.As(err, &missing); in != tt.gets {
					t.Errorf("%v", err)
				}
			}
			if n := len(liar.Requests()); n != 0 {
				t.Errorf("the other server got %+v", liar.Requests())
			}
			if len(reg.Requests()) == 0 {
				t.Error("the registry was not asked")
			}
		})
	}
}

// TestTokenServerLies has token servers that redirect, repeat the password, or send no
// token.
func TestTokenServerLies(t *testing.T) {
	other, otherHost := serve(t, repotest.RegistryOptions{Username: "ada", Password: canary, Token: true})
	for _, tt := range []struct {
		name  string
		serve func(w http.ResponseWriter, r *http.Request)
	}{
		{"redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://localhost:"+otherHost[strings.LastIndex(otherHost, ":")+1:]+"/token?x=1", http.StatusTemporaryRedirect)
		}},
		{"redirect to another port", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://"+otherHost+"/token?x=1", http.StatusPermanentRedirect)
		}},
		{"repeats the password", func(w http.ResponseWriter, r *http.Request) {
			user, password, _ := r.BasicAuth()
			w.WriteHeader(http.StatusForbidden)
			json.NewEncoder(w).Encode(map[string]any{"errors": []any{map[string]any{ //nolint:errcheck // the client went away
				"code": r.Header.Get("Authorization"), "message": "no " + user + " " + password + "\x1b[2J\n" + "http://" + user + ":" + password + "@x/", "detail": r.Header,
			}}})
		}},
		{"no token", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"token":""}`) }},
		{"no JSON", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Header.Get("Authorization")) }},
		{"token without end", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"token":"`); endless(w, "x") }},
		{"token with a line feed", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"token":"a\nHost: b"}`) }},
		{"repeats what it got in the body", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `{"errors":[{"code":"X","message":"Basic `+basic("ada", canary)+`"}]}`)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			options := repotest.RegistryOptions{Username: "ada", Password: canary, Token: true}
			options.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != "/token" {
					return false
				}
				tt.serve(w, r)
				return true
			}
			_, host := serve(t, options)
			c := client(oci.Options{ConfigFile: t.TempDir() + "/config.json", Retries: -1})
			_, err := c.Tags(t.Context(), host+"/demo", ada())
			login := c.Login(t.Context(), host, oci.LoginOptions{Access: ada()})
			for _, err := range []error{err, login} {
				if err == nil {
					t.Error("no error")
				}
				checkSilent(t, err)
			}
		})
	}
	for _, r := range other.Requests() {
		if r.Authorization != "" || strings.Contains(r.Body, "ada") {
			t.Errorf("a server that the token server redirected to got %+v", r)
		}
	}
}

// TestRegistryRepeats has the registry itself repeat what it got.
func TestRegistryRepeats(t *testing.T) {
	options := repotest.RegistryOptions{Username: "ada", Password: canary, Token: true}
	options.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") {
			return false
		}
		w.WriteHeader(http.StatusTeapot)
		json.NewEncoder(w).Encode(map[string]any{"errors": []any{map[string]any{"code": "X", "message": r.Header.Get("Authorization")}}}) //nolint:errcheck // the client went away
		return true
	}
	_, host := serve(t, options)
	_, err := client(oci.Options{}).Tags(t.Context(), host+"/demo", ada())
	var status *oci.StatusError
	if !errors.As(err, &status) || status.Status != http.StatusTeapot || !strings.Contains(status.Message, "***") {
		t.Errorf("%v", err)
	}
	checkSilent(t, err)
}

// TestUploadElsewhere has a registry send uploads to another host.
func TestUploadElsewhere(t *testing.T) {
	other, otherHost := serve(t, repotest.RegistryOptions{})
	options := repotest.RegistryOptions{Username: "ada", Password: canary}
	options.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost || r.Header.Get("Authorization") == "" {
			return false
		}
		w.Header().Set("Location", "http://"+otherHost+r.URL.Path+"1")
		w.WriteHeader(http.StatusAccepted)
		return true
	}
	_, host := serve(t, options)
	_, err := client(oci.Options{Retries: -1}).Push(t.Context(), host+"/demo", archive(t, demo), nil, oci.PushOptions{Access: ada()})
	if err == nil || len(other.Requests()) != 0 {
		t.Errorf("%v, and the other host got %+v", err, other.Requests())
	}
	checkSilent(t, err)
}
