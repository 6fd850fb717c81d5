package repo_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/repotest"
)

// newHome returns a home with repositories.
func newHome(t *testing.T, entries ...repo.Entry) repo.Home {
	t.Helper()
	dir := t.TempDir()
	h := repo.Home{
		Config: filepath.Join(dir, "repositories.yaml"), Cache: filepath.Join(dir, "repository"), Content: filepath.Join(dir, "content"),
	}
	if len(entries) > 0 {
		err := repo.EditConfig(context.Background(), h.Config, func(c *repo.Config) error {
			c.Repositories = append(c.Repositories, entries...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// quick is a Retry for tests.
func quick() repo.Retry { return repo.Retry{Wait: time.Millisecond, MaxWait: 20 * time.Millisecond} }

func newClient(h repo.Home) *repo.Client {
	return repo.NewClient(repo.Options{Home: h, Retry: quick()})
}

// update brings the cache up to date.
func update(t *testing.T, h repo.Home, e repo.Entry) repo.UpdateResult {
	t.Helper()
	r, err := newClient(h).Update(context.Background(), e)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFetch(t *testing.T) {
	ctx := context.Background()
	srv := repotest.Start(t, repotest.Options{Path: "/charts"})
	want := srv.AddChart("nginx", "1.2.3")
	srv.AddChart("nginx", "1.3.0-rc1")
	e := repo.Entry{Name: "test", URL: srv.URL}
	h := newHome(t, e)
	update(t, h, e)

	for _, c := range []struct {
		ref     repo.Ref
		version string
		url     string
	}{
		{repo.Ref{Name: "test/nginx"}, "1.2.3", "/nginx-1.2.3.tgz"},
		{repo.Ref{Name: " test/nginx ", Version: " 1.2.3 "}, "1.2.3", "/nginx-1.2.3.tgz"},
		{repo.Ref{Name: "test/nginx", Version: ">0.0.0-0"}, "1.3.0-rc1", "/nginx-1.3.0-rc1.tgz"},
		{repo.Ref{Name: "test/nginx", Version: "^1"}, "1.2.3", "/nginx-1.2.3.tgz"},
		{repo.Ref{Name: "nginx", Repo: srv.URL}, "1.2.3", "/nginx-1.2.3.tgz"},
		{repo.Ref{Name: "nginx", Repo: srv.URL + "/"}, "1.2.3", "/nginx-1.2.3.tgz"},
		{repo.Ref{Name: srv.URL + "/nginx-1.2.3.tgz"}, "", "/nginx-1.2.3.tgz"},
	} {
		cl := newClient(h)
		r, err := cl.Resolve(ctx, c.ref)
		if err != nil {
			t.Errorf("%v: %v", c.ref, err)
			continue
		}
		if r.Version != c.version || r.URL != srv.URL+c.url || r.File != filepath.Base(c.url) || (r.Digest == "") != (c.version == "") {
			t.Errorf("%v: got %+v", c.ref, r)
		}
		a, err := cl.Fetch(ctx, r, repo.FetchOptions{})
		if err != nil {
			t.Errorf("%v: %v", c.ref, err)
			continue
		}
		got, err := os.ReadFile(a.Path)
		if err != nil || c.url == "/nginx-1.2.3.tgz" && !bytes.Equal(got, want) {
			t.Errorf("%v: %d bytes, %v", c.ref, len(got), err)
		}
		if filepath.Base(a.Path) != a.Digest+".chart" || filepath.Base(filepath.Dir(a.Path)) != a.Digest[:2] {
			t.Errorf("%v: at %s", c.ref, a.Path)
		}
	}
	if left, _ := os.ReadDir(filepath.Join(h.Content, "partial")); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

// TestCached checks that what the cache has is not asked for, unless it is something else.
func TestCached(t *testing.T) {
	ctx := context.Background()
	srv := repotest.Start(t, repotest.Options{})
	srv.AddChart("nginx", "1.2.3")
	e := repo.Entry{Name: "test", URL: srv.URL}
	h := newHome(t, e)
	update(t, h, e)
	fetch := func() *repo.Archive {
		t.Helper()
		cl := newClient(h)
		r, err := cl.Resolve(ctx, repo.Ref{Name: "test/nginx"})
		if err != nil {
			t.Fatal(err)
		}
		a, err := cl.Fetch(ctx, r, repo.FetchOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := fetch()
	srv.Forget()
	if fetch(); len(srv.Requests()) != 0 {
		t.Errorf("it was asked for again: %v", srv.Requests())
	}
	if err := os.WriteFile(a.Path, []byte("something else"), 0o644); err != nil {
		t.Fatal(err)
	}
	if fetch(); len(srv.Requests()) != 1 {
		t.Errorf("%d requests", len(srv.Requests()))
	}
	if data, err := os.ReadFile(a.Path); err != nil || !bytes.HasPrefix(data, []byte("\x1f\x8b")) {
		t.Errorf("the cache still has %q, %v", data, err)
	}
}

func TestUpdate(t *testing.T) {
	srv := repotest.Start(t, repotest.Options{})
	srv.AddChart("nginx", "1.2.3")
	srv.AddChart("apache", "2.0.0")
	e := repo.Entry{Name: "test", URL: srv.URL}
	h := newHome(t, e)
	if r := update(t, h, e); r.Unchanged || r.Bytes == 0 {
		t.Errorf("got %+v", r)
	}
	if data, err := os.ReadFile(h.ChartsFile("test")); string(data) != "apache\nnginx\n" {
		t.Errorf("got %q, %v", data, err)
	}
	first, err := os.ReadFile(h.IndexFile("test"))
	if err != nil {
		t.Fatal(err)
	}
	if r := update(t, h, e); !r.Unchanged || r.Bytes != int64(len(first)) {
		t.Errorf("got %+v", r)
	}
	if n := len(srv.Requests()); n != 2 || srv.Requests()[1].Status != 304 {
		t.Errorf("%d requests, %+v", n, srv.Requests())
	}
	// Somebody else wrote the index.
	if err := os.WriteFile(h.IndexFile("test"), first, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(h.IndexFile("test"), time.Now(), time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if r := update(t, h, e); r.Unchanged {
		t.Errorf("got %+v", r)
	}
	// What is no index changes nothing.
	srv.Put("index.yaml", []byte("<html>"))
	_, err = newClient(h).Update(context.Background(), e)
	var no *repo.NotARepositoryError
	if !errors.As(err, &no) || strings.Contains(err.Error(), h.Cache) {
		t.Errorf("got %v", err)
	}
	if data, _ := os.ReadFile(h.IndexFile("test")); !bytes.Equal(data, first) {
		t.Errorf("now it is %q", data)
	}
	srv.AddChart("nginx", "1.2.4")
	if r := update(t, h, e); r.Unchanged {
		t.Errorf("got %+v", r)
	}
	entries, err := os.ReadDir(h.Cache)
	if err != nil || len(entries) != 3 {
		t.Errorf("%v, %v", entries, err)
	}
}
