package repo_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/repotest"
)

// noise is an archive for all that a Client cares.
func noise(size int, seed byte) []byte {
	data := make([]byte, size)
	rand.NewChaCha8([32]byte{seed}).Read(data) //nolint:errcheck // it has none
	return data
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// fetchURL gets what is at a URL, with a digest that it must have.
func fetchURL(ctx context.Context, c *repo.Client, url, digest string) (*repo.Archive, error) {
	return c.Fetch(ctx, &repo.Resolved{URL: url, File: "x.tgz", Digest: digest}, repo.FetchOptions{})
}

// TestRetry has a server fail once in each way, and go on well.
func TestRetry(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name  string
		fault repotest.Fault
		times int
		ok    bool
	}{
		{"refused", repotest.Refuse(), 3, true},
		{"refused too often", repotest.Refuse(), 4, false},
		{"unavailable", repotest.Status(503), 1, true},
		{"bad gateway", repotest.Status(502), 2, true},
		{"timeout", repotest.Status(504), 2, true},
		{"too many requests", repotest.Status(429, "Retry-After", "0"), 3, true},
		{"come back tomorrow", repotest.Status(503, "Retry-After", "86400"), 1, false},
		{"come back at a time", repotest.Status(503, "Retry-After", "Thu, 01 Jan 1970 00:00:00 GMT"), 1, true},
		{"error", repotest.Status(500), 1, false},
		{"cut", repotest.Cut(100), 3, true},
		{"cut at the end", repotest.Cut(1 << 20), 1, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := repotest.Start(t, repotest.Options{})
			data := noise(1<<20+1, 1)
			srv.Put("x.tgz", data)
			srv.AddChart("c", "1.0.0")
			srv.Fault("x.tgz", c.times, c.fault)
			srv.Fault("index.yaml", c.times, c.fault)
			h := newHome(t)
			a, err := fetchURL(ctx, newClient(h), srv.URL+"/x.tgz", "")
			if (err == nil) != c.ok {
				t.Errorf("archive: %v", err)
			}
			if err == nil && a.Digest != sumOf(data) {
				t.Error("it is another archive")
			}
			if c.name == "cut at the end" {
				return // of an archive; indexes are short
			}
			if _, err := newClient(h).Update(ctx, repo.Entry{Name: "test", URL: srv.URL}); (err == nil) != c.ok {
				t.Errorf("index: %v", err)
			}
		})
	}
}

// TestResume breaks a large download in the middle. It goes on there if it can.
func TestResume(t *testing.T) {
	ctx := context.Background()
	const size, half = 3 << 20, 2 << 20
	for _, c := range []struct {
		name   string
		opts   repotest.Options
		digest bool
		// change has the archive replaced between the two processes.
		change bool
		resume bool
	}{
		{name: "validator", resume: true},
		{name: "validator and digest", digest: true, resume: true},
		{name: "digest", opts: repotest.Options{NoValidators: true}, digest: true, resume: true},
		{name: "neither", opts: repotest.Options{NoValidators: true}},
		{name: "no ranges", opts: repotest.Options{NoRanges: true}, digest: true},
		{name: "changed", change: true},
		{name: "changed, by digest", opts: repotest.Options{NoValidators: true}, digest: true, change: true, resume: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := repotest.Start(t, c.opts)
			data := noise(size, 1)
			srv.Put("x.tgz", data)
			srv.Fault("x.tgz", 1, repotest.Cut(half))
			h := newHome(t)
			once := func() *repo.Client {
				return repo.NewClient(repo.Options{Home: h, Retry: repo.Retry{Attempts: 1}})
			}
			digest := func() string {
				if c.digest {
					return sumOf(data)
				}
				return ""
			}
			_, err := fetchURL(ctx, once(), srv.URL+"/x.tgz", digest())
			var broken *repo.RequestError
			if !errors.As(err, &broken) {
				t.Fatalf("got %v", err)
			}
			if c.change {
				data = noise(size, 2)
				srv.Put("x.tgz", data)
			}
			a, err := fetchURL(ctx, once(), srv.URL+"/x.tgz", digest())
			if err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(a.Path)
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d bytes of something else, %v", len(got), err)
			}
			if asked := srv.Requests()[1].Header.Get("Range"); (asked != "") != (c.resume || c.change || c.opts.NoRanges) {
				t.Errorf("Range: %s", asked)
			}
			if status := srv.Requests()[1].Status; (status == 206) != c.resume {
				t.Errorf("status %d", status)
			}
			if left, _ := os.ReadDir(filepath.Join(h.Content, "partial")); len(left) > 0 {
				t.Errorf("%v is left", left)
			}
		})
	}
}

