package oci

import (
	"strings"
	"testing"
	"unicode"
)

// FuzzReadManifest reads manifests and configurations of any content.
func FuzzReadManifest(f *testing.F) {
	digest := "sha256:" + strings.Repeat("a", 64)
	for _, seed := range []string{
		`{"schemaVersion":2,"config":{"mediaType":"` + ConfigMediaType + `","digest":"` + digest + `","size":2},"layers":[{"mediaType":"` + ChartMediaType + `","digest":"` + digest + `","size":3}]}`,
		`{"name":"demo","version":"1.2.3"}`, `{"name":"..","version":"\u001b"}`, `{}`, `null`, `[`, `{"layers":[null]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := readManifest("r", data); err == nil {
			if m.archive.Size < 0 || m.config.Size < 0 || m.archive.Digest.Validate() != nil || len(m.archive.Digest.Encoded()) != 64 {
				t.Errorf("%s gives %+v", data, m)
			}
		}
		if meta, err := readConfig("r", data); err == nil {
			for _, s := range []string{meta.Name, meta.Version} {
				if s == "" || s == ".." || strings.ContainsAny(s, "/\\\x1b \n") {
					t.Errorf("%s gives %q", data, s)
				}
			}
		}
	})
}

// FuzzReference reads references of any content.
func FuzzReference(f *testing.F) {
	for _, seed := range []string{"localhost:5000/a/b", "docker.io/x", "oci://h/a:1.0.0+x", "u:p@h/a", "h/a@sha256:" + strings.Repeat("a", 64), "h/../a", "", "h", "a:b:c"} {
		f.Add(seed, "1.0.0+b")
	}
	f.Fuzz(func(t *testing.T, ref, tag string) {
		name, version := splitTag(ref)
		if joined := name + ":" + version; version != "" && joined != ref {
			t.Errorf("%q is split into %q and %q", ref, name, version)
		}
		shown(ref)
		r, err := parseName(name)
		if err != nil {
			return
		}
		if strings.ContainsAny(r.Registry, "/@?# ") || strings.Contains(r.Repository, "..") || strings.ContainsAny(r.Repository, "?#@% ") {
			t.Errorf("%q is taken as %+v", ref, r)
		}
		if r, err := withReference(r, tag); err == nil && strings.ContainsAny(r.Reference, "/?#@%+ ") {
			t.Errorf("%q is taken as %+v", tag, r)
		}
	})
}

// FuzzClean shows texts of any content.
func FuzzClean(f *testing.F) {
	for _, seed := range []string{"a s3cret b", "http://u:s3cret@h/p?q=s3cret", "://", "x://@", "\x1b[2J\n\n", strings.Repeat("é", 400), "http://s3cret:http://a@b"} {
		f.Add(seed)
	}
	s := &session{secrets: []string{"s3cret"}}
	f.Fuzz(func(t *testing.T, text string) {
		got := s.clean(text)
		if strings.Contains(got, "s3cret") || len(got) > maxShown+len("…") || strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q is shown as %q", text, got)
		}
	})
}
