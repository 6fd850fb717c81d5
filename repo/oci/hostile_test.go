package oci_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/oci"
	"github.com/hchart/hchart/repo/repotest"
)

// part is a descriptor of a manifest.
type part struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int64  `json:"size"`
}

const manifestType = "application/vnd.oci.image.manifest.v1+json"

// TestHostileManifest has manifests that lie, or are no charts.
func TestHostileManifest(t *testing.T) {
	reg, host := serve(t, repotest.RegistryOptions{})
	blob := func(mediaType, data string) part {
		return part{mediaType, reg.PutBlob("demo", []byte(data)), int64(len(data))}
	}
	config := blob(oci.ConfigMediaType, `{"name":"demo","version":"1.2.3"}`)
	layer := blob(oci.ChartMediaType, "archive")
	wrong := layer
	wrong.Digest = blob("", "something else").Digest
	var digest *oci.DigestError
	var limit *oci.LimitError
	var noChart *oci.NotChartError
	var missing *oci.NotFoundError
	var request *oci.RequestError
	with := func(p part, change func(*part)) part { change(&p); return p }
	for _, tt := range []struct {
		name   string
		config part
		layers []part
		target any
	}{
		{"good", config, []part{layer}, nil},
		{"wrong length", config, []part{with(layer, func(p *part) { p.Size++ })}, &request},
		{"wrong digest", config, []part{wrong}, &request},
		{"negative size", config, []part{with(layer, func(p *part) { p.Size = -1 })}, &noChart},
		{"huge archive", config, []part{with(layer, func(p *part) { p.Size = 1 << 62 })}, &limit},
		{"huge configuration", with(config, func(p *part) { p.Size = 1 << 62 }), []part{layer}, &limit},
		{"missing layer", config, []part{with(layer, func(p *part) { p.Digest = "sha256:" + strings.Repeat("a", 64) })}, &missing},
		{"missing configuration", with(config, func(p *part) { p.Digest = "sha256:" + strings.Repeat("a", 64) }), []part{layer}, &missing},
		{"path in the digest", config, []part{with(layer, func(p *part) { p.Digest = "sha256:../../../../etc/passwd" })}, &noChart},
		{"other digest", config, []part{with(layer, func(p *part) { p.Digest = "sha512:" + strings.Repeat("a", 128) })}, &noChart},
		{"no digest", config, []part{with(layer, func(p *part) { p.Digest = "" })}, &noChart},
		{"no layer", config, nil, &noChart},
		{"image", with(config, func(p *part) { p.MediaType = "application/vnd.oci.image.config.v1+json\x1b[2J" }), []part{layer}, &noChart},
		{"list for metadata", blob(oci.ConfigMediaType, `[1]`), []part{layer}, &noChart},
		{"null for metadata", blob(oci.ConfigMediaType, `null`), []part{layer}, &noChart},
		{"name that leaves", blob(oci.ConfigMediaType, `{"name":"../x","version":"1"}`), []part{layer}, &noChart},
		{"name of dots", blob(oci.ConfigMediaType, `{"name":"..","version":"1"}`), []part{layer}, &noChart},
		{"version that leaves", blob(oci.ConfigMediaType, `{"name":"x","version":"1/../../2"}`), []part{layer}, &noChart},
		{"escape in the name", blob(oci.ConfigMediaType, `{"name":"\u001b[2J","version":"1"}`), []part{layer}, &noChart},
		{"no name", blob(oci.ConfigMediaType, `{"version":"1"}`), []part{layer}, &noChart},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data, err := json.Marshal(map[string]any{"schemaVersion": 2, "config": tt.config, "layers": tt.layers})
			if err != nil {
				t.Fatal(err)
			}
			reg.PutManifest("demo", "1", manifestType, data)
			_, err = pull(t.Context(), client(oci.Options{}), host+"/demo", "1", plain())
			if tt.target == nil && err != nil || tt.target != nil && (err == nil || !errors.As(err, tt.target) && !errors.As(err, &digest)) {
				t.Errorf("%v", err)
			}
			checkSilent(t, err)
		})
	}
	for _, data := range []string{"", "no JSON", "[]", "{", `{"config":7}`, strings.Repeat("[", 100_000)} {
		reg.PutManifest("demo", "2", manifestType, []byte(data))
		if _, err := pull(t.Context(), client(oci.Options{}), host+"/demo", "2", plain()); !errors.As(err, &noChart) {
			t.Errorf("manifest %.20q: %v", data, err)
		}
	}
}

// answer is a server that answers GET requests below a part of a path.
func answer(path string, f func(w http.ResponseWriter, r *http.Request)) repotest.RegistryOptions {
	return repotest.RegistryOptions{Intercept: func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet || !strings.Contains(r.URL.Path, path) {
			return false
		}
		f(w, r)
		return true
	}}
}

