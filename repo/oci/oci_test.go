package oci_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/oci"
	"github.com/hchart/hchart/repo/repotest"
)

// TestPushPull brings charts to a registry and back, in each way that a reference can name
// them.
func TestPushPull(t *testing.T) {
	reg, host := serve(t, repotest.RegistryOptions{})
	c := client(oci.Options{})
	ref := host + "/charts/demo"
	for _, tt := range []struct {
		name, chart, ref string
		provenance       []byte
		tag              string // that the registry has afterwards
	}{
		{"by name", demo, "charts/demo", nil, "1.2.3"},
		{"by version", demo, "charts/demo:1.2.3", nil, "1.2.3"},
		{"with scheme", demo, "", nil, "1.2.3"},
		{"plus", "apiVersion: v2\nname: demo\nversion: 2.0.0+build.7\n", "charts/demo:2.0.0+build.7", nil, "2.0.0_build.7"},
		{"signed", "apiVersion: v2\nname: demo\nversion: 3.0.0\n", "charts/demo", []byte("signature"), "3.0.0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := archive(t, tt.chart)
			to := host + "/" + tt.ref
			if tt.ref == "" {
				to = "oci://" + host + "/charts/demo"
			}
			pushed, err := c.Push(t.Context(), to, data, tt.provenance, oci.PushOptions{Access: plain(), Created: created()})
			if err != nil {
				t.Fatal(err)
			}
			if want := ref + ":" + tt.tag; pushed.Ref != want {
				t.Errorf("pushed to %s, want %s", pushed.Ref, want)
			}
			for _, by := range []string{tt.tag, strings.ReplaceAll(tt.tag, "_", "+"), pushed.ManifestDigest} {
				found, err := c.Resolve(t.Context(), ref, by, plain())
				if err != nil {
					t.Fatal(err)
				}
				if found.ManifestDigest != pushed.ManifestDigest || "sha256:"+found.ArchiveDigest != pushed.ArchiveDigest ||
					found.Name != "demo" || found.Version != pushed.Version || found.Size != int64(len(data)) || found.Ref != ref {
					t.Errorf("%s stands for %+v, not for %+v", by, found, pushed)
				}
				var got bytes.Buffer
				provenance, err := c.Pull(t.Context(), found, &got, true, plain())
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got.Bytes(), data) || !bytes.Equal(provenance, tt.provenance) {
					t.Errorf("%s: %d bytes and the provenance %q came back, of %d and %q", by, got.Len(), provenance, len(data), tt.provenance)
				}
				got.Reset()
				if provenance, err = c.Pull(t.Context(), found, &got, false, plain()); err != nil || provenance != nil {
					t.Errorf("provenance that nobody wants: %q, %v", provenance, err)
				}
			}
		})
	}
	if got, want := reg.Tags("charts/demo"), []string{"1.2.3", "2.0.0_build.7", "3.0.0"}; !slices.Equal(got, want) {
		t.Errorf("tags are %q, want %q", got, want)
	}
}

// TestManifest checks what is written, in the bytes that Helm writes.
func TestManifest(t *testing.T) {
	reg, host := serve(t, repotest.RegistryOptions{})
	chartYAML := `apiVersion: v2
name: full
version: 0.1.0+x
description: A chart
home: https://example.com
sources: [https://example.com/a, https://example.com/b]
maintainers: [{name: Ada, email: ada@example.com}, {name: Bob}]
annotations:
  org.opencontainers.image.title: no
  org.opencontainers.image.url: https://other.example.com
  key: value
`
	pushed, err := client(oci.Options{}).Push(t.Context(), host+"/full", archive(t, chartYAML), []byte("sig"), oci.PushOptions{Access: plain(), Created: created()})
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		SchemaVersion int
		MediaType     string
		Config        struct{ MediaType, Digest string }
		Layers        []struct{ MediaType, Digest string }
		Annotations   map[string]string
	}
	data := reg.Manifest("full", "0.1.0_x")
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"org.opencontainers.image.authors":     "Ada (ada@example.com), Bob",
		"org.opencontainers.image.created":     "2026-03-04T05:06:07Z",
		"org.opencontainers.image.description": "A chart",
		"org.opencontainers.image.source":      "https://example.com/a",
		"org.opencontainers.image.title":       "full",
		"org.opencontainers.image.url":         "https://other.example.com",
		"org.opencontainers.image.version":     "0.1.0+x",
		"key":                                  "value",
	}
	if !reflect.DeepEqual(m.Annotations, want) {
		t.Errorf("annotations are %v, want %v", m.Annotations, want)
	}
	if m.SchemaVersion != 2 || m.MediaType != "" || m.Config.MediaType != oci.ConfigMediaType || len(m.Layers) != 2 || m.Layers[0].Digest > m.Layers[1].Digest {
		t.Errorf("manifest %s", data)
	}
	again, err := client(oci.Options{}).Push(t.Context(), host+"/full", archive(t, chartYAML), []byte("sig"), oci.PushOptions{Access: plain(), Created: created()})
	if err != nil || again.ManifestDigest != pushed.ManifestDigest {
		t.Errorf("the same chart got the digest %s after %s (%v)", again.ManifestDigest, pushed.ManifestDigest, err)
	}
}