// TestResumeWithin breaks a download many times: all of its parts are asked for once.
func TestResumeWithin(t *testing.T) {
	srv := repotest.Start(t, repotest.Options{})
	data := noise(5<<20, 1)
	srv.Put("x.tgz", data)
	srv.Fault("x.tgz", 9, repotest.Cut(1<<19))
	a, err := fetchURL(context.Background(), newClient(newHome(t)), srv.URL+"/x.tgz", "")
	if err != nil || a.Digest != sumOf(data) {
		t.Fatal(err)
	}
	if n := len(srv.Requests()); n != 10 {
		t.Errorf("%d requests", n)
	}
}

// TestHostileServer asks servers that want no good. Each is an error, soon, and nothing
// is left of it.
func TestHostileServer(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name  string
		fault repotest.Fault
		want  any
	}{
		{"endless body", repotest.Endless(), new(*repo.LimitError)},
		{"endless headers", repotest.EndlessHeaders(), new(*repo.RequestError)},
		{"silence", repotest.Silent(), new(*repo.RequestError)},
		{"redirect to itself", repotest.Redirect("x.tgz"), new(*repo.URLError)},
		{"redirect to a file", repotest.Redirect("file:///etc/passwd"), new(*repo.URLError)},
		{"redirect to nothing", repotest.Redirect("http://"), new(*repo.URLError)},
		{"redirect without a place", repotest.Status(302), new(*repo.StatusError)},
		{"large", repotest.Status(200, "Content-Length", "9999999999"), new(*repo.LimitError)},
		{"range that nobody wanted", repotest.Status(206, "Content-Range", "bytes 5-10/11"), new(*repo.RequestError)},
		{"not modified", repotest.Status(304), new(*repo.StatusError)},
		{"gone", repotest.Status(410), new(*repo.NotFoundError)},
		{"forbidden", repotest.Status(403), new(*repo.AuthError)},
		{"odd status", repotest.Status(999), new(*repo.StatusError)},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := repotest.Start(t, repotest.Options{})
			for _, path := range []string{"x.tgz", "index.yaml"} {
				srv.Fault(path, -1, c.fault)
			}
			h := newHome(t)
			limits := repo.Limits{IndexBytes: 1 << 20, ArchiveBytes: 1 << 20}
			if c.name == "silence" {
				limits.Idle = 50 * time.Millisecond
			}
			client := repo.NewClient(repo.Options{Home: h, Retry: repo.Retry{Attempts: 2, Wait: time.Millisecond}, Limits: limits})
			_, err := fetchURL(ctx, client, srv.URL+"/x.tgz", "")
			if !errors.As(err, c.want) {
				t.Errorf("archive: %T: %v", err, err)
			}
			_, err = client.Update(ctx, repo.Entry{Name: "test", URL: srv.URL})
			var no *repo.NotARepositoryError
			if !errors.As(err, &no) {
				t.Errorf("index: %T: %v", err, err)
			}
			err = filepath.WalkDir(filepath.Dir(h.Config), func(path string, d os.DirEntry, err error) error {
				if err == nil && !d.IsDir() && !strings.HasSuffix(path, ".partial") {
					t.Errorf("%s is left", path)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestWrongDigest gets an archive that is not the promised one.
func TestWrongDigest(t *testing.T) {
	srv := repotest.Start(t, repotest.Options{})
	srv.AddChart("c", "1.0.0")
	h := newHome(t)
	want := strings.Repeat("ab", 32)
	_, err := fetchURL(context.Background(), newClient(h), srv.URL+"/c-1.0.0.tgz", want)
	var wrong *repo.DigestError
	if !errors.As(err, &wrong) || wrong.Want != want || len(srv.Requests()) != 1 {
		t.Errorf("got %v, %d requests", err, len(srv.Requests()))
	}
	entries, err := os.ReadDir(h.Content)
	if err != nil || len(entries) != 1 || entries[0].Name() != "partial" {
		t.Errorf("%v, %v", entries, err)
	}
	if entries, err := os.ReadDir(filepath.Join(h.Content, "partial")); err != nil || len(entries) != 0 {
		t.Errorf("%v, %v", entries, err)
	}
}

// TestTogether has many goroutines want the same.
func TestTogether(t *testing.T) {
	ctx := context.Background()
	srv := repotest.Start(t, repotest.Options{})
	srv.AddChart("c", "1.0.0")
	srv.Fault("c-1.0.0.tgz", 1, repotest.Slow(1<<10, 50*time.Millisecond))
	srv.Fault("index.yaml", 1, repotest.Slow(1<<10, 50*time.Millisecond))
	client := newClient(newHome(t))
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range 20 {
		all.Go(func() {
			<-start
			ctx := ctx
			if i%5 == 0 { // one that gives up takes nobody along
				short, cancel := context.WithTimeout(ctx, time.Duration(i)*time.Millisecond)
				defer cancel()
				ctx = short
			}
			found, err := client.Resolve(ctx, repo.Ref{Name: "c", Repo: srv.URL})
			if err == nil {
				_, err = client.Fetch(ctx, found, repo.FetchOptions{})
			}
			if err != nil && !(i%5 == 0 && errors.Is(err, context.DeadlineExceeded)) {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	close(start)
	all.Wait()
	counts := map[string]int{}
	for _, r := range srv.Requests() {
		counts[r.Path]++
	}
	// The one that was at it may have been one that gave up.
	if counts["index.yaml"] > 5 || counts["c-1.0.0.tgz"] > 5 {
		t.Errorf("asked for %v", counts)
	}
}

// TestTwoProcesses has two clients, as two processes have, get the same large archive.
func TestTwoProcesses(t *testing.T) {
	srv := repotest.Start(t, repotest.Options{})
	data := noise(4<<20, 1)
	srv.Put("x.tgz", data)
	srv.Fault("x.tgz", 2, repotest.Slow(1<<20, 20*time.Millisecond))
	h := newHome(t)
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			a, err := fetchURL(context.Background(), newClient(h), srv.URL+"/x.tgz", "")
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := os.ReadFile(a.Path); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
	all.Wait()
}

// TestVerify checks that what cannot be verified is refused.
func TestVerify(t *testing.T) {
	ctx := context.Background()
	srv := repotest.Start(t, repotest.Options{})
	archive := srv.AddChart("c", "1.0.0")
	h := newHome(t)
	bad := errors.New("the signature does not hold")
	calls := 0
	fetch := func(err error) (*repo.Archive, error) {
		client := newClient(h)
		found, e := client.Resolve(ctx, repo.Ref{Name: "c", Repo: srv.URL})
		if e != nil {
			t.Fatal(e)
		}
		return client.Fetch(ctx, found, repo.FetchOptions{Verify: func(a, prov []byte, file string) error {
			calls++
			if !bytes.Equal(a, archive) || file != "c-1.0.0.tgz" {
				return fmt.Errorf("wrong arguments: %d bytes, %s", len(a), file)
			}
			if string(prov) != "signature 2" && err == nil {
				return errors.New("the wrong signature")
			}
			return err
		}})
	}
	var no *repo.ProvenanceError
	var absent *repo.NotFoundError
	if _, err := fetch(nil); !errors.As(err, &no) || !errors.As(err, &absent) || calls != 0 {
		t.Errorf("without a signature: %v, %d calls", err, calls)
	}
	srv.Fault("c-1.0.0.tgz.prov", 1, repotest.Status(500))
	if _, err := fetch(nil); !errors.As(err, &no) || calls != 0 {
		t.Errorf("with a broken server: %v, %d calls", err, calls)
	}
	srv.Put("c-1.0.0.tgz.prov", []byte("signature 1"))
	if a, err := fetch(bad); a != nil || !errors.As(err, &no) || !errors.Is(err, bad) {
		t.Errorf("with a bad one: %v", err)
	}
	// The bad one is in the cache by now, which must not keep a good one away.
	srv.Put("c-1.0.0.tgz.prov", []byte("signature 2"))
	if a, err := fetch(nil); err != nil || string(a.Provenance) != "signature 2" {
		t.Errorf("with a good one: %v", err)
	}
}