// endless writes until the reader goes away.
func endless(w io.Writer, text string) {
	block := []byte(strings.Repeat(text, 1000))
	for {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

// TestHostileBodies has servers that send more than they should, or something else.
func TestHostileBodies(t *testing.T) {
	var digest *oci.DigestError
	var limit *oci.LimitError
	var request *oci.RequestError
	header := func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", manifestType)
		w.Header().Set("Docker-Content-Digest", "sha256:"+strings.Repeat("a", 64))
	}
	for _, tt := range []struct {
		name, path string
		serve      func(w http.ResponseWriter, r *http.Request)
		targets    []any
	}{
		{"endless manifest", "/manifests/", func(w http.ResponseWriter, _ *http.Request) { header(w); endless(w, " ") }, []any{&request, &digest}},
		{"endless manifest of a length", "/manifests/", func(w http.ResponseWriter, _ *http.Request) {
			header(w)
			w.Header().Set("Content-Length", "1000000000000")
			endless(w, " ")
		}, []any{&limit}},
		{"manifest with another digest", "/manifests/", func(w http.ResponseWriter, _ *http.Request) {
			header(w)
			w.Write([]byte("{}"))
		}, []any{&digest}},
		{"manifest without a type", "/manifests/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{";"}
			w.Write([]byte("{}"))
		}, []any{&request}},
		{"endless blobs", "/blobs/", func(w http.ResponseWriter, _ *http.Request) { endless(w, "x") }, []any{&digest}},
		{"other blobs", "/blobs/", func(w http.ResponseWriter, _ *http.Request) {
			w.Write(bytes.Repeat([]byte("x"), 33))
			w.(http.Flusher).Flush()
		}, []any{&digest, &request}},
		{"redirects in a circle", "/manifests/", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		}, []any{&request}},
		{"redirect to a file", "/manifests/", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		}, []any{&request}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, host := serve(t, answer(tt.path, tt.serve))
			push(t, client(oci.Options{}), host, plain())
			_, err := pull(t.Context(), client(oci.Options{Retries: -1}), host+"/charts/demo", "1.2.3", plain())
			fits := false
			for _, target := range tt.targets {
				fits = fits || errors.As(err, target)
			}
			if !fits {
				t.Errorf("%T %v", err, err)
			}
		})
	}
}

// TestHostileTags has lists of tags without end.
func TestHostileTags(t *testing.T) {
	page := func(w http.ResponseWriter, next string, tags ...string) {
		w.Header().Set("Link", fmt.Sprintf(`<%s>; rel="next"`, next))
		json.NewEncoder(w).Encode(map[string]any{"tags": tags}) //nolint:errcheck // the client went away
	}
	var limit *oci.LimitError
	var request *oci.RequestError
	for _, tt := range []struct {
		name   string
		serve  func(w http.ResponseWriter, r *http.Request)
		target any
	}{
		{"one page again and again", func(w http.ResponseWriter, r *http.Request) { page(w, r.URL.Path, "1.0.0") }, &limit},
		{"empty pages", func(w http.ResponseWriter, r *http.Request) { page(w, r.URL.Path) }, &limit},
		{"a page without end", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, `{"tags":[`)
			endless(w, `"1.0.0",`)
		}, &request},
		{"another host", func(w http.ResponseWriter, _ *http.Request) { page(w, "http://other.invalid/v2/demo/tags/list") }, &request},
		{"no JSON", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>\x1b[2J") }, &request},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, host := serve(t, answer("/tags/list", tt.serve))
			c := client(oci.Options{Limits: oci.Limits{Tags: 50, TagPages: 60}, Retries: -1})
			_, err := c.Tags(t.Context(), host+"/demo", plain())
			if !errors.As(err, tt.target) {
				t.Errorf("%T %v", err, err)
			}
			checkSilent(t, err)
		})
	}
}

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

// TestCancel ends what a server would drag out.
func TestCancel(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	time.AfterFunc(20*time.Millisecond, func() { cancel(why) })
	c := client(oci.Options{ConfigFile: t.TempDir() + "/config.json"})
	_, pushErr := c.Push(ctx, host+"/demo", archive(t, demo), nil, oci.PushOptions{Access: plain()})
	_, tagsErr := c.Tags(ctx, host+"/demo", plain())
	_, pullErr := c.Pull(ctx, &repo.RegistryChart{Ref: host + "/demo", ArchiveDigest: strings.Repeat("a", 64), Size: 1}, io.Discard, false, plain())
	for _, err := range []error{pushErr, tagsErr, pullErr, c.Login(ctx, host, oci.LoginOptions{Access: ada()})} {
		if !errors.Is(err, why) && !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	}
}
