package repo

import (
	"strings"
	"testing"
)

// TestIndexErrors: what is no index is told in words.
func TestIndexErrors(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"<!DOCTYPE html>\n<p>Not here</p>", "a page of HTML"},
		{"\n  <?xml version='1.0'?>", "a page of HTML or XML"},
		{"hello", "it is one string"},
		{"[1]", "it is one array"},
		{"apiVersion: v1\nentries: {a: [7]}", "entries is a number"},
		{"apiVersion: v1\nentries: 7", "entries is a number"},
		{"apiVersion: v1\nno: 7", "no"},
	} {
		_, err := ParseIndex([]byte(tt.text), IndexOptions{})
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "wire") {
			t.Errorf("%q: %v, want %q", tt.text, err, tt.want)
		}
	}
}
