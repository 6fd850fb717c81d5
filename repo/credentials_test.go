package repo_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/repotest"
)

const (
	user   = "me"
	canary = "c4n4ry" // a password that must not be seen
)

// sent reports whether a server was shown the password.
func sent(srv *repotest.Server) bool {
	for _, r := range srv.Requests() {
		if r.Password == canary {
			return true
		}
	}
	return false
}

// TestCredentials follows credentials from a repository to where it sends its clients.
func TestCredentials(t *testing.T) {
	ctx := context.Background()
	type servers struct{ home, other, secure *repotest.Server }
	for _, c := range []struct {
		name  string
		setup func(s servers)
		// pass is --pass-credentials, tls says that the repository has TLS, userinfo that the
		// credentials are in the URL.
		pass, tls, userinfo bool
		// home and other say who is to see the password when the archive is fetched.
		home, other bool
	}{
		{name: "home", home: true},
		{name: "userinfo", userinfo: true, home: true},
		{
			name:  "the index names another host",
			setup: func(s servers) { s.home.AddVersion("c", "9.0.0", "", s.other.URL+"/c-1.0.0.tgz") },
		},
		{
			name:     "the index names another host, userinfo",
			userinfo: true,
			setup:    func(s servers) { s.home.AddVersion("c", "9.0.0", "", s.other.URL+"/c-1.0.0.tgz") },
		},
		{
			name:  "the index names another host, pass",
			pass:  true,
			setup: func(s servers) { s.home.AddVersion("c", "9.0.0", "", s.other.URL+"/c-1.0.0.tgz") },
			other: true,
		},
		{
			name:  "the index names another scheme",
			tls:   true,
			setup: func(s servers) { s.secure.AddVersion("c", "9.0.0", "", s.other.URL+"/c-1.0.0.tgz") },
		},
		{
			name:  "redirect to another port",
			setup: func(s servers) { s.home.Fault("c-1.0.0.tgz", -1, repotest.Redirect(s.other.URL+"/c-1.0.0.tgz")) },
			home:  true,
		},
		{
			name:  "redirect to another port, pass",
			pass:  true,
			setup: func(s servers) { s.home.Fault("c-1.0.0.tgz", -1, repotest.Redirect(s.other.URL+"/c-1.0.0.tgz")) },
			home:  true, other: true,
		},
		{
			name: "redirect to userinfo",
			setup: func(s servers) {
				s.home.Fault("c-1.0.0.tgz", -1, repotest.Redirect(strings.Replace(s.other.URL, "//", "//x:y@", 1)+"/c-1.0.0.tgz"))
			},
			home: true,
		},
		{
			name: "redirect from TLS, pass",
			pass: true, tls: true,
			setup: func(s servers) { s.secure.Fault("c-1.0.0.tgz", -1, repotest.Redirect(s.other.URL+"/c-1.0.0.tgz")) },
			home:  true,
		},
		{
			name: "there and back",
			setup: func(s servers) {
				s.home.AddVersion("c", "9.0.0", "", s.other.URL+"/back")
				s.other.Fault("back", -1, repotest.Redirect(s.home.URL+"/c-1.0.0.tgz"))
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := servers{
				home:   repotest.Start(t, repotest.Options{}),
				other:  repotest.Start(t, repotest.Options{}),
				secure: repotest.Start(t, repotest.Options{TLS: true}),
			}
			for _, srv := range []*repotest.Server{s.home, s.other, s.secure} {
				srv.AddChart("c", "1.0.0")
			}
			if c.setup != nil {
				c.setup(s)
			}
			home := s.home
			e := repo.Entry{Name: "test", URL: s.home.URL, Access: repo.Access{Username: user, Password: canary, PassCredentials: c.pass}}
			if c.tls {
				home, e.URL, e.CAFile = s.secure, s.secure.URL, s.secure.CAFile()
			}
			if c.userinfo {
				e.URL, e.Username, e.Password = strings.Replace(e.URL, "//", "//"+user+":"+canary+"@", 1), "", ""
			}
			h := newHome(t, e)
			update(t, h, e)
			if !sent(home) {
				t.Error("the index was fetched without")
			}
			home.Forget()
			client := newClient(h)
			found, err := client.Resolve(ctx, repo.Ref{Name: "test/c"})
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Fetch(ctx, found, repo.FetchOptions{Provenance: true})
			if err != nil {
				t.Error(err)
			}
			if sent(home) != c.home || sent(s.other) != c.other {
				t.Errorf("home has seen the password: %v, the other server: %v", sent(home), sent(s.other))
			}
		})
	}
}

// TestURLCredentials is for archives that are named by their URL.
func TestURLCredentials(t *testing.T) {
	ctx := context.Background()
	srv := repotest.Start(t, repotest.Options{Username: user, Password: canary})
	other := repotest.Start(t, repotest.Options{})
	srv.AddChart("c", "1.0.0")
	srv.AddVersion("d", "1.0.0", "", srv.URL+"/c-1.0.0.tgz")
	other.AddVersion("c", "1.0.0", "", srv.URL+"/c-1.0.0.tgz")
	e := repo.Entry{Name: "test", URL: srv.URL, Access: repo.Access{Username: user, Password: canary}}
	o := repo.Entry{Name: "other", URL: other.URL, Access: repo.Access{Username: "x", Password: "y"}}
	h := newHome(t, o, e)
	archive := srv.URL + "/c-1.0.0.tgz"
	fetch := func(ref repo.Ref) error {
		client := newClient(h)
		found, err := client.Resolve(ctx, ref)
		if err == nil {
			_, err = client.Fetch(ctx, found, repo.FetchOptions{})
		}
		return err
	}
	var auth *repo.AuthError
	if err := fetch(repo.Ref{Name: archive}); !errors.As(err, &auth) || auth.Sent || auth.Code != 401 || auth.URL != archive {
		t.Errorf("nobody owns it: %v", err)
	}
	if err := fetch(repo.Ref{Name: archive, Access: e.Access}); err != nil {
		t.Errorf("by flags: %v", err)
	}
	// Its owner is known once its index is, and so are its credentials.
	update(t, h, e)
	if err := fetch(repo.Ref{Name: archive}); err != nil {
		t.Errorf("by its owner: %v", err)
	}
	// The first repository that has the URL is the owner, whose credentials are not for it.
	update(t, h, o)
	if err := fetch(repo.Ref{Name: archive}); !errors.As(err, &auth) || auth.Sent || auth.Repository != "other" {
		t.Errorf("owned by another: %v", err)
	}
	// The same with --repo, to which Helm's pull gives the password of another server.
	srv.Forget()
	if err := fetch(repo.Ref{Name: "c", Repo: other.URL, Access: repo.Access{Username: "v", Password: canary}}); !errors.As(err, &auth) || sent(srv) {
		t.Errorf("by --repo: %v", err)
	}
}

