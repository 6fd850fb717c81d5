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
		{"digest without an algorithm", config, []part{with(layer, func(p *part) { p.Digest = "nonsense" })}, &noChart},
		{"digest of an unknown algorithm", config, []part{with(layer, func(p *part) { p.Digest = "md5:" + strings.Repeat("a", 32) })}, &noChart},
		{"configuration without an algorithm", with(config, func(p *part) { p.Digest = "nonsense" }), []part{layer}, &noChart},
		{"configuration without a digest", with(config, func(p *part) { p.Digest = "" }), []part{layer}, &noChart},
		{"configuration of an unknown algorithm", with(config, func(p *part) { p.Digest = "md5:" + strings.Repeat("a", 32) }), []part{layer}, &noChart},
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

// TestHostileDigests has a server that says what no digest is, in a header and in an index
// of manifests.
func TestHostileDigests(t *testing.T) {
	for _, digest := range []string{"nonsense", ":", "md5:" + strings.Repeat("a", 32), "sha256:", "sha256:x"} {
		const index = "application/vnd.oci.image.index.v1+json"
		header := answer("/manifests/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", manifestType)
			w.Header().Set("Docker-Content-Digest", digest)
			_, _ = io.WriteString(w, `{"schemaVersion":2}`)
		})
		_, host := serve(t, header)
		if _, err := pull(t.Context(), client(oci.Options{}), host+"/demo", "1", plain()); err == nil {
			t.Errorf("header %q: no error", digest)
		}
		reg, host := serve(t, repotest.RegistryOptions{})
		reg.PutManifest("demo", "1", index, []byte(`{"schemaVersion":2,"mediaType":"`+index+`","manifests":[{"mediaType":"`+manifestType+`","digest":"`+digest+`","size":7}]}`))
		if _, err := pull(t.Context(), client(oci.Options{}), host+"/demo", "1", plain()); err == nil {
			t.Errorf("index with %q: no error", digest)
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