// TestPushRefuses checks references that do not fit a chart, and archives that are none.
func TestPushRefuses(t *testing.T) {
	reg, host := serve(t, repotest.RegistryOptions{})
	good := archive(t, demo)
	var mismatch *oci.MismatchError
	var reference *oci.ReferenceError
	for _, tt := range []struct {
		ref    string
		data   []byte
		target any
	}{
		{host + "/charts/other", good, &mismatch},
		{host + "/charts/demo:1.2.4", good, &mismatch},
		{host + "/charts/xdemo", good, &mismatch},
		{"demo", good, &mismatch},
		{host + "/Charts/demo", good, &reference},
		{host + "/a?b/demo", good, &reference},
		{host + "/charts/demo", []byte("no archive"), nil},
	} {
		_, err := client(oci.Options{}).Push(t.Context(), tt.ref, tt.data, nil, oci.PushOptions{Access: plain()})
		if err == nil || tt.target != nil && !errors.As(err, tt.target) {
			t.Errorf("%s: %v", tt.ref, err)
		}
	}
	if n := len(reg.Requests()); n != 0 {
		t.Errorf("%d requests for what is refused", n)
	}
}

// TestTags checks which tags are versions, and their order, on one page and on many.
func TestTags(t *testing.T) {
	for _, size := range []int{0, 1, 3} {
		reg, host := serve(t, repotest.RegistryOptions{PageSize: size})
		for _, tag := range []string{"1.10.0", "latest", "1.9.0", "2.0.0-rc.1", "v3.0.0", "1.0", "1.9.0_b", "1.9.0_a"} {
			reg.PutManifest("charts/demo", tag, "x/y", []byte("{}"))
		}
		got, err := client(oci.Options{}).Tags(t.Context(), host+"/charts/demo", plain())
		want := []string{"2.0.0-rc.1", "1.10.0", "1.9.0+b", "1.9.0+a", "1.9.0"}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("pages of %d: %q, %v, want %q", size, got, err, want)
		}
	}
}

// TestNotFound checks what is said of what is not there.
func TestNotFound(t *testing.T) {
	_, host := serve(t, repotest.RegistryOptions{})
	c := client(oci.Options{})
	push(t, c, host, plain())
	_, tagErr := c.Resolve(t.Context(), host+"/charts/demo", "9.9.9", plain())
	_, digestErr := c.Resolve(t.Context(), host+"/charts/demo", "sha256:"+strings.Repeat("0", 64), plain())
	_, nameErr := c.Tags(t.Context(), host+"/charts/other", plain())
	for _, err := range []error{tagErr, digestErr, nameErr} {
		var missing *oci.NotFoundError
		if !errors.As(err, &missing) || missing.Host != host {
			t.Errorf("%v is no *NotFoundError", err)
		}
	}
	_, badTag := c.Resolve(t.Context(), host+"/charts/demo", "a b", plain())
	_, badDigest := c.Resolve(t.Context(), host+"/charts/demo", "sha256:12", plain())
	_, badRef := c.Resolve(t.Context(), "demo", "1", plain())
	for _, err := range []error{badTag, badDigest, badRef} {
		var bad *oci.ReferenceError
		if !errors.As(err, &bad) {
			t.Errorf("%v is no *ReferenceError", err)
		}
	}
}

