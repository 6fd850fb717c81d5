package repo

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// credentials are a user name and password, and where they may be sent.
type credentials struct {
	user, password string
	any            bool
	origin         string
}

// credentialsFor returns what may be sent to u. Those of access are for owner; a URL's own,
// which Helm sends as well, are for that URL's server.
func credentialsFor(u *url.URL, owner string, access Access) (credentials, error) {
	base := u
	if owner != "" {
		o, err := parseURL(owner)
		if err != nil {
			return credentials{}, err
		}
		base = o
	}
	if access.Username != "" && access.Password != "" {
		return credentials{access.Username, access.Password, true, origin(base)}, nil
	}
	for _, v := range []*url.URL{u, base} {
		if v.User != nil && v.User.String() != "" {
			password, _ := v.User.Password()
			return credentials{v.User.Username(), password, true, origin(v)}, nil
		}
	}
	return credentials{}, nil
}

// origin is scheme, host and port: what credentials are for.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		switch u.Scheme {
		case "http":
			port = "80"
		case "https":
			port = "443"
		}
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

// trail is the way that a request has come by redirects.
type trail struct {
	creds credentials
	pass  bool
	// left says that a server of another origin was asked in between, secure that one was
	// asked over TLS.
	left, secure bool
}

// authenticate adds the credentials to the next request of the trail, if that is where
// they may go. Once another server has said where to go on, they go nowhere.
func (t *trail) authenticate(req *http.Request) {
	home := origin(req.URL) == t.creds.origin
	t.left = t.left || !home
	downgraded := t.secure && req.URL.Scheme != "https"
	t.secure = t.secure || req.URL.Scheme == "https"
	if t.creds.any && (home && !t.left || t.pass && !downgraded) {
		req.SetBasicAuth(t.creds.user, t.creds.password)
	}
}

// plainError takes the URL out of errors of net/http, which shows its query.
func plainError(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	return err
}
