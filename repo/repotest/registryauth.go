package repotest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// token is what the token server gives out. It stands for all scopes: what is tested here
// is who gets a password or a token, not what a token is good for.
const token = "token-of-repotest"

// admits reports whether a request may be answered.
func (r *Registry) admits(req *http.Request) bool {
	switch {
	case r.opts.Token:
		return req.Header.Get("Authorization") == "Bearer "+token
	case r.opts.Username == "":
		return true
	}
	user, password, ok := req.BasicAuth()
	return ok && r.knows(user, password)
}

func (r *Registry) knows(user, password string) bool {
	return user == r.opts.Username && password == r.opts.Password
}

// challenge says how to get in.
func (r *Registry) challenge(w http.ResponseWriter, req *http.Request) {
	header := `Basic realm="repotest"`
	if r.opts.Token {
		realm := r.opts.Realm
		if realm == "" {
			scheme := "http"
			if req.TLS != nil {
				scheme = "https"
			}
			realm = scheme + "://" + req.Host + "/token"
		}
		header = fmt.Sprintf(`Bearer realm=%q,service="repotest"`, realm)
	}
	w.Header().Set("Www-Authenticate", header)
	fail(w, http.StatusUnauthorized, "UNAUTHORIZED", "authentication required")
}

// serveToken is the token server: GET with basic authentication, POST with a form.
func (r *Registry) serveToken(w http.ResponseWriter, req *http.Request, body string) {
	user, password, _ := req.BasicAuth()
	if req.Method == http.MethodPost {
		form, err := url.ParseQuery(body)
		if err != nil {
			fail(w, http.StatusBadRequest, "UNSUPPORTED", "not a form")
			return
		}
		user, password = form.Get("username"), form.Get("password")
	}
	if !r.knows(user, password) && r.opts.Username != "" {
		fail(w, http.StatusUnauthorized, "UNAUTHORIZED", strings.TrimSpace("no token for "+user))
		return
	}
	reply(w, http.StatusOK, map[string]string{"token": token, "access_token": token})
}
