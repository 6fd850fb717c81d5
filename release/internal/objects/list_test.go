package objects

import (
	"strings"
	"testing"

	"github.com/hchart/hchart/release"
)

// lists are answers to a request for a list; want is the continuation and the names.
func lists() []struct{ text, want string } {
	return []struct{ text, want string }{
		{`{"kind":"SecretList","metadata":{"continue":"c"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"},"data":{"release":"eA=="}}]}`, "c a b"},
		{`{"items":[{"metadata":{"name":"a"}}],"metadata":{"continue":"later"}}`, "later a"},
		{`{"metadata":{},"items":[]}`, ""},
		{`{"metadata":{},"items":null}`, ""},
		{`{"unknown":[{"a":1}],"metadata":{}}`, ""},
		{`{"metadata":{},"items":{}}`, "error"},
		{`{"metadata":[],"items":[]}`, "error"},
		{`{"metadata":{},"items":[{"metadata":1}]}`, "error"},
		{`{"metadata":{},"items":[{"metadata":{"name":"a"}}`, "error"},
		{`{"metadata":{},"items":[`, "error"},
		{`[]`, "error"},
		{`null`, "error"},
		{`<html>`, "error"},
		{``, "error"},
	}
}

func readAll(text string) (string, error) {
	var names []string
	next := ""
	err := readList(strings.NewReader(text), func(token string) { next = token }, func(obj *object) error {
		names = append(names, obj.Metadata.Name)
		return nil
	})
	return strings.TrimSpace(next + " " + strings.Join(names, " ")), err
}

func TestReadList(t *testing.T) {
	for _, tt := range lists() {
		got, err := readAll(tt.text)
		if err != nil {
			got = "error"
		}
		if got != tt.want {
			t.Errorf("%s: %q, error %v, want %q", tt.text, got, err, tt.want)
		}
	}
}

// FuzzReadList looks for answers that make the reader panic or never end.
func FuzzReadList(f *testing.F) {
	for _, tt := range lists() {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := readAll(text); err == nil && !strings.HasPrefix(strings.TrimSpace(text), "{") {
			t.Errorf("%q was read as %q", text, got)
		}
	})
}

// TestPages reads a list in more pages than one.
func TestPages(t *testing.T) {
	s, api := open(t)
	for i := range 5 {
		r := rel(i+1, release.Deployed)
		if _, err := s.Create(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	api.requests()
	n := 0
	if err := s.list(t.Context(), release.Query{Name: "web"}, "application/json", 2, func(*object) error { n++; return nil }); err != nil || n != 5 {
		t.Errorf("%d objects, %v", n, err)
	}
	if got := api.requests(); strings.Count(got, "GET") != 3 {
		t.Errorf("requests: %s", got)
	}
}
