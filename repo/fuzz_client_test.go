package repo

import (
	"net/url"
	"strings"
	"testing"
)

// FuzzURLs gives anything to what reads URLs: nothing panics, nothing secret is shown, and
// names of files are names of files.
func FuzzURLs(f *testing.F) {
	for _, s := range []string{
		"https://me:c4n4ry@host/charts/x-1.0.0.tgz?token=c4n4ry#c4n4ry", "http://host:x", "%zz", "x.tgz", "../x", "//host/x",
		"oci://host/a/b:1.0.0_x@sha256:00", "http://[::1]:80/%2e%2e", "https://host/a%5cb", "mailto:x@y", "http://me:c4n4ry%zz@host",
	} {
		f.Add(s, "https://host/charts?x=y")
		f.Add("index.yaml", s)
	}
	f.Fuzz(func(t *testing.T, ref, base string) {
		for _, raw := range []string{ref, base} {
			shown := Redact(raw)
			if u, err := url.Parse(shown); err == nil && (u.User != nil || u.RawQuery != "") {
				t.Errorf("%q is shown as %q", raw, shown)
			}
			u, err := url.Parse(raw)
			if err != nil {
				continue
			}
			if name, err := fileName(u); err == nil && (name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\\\x00")) {
				t.Errorf("%q has the file name %q", raw, name)
			}
			parseRegistryRef(u)
			if !equalURL(raw, raw) {
				t.Errorf("%q is not itself", raw)
			}
			if _, err := newRequest(raw, base, Access{}); err == nil && u.Scheme != "http" && u.Scheme != "https" {
				t.Errorf("%q is asked for", raw)
			}
		}
		if to, err := ResolveURL(base, ref); err == nil {
			mentions([]byte(base+"\n- "+to+"\n"), to, &url.URL{Path: "/x"})
			if u, err := url.Parse(to); err == nil {
				mentions([]byte("urls:\n- \""+to+"\"\n"), to, u)
			}
			provenanceURL(to) //nolint:errcheck // it must not panic
		}
		contentRange(ref)
		normalDigest(ref)
	})
}

// TestMentions finds URLs in indexes, and nothing that only looks like them.
func TestMentions(t *testing.T) {
	const u = "https://host/charts/x-1.0.0+a.tgz"
	for _, c := range []struct {
		index string
		want  bool
	}{
		{"urls:\n- https://host/charts/x-1.0.0+a.tgz\n", true},
		{"urls:\n- \"https://host/charts/x-1.0.0+a.tgz\"\n", true},
		{`{"urls":["https:\/\/host\/charts\/x-1.0.0+a.tgz"]}`, true},
		{`{"urls":["https://other/x.tgz","https://host/charts/../charts/x-1.0.0+a.tgz"]}`, true},
		{"urls: [https://host/charts//x-1.0.0+a.tgz]", true},
		{"- https://host/charts/x-1.0.0+a.tgz", true},
		{"urls:\n- x-1.0.0+a.tgz\n", false},
		{"urls:\n- http://host/charts/x-1.0.0+a.tgz\n", false},
		{"urls:\n- https://host:444/charts/x-1.0.0+a.tgz\n", false},
		{"urls:\n- https://host/charts/x-1.0.0+a.tgz.prov\n", false},
		{"urls:\n- https://host/charts/x-1.0.0+a.tgz?y\n", false},
		{"", false},
	} {
		parsed, err := url.Parse(u)
		if err != nil {
			t.Fatal(err)
		}
		if got := mentions([]byte(c.index), u, parsed); got != c.want {
			t.Errorf("%q: got %v", c.index, got)
		}
	}
}

// TestResolveURL has Helm's results.
func TestResolveURL(t *testing.T) {
	for _, c := range []struct{ base, ref, want string }{
		{"https://host/charts", "x.tgz", "https://host/charts/x.tgz"},
		{"https://host/charts/", "x.tgz", "https://host/charts/x.tgz"},
		{"https://host/charts/", "/x.tgz", "https://host/x.tgz"},
		{"https://host/charts?token=1", "x.tgz", "https://host/charts/x.tgz?token=1"},
		{"https://host/charts?token=1", "x.tgz?a=b", "https://host/charts/x.tgz?token=1"},
		{"https://host/charts?token=1", "https://other/x.tgz?a=b", "https://other/x.tgz?a=b"},
		{"https://me:p@host/charts", "x.tgz", "https://me:p@host/charts/x.tgz"},
		{"https://host", "index.yaml", "https://host/index.yaml"},
		{"https://host/a%2Fb", "x.tgz", "https://host/a%2Fb/x.tgz"},
		{"https://host/charts", "../x.tgz", "https://host/x.tgz"},
	} {
		if got, err := ResolveURL(c.base, c.ref); err != nil || got != c.want {
			t.Errorf("%s and %s: got %s, %v; want %s", c.base, c.ref, got, err, c.want)
		}
	}
}
