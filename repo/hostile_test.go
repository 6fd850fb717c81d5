package repo

import (
	"errors"
	"strings"
	"testing"
)

// TestParseIndexHostile reads what nobody writes by accident. It must be an error, and soon.
func TestParseIndexHostile(t *testing.T) {
	bomb := "apiVersion: v1\nannotations:\n  a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'j'; c++ {
		bomb += "  " + string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+",", 9) + "]\n"
	}
	for name, text := range map[string]string{
		"alias bomb":         bomb,
		"large scalar bomb":  "apiVersion: v1\nannotations:\n  a: &a " + strings.Repeat("x", 1<<20) + "\n" + strings.Repeat("  b: *a\n", 1) + "publicKeys: [" + strings.Repeat("*a, ", 90) + "*a]\n",
		"deep list":          "apiVersion: v1\nentries: " + strings.Repeat("[", 100000),
		"deep block list":    "apiVersion: v1\nentries:\n  a:\n  " + strings.Repeat("- ", 100000) + "x\n",
		"deep JSON":          `{"apiVersion": "v1", "entries": ` + strings.Repeat("[", 100000) + strings.Repeat("]", 100000) + "}",
		"deep JSON unknown":  `{"apiVersion": "v1", "x": ` + strings.Repeat(`{"a":`, 200000) + "1" + strings.Repeat("}", 200000) + "}",
		"duplicate chart":    indexText("  a: []\n  a: []\n"),
		"duplicate field":    indexText("  a:\n  - name: a\n    urls: []\n    urls: []\n"),
		"duplicate top":      indexText("  a: []\n") + "generated: \"2024-01-02T03:04:05Z\"\n",
		"control characters": indexText("  a:\n  - name: \"a\x1b[31m\"\n"),
		"NUL":                "\x00",
		"not UTF-8":          indexText("  a:\n  - name: \xff\n"),
	} {
		_, err := ParseIndex([]byte(text), IndexOptions{})
		var bad *IndexError
		if !errors.As(err, &bad) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// TestIndexEscapes looks for what a terminal would obey in what an index says.
func TestIndexEscapes(t *testing.T) {
	x := parse(t, indexText("  \"a\\e[31m\":\n  - name: \"a\\e[31m\"\n    version: 1.0.0\n    description: \"\\e]0;x\\a\"\n    appVersion: \"\\e[2J\"\n    keywords:\n    - \"\\e[1m\"\n"))
	found, err := Search(t.Context(), []SearchIn{{"r", x}}, "", SearchOptions{})
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	r := found[0]
	if strings.ContainsAny(r.Name+r.Description+r.AppVersion+r.Version, "\x1b\a") {
		t.Errorf("%q", r.Name+r.Description+r.AppVersion)
	}
	versions, err := x.Versions("a\x1b[31m")
	if err != nil || len(versions) != 1 || strings.ContainsAny(versions[0].Name+versions[0].Keywords[0], "\x1b") {
		t.Errorf("%+v, %v", versions, err)
	}
}
