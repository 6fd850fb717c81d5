package manifest

import (
	"errors"
	"maps"
	"testing"
)

func TestText(t *testing.T) {
	set := parse(t, map[string]string{
		"c/templates/a.yaml": "---\nkind: Secret\napiVersion: v1\ndata: {a: b}\n\n\n",
		"c/templates/b.yaml": "kind: Job\nmetadata: {annotations: {helm.sh/hook: pre-install}}\n",
		"c/templates/t.yaml": "kind: Pod\nmetadata: {annotations: {helm.sh/hook: \"post-install,test\"}}",
		"c/templates/x.yaml": "kind: Secret\napiVersion: other/v1\n",
	})
	const (
		secret = "---\n# Source: c/templates/a.yaml\nkind: Secret\napiVersion: v1\ndata: {a: b}\n"
		other  = "---\n# Source: c/templates/x.yaml\nkind: Secret\napiVersion: other/v1\n"
		job    = "---\n# Source: c/templates/b.yaml\nkind: Job\nmetadata: {annotations: {helm.sh/hook: pre-install}}\n\n"
		test   = "---\n# Source: c/templates/t.yaml\nkind: Pod\nmetadata: {annotations: {helm.sh/hook: \"post-install,test\"}}\n"
	)
	crds := []Source{{Path: "c/crds/z.yaml", Text: "\nkind: Z\n"}, {Path: "c/crds/y.yaml", Text: "kind: Y"}}
	tests := []struct {
		name string
		opts TextOptions
		want string
	}{
		{"all", TextOptions{}, secret + "\n\n\n" + other + test + job},
		{"no hooks", TextOptions{NoHooks: true}, secret + "\n\n\n" + other},
		{"no tests", TextOptions{SkipTests: true}, secret + "\n\n\n" + other + job},
		{"hidden", TextOptions{ManifestOptions: ManifestOptions{HideSecrets: true}, NoHooks: true},
			"---\n# Source: c/templates/a.yaml\n# HIDDEN: The Secret output has been suppressed\n" + other},
		{"CRDs", TextOptions{ManifestOptions: ManifestOptions{CRDs: crds}, NoHooks: true},
			"---\n# Source: c/crds/z.yaml\n\nkind: Z\n\n---\n# Source: c/crds/y.yaml\nkind: Y\n" + secret + "\n\n\n" + other},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := set.Text(tt.opts); got != tt.want {
				t.Errorf("got\n%q\nwant\n%q", got, tt.want)
			}
		})
	}
}

func TestTextOfNothing(t *testing.T) {
	if got := parse(t, nil).Text(TextOptions{}); got != "\n" {
		t.Errorf("got %q, want a newline", got)
	}
}

// The record's manifest is not trimmed.
func TestManifest(t *testing.T) {
	set := parse(t, map[string]string{"c/a.yaml": "kind: A\n\n", "c/b.yaml": object("Job", "j", "helm.sh/hook", "test")})
	if got, want := set.Manifest(ManifestOptions{}), "---\n# Source: c/a.yaml\nkind: A\n\n\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBrokenText(t *testing.T) {
	files := map[string]string{
		"c/a.yaml": object("Job", "j", "helm.sh/hook", "test"),
		"c/b.yaml": "a: [\n",
		"c/c.yaml": " \n",
	}
	set, err := Parse(files)
	if err == nil {
		t.Fatal("no error")
	}
	want := "---\n# Source: c/a.yaml\n" + files["c/a.yaml"] + "\n---\n# Source: c/b.yaml\na: [\n" +
		"---\n# Source: c/a.yaml\n" + files["c/a.yaml"] + "\n"
	if got := set.BrokenText(files, TextOptions{}); got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestNotes(t *testing.T) {
	files := map[string]string{
		"c/templates/NOTES.txt":          "own",
		"c/templates/MY-NOTES.txt":       "mine",
		"c/charts/d/templates/NOTES.txt": "child",
		"c/templates/notes.txt":          "not notes",
		"c/templates/a.yaml":             "kind: A",
	}
	for _, tt := range []struct {
		subcharts bool
		want      string
	}{{false, "own"}, {true, "child\nmine\nown"}} {
		left := maps.Clone(files)
		if got := Notes(left, "c", tt.subcharts); got != tt.want {
			t.Errorf("subcharts %v: got %q, want %q", tt.subcharts, got, tt.want)
		}
		if len(left) != 2 {
			t.Errorf("subcharts %v: %d files are left, want 2", tt.subcharts, len(left))
		}
	}
}

func TestSelect(t *testing.T) {
	const text = "---\n# Source: c/templates/a.yaml\nkind: A\n\n" +
		"---\n# Source: c/templates/b.yaml\nkind: B\n" +
		"---\n# Source: c/templates/a.yaml\nkind: A2\n" +
		"---\n# Source: c/charts/d/templates/e.yaml\nkind: E\n" +
		"---\nkind: NoSource\n"
	const (
		a  = "---\n# Source: c/templates/a.yaml\nkind: A\n\n\n"
		a2 = "---\n# Source: c/templates/a.yaml\nkind: A2\n\n"
		b  = "---\n# Source: c/templates/b.yaml\nkind: B\n\n"
		e  = "---\n# Source: c/charts/d/templates/e.yaml\nkind: E\n\n"
	)
	tests := []struct {
		name     string
		patterns []string
		want     string
		missing  string
	}{
		{"one file", []string{"templates/a.yaml"}, a + a2, ""},
		{"order of the patterns", []string{"templates/b.yaml", "templates/a.yaml"}, b + a + a2, ""},
		{"a pattern", []string{"templates/*"}, a + b + a2, ""},
		{"a star does not cross a slash", []string{"charts/*/*/e.yaml"}, e, ""},
		{"absent", []string{"templates/a.yaml", "templates/z.yaml"}, "", "templates/z.yaml"},
		{"with the chart's name", []string{"c/templates/a.yaml"}, "", "c/templates/a.yaml"},
		{"not a pattern", []string{"templates/[a"}, "", "templates/[a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Select(text, tt.patterns)
			if missing, ok := errors.AsType[*NoTemplateError](err); ok != (tt.missing != "") || ok && missing.Pattern != tt.missing {
				t.Errorf("error %v, want one for %q", err, tt.missing)
			}
			if got != tt.want {
				t.Errorf("got\n%q\nwant\n%q", got, tt.want)
			}
		})
	}
}

func TestSourceName(t *testing.T) {
	for doc, want := range map[string]string{
		"# Source: c/a.yaml\n":           "a.yaml",
		"# Source: c/a.yaml":             "a.yaml",
		"# Source: c/a b\r\n":            "a b\r",
		"# Source: none\nkind: A\n":      "",
		"# Source: none\nurl: x/y\n":     "y",
		"x: # Source: c/d/e\n":           "d/e",
		"# Source: /a\n# Source: c/b\n":  "b",
		"# Source: c/\n# Source: d/e\n":  "e",
		"# Source: # Source: c/a.yaml\n": "a.yaml",
		"# source: c/a.yaml\n":           "",
	} {
		if got, _ := sourceName(doc); got != want {
			t.Errorf("sourceName(%q) = %q, want %q", doc, got, want)
		}
	}
}