// TestIndex finds the chart in an index.
func TestIndex(t *testing.T) {
	reg, host := serve(t, repotest.RegistryOptions{})
	c := client(oci.Options{})
	data := push(t, c, host, plain())
	inner := reg.Manifest("charts/demo", "1.2.3")
	image := []byte(`{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json"}}`)
	entry := func(data []byte) string {
		digest := reg.PutManifest("charts/demo", "", "application/vnd.oci.image.manifest.v1+json", data)
		return fmt.Sprintf(`{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":%q,"size":%d}`, digest, len(data))
	}
	const indexType = "application/vnd.oci.image.index.v1+json"
	reg.PutManifest("charts/demo", "both", indexType, []byte(`{"schemaVersion":2,"manifests":[`+entry(image)+`,`+entry(inner)+`]}`))
	got, err := pull(t.Context(), c, host+"/charts/demo", "both", plain())
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	reg.PutManifest("charts/demo", "image", indexType, []byte(`{"schemaVersion":2,"manifests":[`+entry(image)+`]}`))
	var none *oci.NotChartError
	if _, err := pull(t.Context(), c, host+"/charts/demo", "image", plain()); !errors.As(err, &none) {
		t.Errorf("an index without a chart: %v", err)
	}
}

// TestResume has connections break in the middle of an archive.
func TestResume(t *testing.T) {
	for _, tt := range []struct {
		name   string
		ranges bool
		breaks int32 // how often
		bytes  int   // that come through before that
		fails  bool
	}{
		{"from the middle", true, 3, 50, false},
		{"from the start", false, 1, 50, false},
		{"too often", true, 1000, 1, true},
		{"at once", true, 1000, 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inner := repotest.NewRegistry(repotest.RegistryOptions{})
			var breaks atomic.Int32
			var digest atomic.Value
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if d, _ := digest.Load().(string); d == "" || r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, d) {
					inner.ServeHTTP(w, r)
					return
				}
				if !tt.ranges {
					r.Header.Del("Range")
				}
				rec := httptest.NewRecorder()
				inner.ServeHTTP(rec, r)
				maps.Copy(w.Header(), rec.Header())
				if !tt.ranges {
					w.Header().Del("Accept-Ranges")
				}
				w.WriteHeader(rec.Code)
				body := rec.Body.Bytes()
				if breaks.Add(-1) >= 0 {
					body = body[:tt.bytes]
				}
				w.Write(body)
			}))
			defer server.Close()
			host := strings.TrimPrefix(server.URL, "http://")
			c := client(oci.Options{Retries: 4})
			data := push(t, c, host, plain())
			breaks.Store(tt.breaks)
			digest.Store(fmt.Sprintf("sha256:%x", sha256.Sum256(data)))
			got, err := pull(t.Context(), c, host+"/charts/demo", "1.2.3", plain())
			if failed := err != nil; failed != tt.fails || !failed && !bytes.Equal(got, data) {
				t.Errorf("%d of %d bytes, %v", len(got), len(data), err)
			}
		})
	}
}

// TestRetry has servers that do not work at first.
func TestRetry(t *testing.T) {
	for _, status := range []int{http.StatusServiceUnavailable, http.StatusTooManyRequests} {
		var left atomic.Int32
		left.Store(2)
		_, host := serve(t, repotest.RegistryOptions{Intercept: func(w http.ResponseWriter, _ *http.Request) bool {
			refused := left.Add(-1) >= 0
			if refused {
				w.WriteHeader(status)
			}
			return refused
		}})
		c := client(oci.Options{})
		push(t, c, host, plain())
		left.Store(100)
		_, err := client(oci.Options{Retries: -1}).Tags(t.Context(), host+"/charts/demo", plain())
		var e *oci.StatusError
		if !errors.As(err, &e) || e.Status != status || left.Load() != 99 {
			t.Errorf("without retries: %v after %d requests", err, 100-left.Load())
		}
	}
}

var _ repo.Registry = (*oci.Client)(nil)