// TestSecrets looks for passwords in all errors.
func TestSecrets(t *testing.T) {
	ctx := context.Background()
	srv := repotest.Start(t, repotest.Options{})
	srv.AddChart("c", "1.0.0")
	srv.AddVersion("nowhere", "1.0.0", "", "http://"+user+":"+canary+"@127.0.0.1:1/x.tgz?token="+canary)
	srv.AddVersion("invalid", "1.0.0", "", "http://"+user+":"+canary+"/@host:x/y.tgz")
	srv.AddVersion("scheme", "1.0.0", "", "s3://"+user+":"+canary+"@host/x.tgz?token="+canary)
	srv.AddVersion("redirect", "1.0.0", "", "redirect?token="+canary)
	srv.AddVersion("refused", "1.0.0", "", "refused?token="+canary)
	srv.AddVersion("badredirect", "1.0.0", "", "badredirect")
	srv.AddVersion("wrong", "1.0.0", strings.Repeat("0", 64), "c-1.0.0.tgz?token="+canary)
	srv.Fault("redirect", -1, repotest.Redirect("http://"+user+":"+canary+"@127.0.0.1:1/?token="+canary))
	srv.Fault("badredirect", -1, repotest.Redirect("ftp://"+user+":"+canary+"@host/"))
	srv.Fault("refused", -1, repotest.Status(403))
	withUser := func(u string) string { return strings.Replace(u, "//", "//"+user+":"+canary+"@", 1) }
	access := repo.Access{Username: user, Password: canary}
	e := repo.Entry{Name: "test", URL: withUser(srv.URL), Access: access}
	h := newHome(t, e, repo.Entry{Name: "noindex", URL: withUser(srv.URL)})
	update(t, h, e)
	refs := []repo.Ref{
		{Name: "test/absent"}, {Name: "test/c", Version: "7"}, {Name: "noindex/c"},
		{Name: withUser("http://127.0.0.1:1/x.tgz?token=" + canary)},
		{Name: "http://" + user + ":" + canary + "@127.0.0.1:x/x.tgz"},
		{Name: "http://" + user + ":" + canary + "%zz@127.0.0.1/x.tgz"},
		{Name: "http://" + user + ":" + canary + "@"},
		{Name: "ftp://" + user + ":" + canary + "@host/x.tgz"},
		{Name: "http:" + user + ":" + canary + "@host/x.tgz"},
		{Name: user + ":" + canary + "@host/x.tgz"},
		{Name: "//" + user + ":" + canary + "@host/x.tgz"},
		{Name: "c", Repo: user + ":" + canary + "@host/x"},
		{Name: "oci://" + user + ":" + canary + "@host/x"},
		{Name: "c", Repo: withUser("http://127.0.0.1:1/?token=" + canary)},
		{Name: "c", Repo: withUser(srv.URL) + "/absent"},
		{Name: "absent", Repo: withUser(srv.URL)},
		{Name: "c", Repo: "oci://" + user + ":" + canary + "@host"},
		{Name: "c", Repo: "http://" + user + ":" + canary + "/@x"},
		{Name: withUser(srv.URL) + "/absent.tgz?token=" + canary},
		{Name: withUser(srv.URL) + "/?token=" + canary},
	}
	for _, name := range []string{"nowhere", "invalid", "scheme", "redirect", "badredirect", "refused", "wrong"} {
		refs = append(refs, repo.Ref{Name: "test/" + name}, repo.Ref{Name: name, Repo: withUser(srv.URL), Access: access})
	}
	for _, ref := range refs {
		client := newClient(h)
		found, err := client.Resolve(ctx, ref)
		if err == nil {
			_, err = client.Fetch(ctx, found, repo.FetchOptions{})
		}
		if err == nil {
			t.Errorf("%+v: no error", ref)
			continue
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			var u *url.Error
			if strings.Contains(e.Error(), canary) || errors.As(e, &u) {
				t.Errorf("%T: %v", e, e)
			}
		}
	}
	for _, u := range []string{withUser("http://127.0.0.1:1"), withUser(srv.URL) + "/absent?" + canary, "http://" + user + ":" + canary + "/@x"} {
		if _, err := newClient(h).Update(ctx, repo.Entry{Name: "test", URL: u, Access: access}); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("update: %v", err)
		}
	}
	// What is on the disk besides repositories.yaml.
	for _, file := range []string{h.ValidatorFile("test"), h.ChartsFile("test")} {
		if data, err := os.ReadFile(file); err != nil || strings.Contains(string(data), canary) {
			t.Errorf("%s: %v", file, err)
		}
	}
}
