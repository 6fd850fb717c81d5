package lint

import "testing"

func TestAddresses(t *testing.T) {
	tests := []struct {
		text                    string
		email, url, requestable bool
	}{
		{"", false, false, false},
		{"a@b.c", true, true, false},
		{"first.last+tag@mail.example.co.uk", true, true, false},
		{"a@b", false, false, false},
		{"a@b.c.", true, true, false},
		{"a.@b.c", false, true, false},
		{"ü@é.com", true, true, false},
		{`"a"@b.cd`, true, true, false},
		{`"ab"@b.cd`, false, true, false},
		{"a b@c.de", false, false, false},
		{"x.io", false, true, false},
		{"https://x.io/a?b#c", false, true, true},
		{"http://localhost:8080", false, true, true},
		{"localhost:8080", false, true, true},
		{"http://user:pw@x.io", false, true, true},
		{"http://1.2.3.4/", false, true, true},
		{"http://[::1]:80/", false, true, true},
		{"http://[::z]/", false, false, false},
		{"http://x y", false, false, false},
		{"http://.x", false, false, true},
		{"gopher://x.io", false, false, true},
		{"mailto:a@b.c", false, true, true},
		{"/a/b", false, false, false},
		{"x:123456", false, false, true},
		{"www.x_y.io", false, false, false},
		{"a..b", false, false, false},
	}
	for _, tt := range tests {
		if got := isEmail(tt.text); got != tt.email {
			t.Errorf("isEmail(%q) = %v", tt.text, got)
		}
		if got := isURL(tt.text); got != tt.url {
			t.Errorf("isURL(%q) = %v", tt.text, got)
		}
		if got := isRequestURL(tt.text); got != tt.requestable {
			t.Errorf("isRequestURL(%q) = %v", tt.text, got)
		}
	}
}
