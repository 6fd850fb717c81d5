package dependency

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Masterminds/semver/v3"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/repo"
)

// fakeSource is repositories and a registry in memory. What it has is added before it is used.
type fakeSource struct {
	t        *testing.T
	dir      string
	indexes  map[string]string   // by the URL of the repository
	archives map[string][]byte   // by their URLs
	tags     map[string][]string // by oci://HOST/PATH/NAME, newest first

	mu     sync.Mutex
	names  map[string]string // URL by the name of a repository that was updated
	counts map[string]int    // how often what was asked for
}

func newFakeSource(t *testing.T) *fakeSource {
	return &fakeSource{
		t: t, dir: t.TempDir(), indexes: map[string]string{}, archives: map[string][]byte{},
		tags: map[string][]string{}, names: map[string]string{}, counts: map[string]int{},
	}
}

// add puts a chart into a repository, below its URL.
func (s *fakeSource) add(url, name string, versions ...string) {
	index := s.indexes[url]
	if index == "" {
		index = "apiVersion: v1\nentries:\n"
	}
	index += "  " + name + ":\n"
	for _, v := range versions {
		data := archiveOf(s.t, name, v)
		file := name + "-" + v + ".tgz"
		s.archives[strings.TrimSuffix(url, "/")+"/"+file] = data
		index += fmt.Sprintf("  - {apiVersion: v2, name: %s, version: %s, urls: [%q], digest: %s}\n", name, v, file, digestOfBytes(data))
	}
	s.indexes[url] = index
}

// push puts a chart into the registry.
func (s *fakeSource) push(ref string, versions ...string) {
	name := ref[strings.LastIndex(ref, "/")+1:]
	for _, v := range versions {
		s.archives[ref+":"+v] = archiveOf(s.t, name, v)
	}
	s.tags[ref] = versions
}

func (s *fakeSource) count(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[what]++
}

var errAbsent = errors.New("there is no such thing")

func (s *fakeSource) Update(_ context.Context, e repo.Entry) (repo.UpdateResult, error) {
	s.count("update " + e.URL)
	if _, ok := s.indexes[e.URL]; !ok {
		return repo.UpdateResult{}, errAbsent
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names[e.Name] = e.URL
	return repo.UpdateResult{}, nil
}

func (s *fakeSource) Index(_ context.Context, name string) (*repo.Index, error) {
	s.mu.Lock()
	url, ok := s.names[name]
	s.mu.Unlock()
	if !ok {
		return nil, errAbsent
	}
	return repo.ParseIndex([]byte(s.indexes[url]), repo.IndexOptions{})
}

func (s *fakeSource) Resolve(_ context.Context, ref repo.Ref) (*repo.Resolved, error) {
	s.count("resolve " + ref.Name)
	c, err := semver.NewConstraint(ref.Version)
	if err != nil {
		return nil, err
	}
	for _, tag := range s.tags[ref.Name] {
		if tag == ref.Version || satisfies(c, tag) {
			name := ref.Name[strings.LastIndex(ref.Name, "/")+1:]
			return &repo.Resolved{Name: name, Version: tag, URL: ref.Name + ":" + tag, File: name + "-" + tag + ".tgz"}, nil
		}
	}
	return nil, errAbsent
}

func (s *fakeSource) Fetch(ctx context.Context, r *repo.Resolved, opts repo.FetchOptions) (*repo.Archive, error) {
	s.count("fetch " + r.URL)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	data, ok := s.archives[r.URL]
	if !ok {
		return nil, errAbsent
	}
	digest := digestOfBytes(data)
	if r.Digest != "" && r.Digest != digest {
		return nil, errors.New("another digest")
	}
	if opts.Verify != nil {
		if err := opts.Verify(data, nil, r.File); err != nil {
			return nil, err
		}
	}
	path := filepath.Join(s.dir, digest)
	return &repo.Archive{Path: path, Digest: digest}, os.WriteFile(path, data, 0o600)
}

func digestOfBytes(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func archiveOf(t *testing.T, name, version string) []byte {
	t.Helper()
	m := &chart.Metadata{APIVersion: "v2", Name: name, Version: version}
	var b bytes.Buffer
	if err := chart.WriteArchive(t.Context(), &chart.Chart{Metadata: m}, &b, chart.WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// write makes the files of a txtar below a new directory.
func write(t *testing.T, files string) string {
	t.Helper()
	dir := t.TempDir()
	if err := txtar.Write(txtar.Parse([]byte(files)), dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// tree is what lies below a directory: the content of each file by its path, and "DIR" or
// "-> TARGET" for what is no file.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		switch {
		case d.IsDir():
			files[name] = "DIR"
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(path)
			files[name] = "-> " + target
			return err
		}
		data, err := os.ReadFile(path)
		files[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// charts are the names in charts/, of all kinds.
func charts(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, chartsDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	return names
}

// recorder keeps events as short texts.
type recorder struct{ events []string }

func (r *recorder) notify(e Event) {
	kinds := [...]string{
		"found", "unmanaged", "refreshing", "refreshed", "done", "saving", "in charts", "archiving", "downloading",
		"shared", "pulled", "failed", "deleting", "no chart", "old digest",
	}
	s := kinds[e.Kind]
	if e.Name != "" {
		s += " " + filepath.Base(e.Name)
	}
	if e.Repository != "" {
		s += " " + e.Repository
	}
	if e.Kind == Saving {
		s += fmt.Sprintf(" %d", e.Count)
	}
	if e.Err != nil {
		s += " !"
	}
	r.events = append(r.events, s)
}

func fixedNow() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC) }

func entries(pairs ...string) []repo.Entry {
	var es []repo.Entry
	for i := 0; i < len(pairs); i += 2 {
		es = append(es, repo.Entry{Name: pairs[i], URL: pairs[i+1]})
	}
	return es
}
