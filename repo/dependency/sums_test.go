package dependency

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const oneChart = `
-- Chart.yaml --
apiVersion: v2
name: app
version: 1.0.0
dependencies:
- {name: web, version: ^1, repository: "https://main.example"}
- {name: mail, version: 0.3.0, repository: "oci://reg.example/team"}
`

// TestSums changes the bytes of a version behind a lock.
func TestSums(t *testing.T) {
	dir := write(t, oneChart)
	s := newFakeSource(t)
	s.add("https://main.example", "web", "1.0.0")
	s.push("oci://reg.example/team/mail", "0.3.0")
	plain := Options{Source: s, Repositories: entries("main", "https://main.example")}
	verified := plain
	verified.VerifyLock = true

	if _, err := Update(t.Context(), dir, plain); err != nil {
		t.Fatal(err)
	}
	if _, ok := tree(t, dir)[sumsFile]; ok {
		t.Error("sums were written unasked")
	}
	var changed *ChangedError
	if _, err := Build(t.Context(), dir, verified); !errors.As(err, &changed) || changed.Want != "" {
		t.Errorf("build without sums: %v", err)
	}
	if _, err := Update(t.Context(), dir, verified); err != nil {
		t.Fatal(err)
	}
	if _, err := Build(t.Context(), dir, verified); err != nil {
		t.Fatal(err)
	}
	sums := tree(t, dir)[sumsFile]
	want := sumsHeader +
		"sha256:" + digestOfBytes(s.archives["oci://reg.example/team/mail:0.3.0"]) + "  0.3.0  mail  oci://reg.example/team\n" +
		"sha256:" + digestOfBytes(s.archives["https://main.example/web-1.0.0.tgz"]) + "  1.0.0  web  https://main.example\n"
	if sums != want {
		t.Errorf("sums\n%s\nwant\n%s", sums, want)
	}

	// The registry has other bytes now. Everybody refuses them while the file is there.
	s.archives["oci://reg.example/team/mail:0.3.0"] = archiveOf(t, "mail", "0.3.1")
	before := tree(t, dir)
	for name, opts := range map[string]Options{"plain": plain, "verified": verified} {
		if _, err := Build(t.Context(), dir, opts); !errors.As(err, &changed) || changed.Name != "mail" || changed.Want == "" {
			t.Errorf("%s build: %v", name, err)
		}
		if _, err := Update(t.Context(), dir, opts); !errors.As(err, &changed) {
			t.Errorf("%s update: %v", name, err)
		}
	}
	if !reflect.DeepEqual(before, tree(t, dir)) {
		t.Error("something was changed")
	}

	// The user agrees.
	if err := os.WriteFile(filepath.Join(dir, sumsFile), []byte(sumsHeader), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Update(t.Context(), dir, plain); err != nil {
		t.Fatal(err)
	}
	if sums = tree(t, dir)[sumsFile]; !strings.Contains(sums, digestOfBytes(s.archives["oci://reg.example/team/mail:0.3.0"])) {
		t.Errorf("sums %s", sums)
	}
}

func TestParseSums(t *testing.T) {
	digest := strings.Repeat("0a", 32)
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"# words\n\n", ""},
		{"sha256:" + digest + "  1.0.0  web  https://main.example\n", ""},
		{"sha256:" + digest + "  1.0.0  web\n", "line 1"},
		{"#\nsha256:" + digest + "  1.0.0  web  https://main.example more\n", "line 2"},
		{"sha256:" + digest[1:] + "  1.0.0  web  https://main.example\n", "digest"},
		{"md5:" + digest + "  1.0.0  web  https://main.example\n", "digest"},
		{"sha256:" + digest + " 1 a b\nsha256:" + strings.Repeat("0b", 32) + " 1 a b\n", "line 2"},
		{strings.Repeat("x", 100<<10), "line 1"},
	} {
		have, err := parseSums([]byte(tt.text))
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.40q: %v, %v", tt.text, have, err)
		}
	}
}

func FuzzParseSums(f *testing.F) {
	f.Add("sha256:" + strings.Repeat("0a", 32) + "  1.0.0  web  https://main.example\n")
	f.Add("# a\n\nsha256:x 1 a b\n")
	f.Fuzz(func(t *testing.T, text string) {
		have, err := parseSums([]byte(text))
		if err != nil {
			return
		}
		s := &sums{seen: have}
		again, err := parseSums(s.bytes())
		if err != nil || !reflect.DeepEqual(have, again) {
			t.Errorf("%q is read as %v and, written, as %v, %v", text, have, again, err)
		}
	})
}
