package repo

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
	"testing"
)

const searched = `apiVersion: v1
entries:
  nginx:
  - name: nginx
    version: 1.0.0
    appVersion: 1.25.0
    description: A web server
    keywords:
    - http
    - Proxy
  - name: nginx
    version: 1.1.0-rc.1
    description: A web server
  - name: nginx
    version: 0.9.0
    description: An old server of
      the web
  proxy:
  - name: proxy
    version: 2.0.0
    description: "Passes on\twhat it gets: ngin\u0078 \e[31m"
  - name: proxy
    version: 3.0.0-beta
  redis:
  - {name: redis, version: 1.0.0, description: A cache}
  - {name: redis, version: 1.0.0, description: A cache that comes later}
`

func TestSearch(t *testing.T) {
	in := []SearchIn{{"a", parse(t, searched)}, {"b", parse(t, strings.ReplaceAll(searched, "{name: redis", "{name: redis, keywords: [kv], deprecated: true"))}}
	for _, tt := range []struct {
		terms string
		opts  SearchOptions
		want  string
	}{
		{"", SearchOptions{}, "0 a/nginx 1.0.0, 0 a/proxy 2.0.0, 0 a/redis 1.0.0, 0 b/nginx 1.0.0, 0 b/proxy 2.0.0, 0 b/redis 1.0.0"},
		{"", SearchOptions{Devel: true}, "0 a/nginx 1.1.0-rc.1, 0 a/proxy 3.0.0-beta, 0 a/redis 1.0.0, 0 b/nginx 1.1.0-rc.1, 0 b/proxy 3.0.0-beta, 0 b/redis 1.0.0"},
		{"NGINX", SearchOptions{}, "0 a/nginx 1.0.0, 0 b/nginx 1.0.0, 2 a/proxy 2.0.0, 2 b/proxy 2.0.0"},
		{"a/n", SearchOptions{}, "1 a/nginx 1.0.0"},
		{"proxy", SearchOptions{}, "0 a/proxy 2.0.0, 0 b/proxy 2.0.0, 3 a/nginx 1.0.0, 3 b/nginx 1.0.0"},
		{"old server of the", SearchOptions{}, "2 a/nginx 0.9.0, 2 b/nginx 0.9.0"},
		{"nginx", SearchOptions{Versions: true, Version: ">0.0.0-0"}, "0 a/nginx 1.1.0-rc.1, 0 a/nginx 1.0.0, 0 a/nginx 0.9.0, 0 b/nginx 1.1.0-rc.1, 0 b/nginx 1.0.0, 0 b/nginx 0.9.0, 2 a/proxy 2.0.0, 2 b/proxy 2.0.0"},
		{"nginx", SearchOptions{Version: "<1.0.0"}, "0 a/nginx 0.9.0, 0 b/nginx 0.9.0"},
		{"kv", SearchOptions{}, "3 b/redis 1.0.0"},
		{"comes later", SearchOptions{}, "2 a/redis 1.0.0, 2 b/redis 1.0.0"},
		{"^(nginx|redis)", SearchOptions{Regexp: true}, "0 a/nginx 1.0.0, 0 a/redis 1.0.0, 0 b/nginx 1.0.0, 0 b/redis 1.0.0"},
		{"Proxy", SearchOptions{Regexp: true}, "3 a/nginx 1.0.0, 3 b/nginx 1.0.0"},
		{"nothing like it", SearchOptions{}, ""},
	} {
		found, err := Search(t.Context(), in, tt.terms, tt.opts)
		if err != nil {
			t.Error(err)
		}
		var got []string
		for _, r := range found {
			got = append(got, fmt.Sprint(r.Score, " ", r.Name, " ", r.Version))
			if strings.ContainsAny(r.Description, "\x1b\n\t") {
				t.Errorf("%s: description %q", r.Name, r.Description)
			}
		}
		if strings.Join(got, ", ") != tt.want {
			t.Errorf("%q %+v:\n%s, want\n%s", tt.terms, tt.opts, strings.Join(got, ", "), tt.want)
		}
	}
	var bad *ConstraintError
	if _, err := Search(t.Context(), in, "", SearchOptions{Version: "x y"}); !errors.As(err, &bad) {
		t.Errorf("error %v", err)
	}
	var badRegexp *syntax.Error
	if _, err := Search(t.Context(), in, "(", SearchOptions{Regexp: true}); !errors.As(err, &badRegexp) {
		t.Errorf("error %v", err)
	}
}
