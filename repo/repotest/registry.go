package repotest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// RegistryOptions are how a Registry behaves. The zero value lets everybody in and shows
// all tags on one page.
type RegistryOptions struct {
	// Username and Password are wanted of everybody, if they are set.
	Username, Password string
	// Token has the registry want bearer tokens, which /token gives to Username.
	Token bool
	// Realm is the token server that is named, if it is not /token of the registry.
	Realm string
	// PageSize is how many tags a page shows at most; 0 shows as many as are asked for.
	PageSize int
	// Intercept, if it is set, sees each request first and reports whether it answered.
	Intercept func(w http.ResponseWriter, r *http.Request) bool
}

// Registry is a registry in memory, an http.Handler for httptest.NewServer. It has what
// pulling and pushing charts and listing tags needs of the distribution specification, and
// forgets all when it is dropped.
type Registry struct {
	opts RegistryOptions

	mu       sync.Mutex
	repos    map[string]*repository
	uploads  map[string]string // id → repository
	requests []RegistryRequest
}

// repository is what a name of the registry holds.
type repository struct {
	blobs     map[string][]byte // by digest
	manifests map[string]manifest
	tags      map[string]string // → digest
}

type manifest struct {
	mediaType string
	data      []byte
}

// RegistryRequest is a request as it came in.
type RegistryRequest struct {
	Method, Path  string
	Query         string
	Authorization string
	Host          string
	Body          string // of requests to the token server
}

// NewRegistry returns an empty registry.
func NewRegistry(opts RegistryOptions) *Registry {
	return &Registry{opts: opts, repos: map[string]*repository{}, uploads: map[string]string{}}
}

// PutBlob keeps a blob in a repository, and returns its digest.
func (r *Registry) PutBlob(repo string, data []byte) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := digestOf(data)
	r.repository(repo).blobs[d] = bytes.Clone(data)
	return d
}

// PutManifest keeps a manifest, whatever is in it, by its digest and by a tag, if that is
// not empty. It returns the digest.
func (r *Registry) PutManifest(repo, tag, mediaType string, data []byte) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := digestOf(data)
	in := r.repository(repo)
	in.manifests[d] = manifest{mediaType, bytes.Clone(data)}
	if tag != "" {
		in.tags[tag] = d
	}
	return d
}

// Manifest returns the manifest that a tag or digest names, nil if there is none.
func (r *Registry) Manifest(repo, tagOrDigest string) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	m, _, ok := r.manifest(repo, tagOrDigest)
	if !ok {
		return nil
	}
	return bytes.Clone(m.data)
}

// Digest returns the digest of the manifest that a tag names, empty if there is none.
func (r *Registry) Digest(repo, tag string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, digest, ok := r.manifest(repo, tag); ok {
		return digest
	}
	return ""
}

// Blob returns a blob by its digest, nil if there is none.
func (r *Registry) Blob(repo, digest string) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if in, ok := r.repos[repo]; ok {
		return bytes.Clone(in.blobs[digest])
	}
	return nil
}

// Tags returns the tags of a repository in order.
func (r *Registry) Tags(repo string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sortedTags(repo)
}

// Requests returns what came in so far.
func (r *Registry) Requests() []RegistryRequest {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

func (r *Registry) repository(name string) *repository {
	in, ok := r.repos[name]
	if !ok {
		in = &repository{blobs: map[string][]byte{}, manifests: map[string]manifest{}, tags: map[string]string{}}
		r.repos[name] = in
	}
	return in
}

// manifest finds a manifest and its digest.
func (r *Registry) manifest(repo, tagOrDigest string) (manifest, string, bool) {
	in, ok := r.repos[repo]
	if !ok {
		return manifest{}, "", false
	}
	d := tagOrDigest
	if !strings.Contains(d, ":") {
		d = in.tags[d]
	}
	m, ok := in.manifests[d]
	return m, d, ok
}

func (r *Registry) sortedTags(repo string) []string {
	var tags []string
	if in, ok := r.repos[repo]; ok {
		for tag := range in.tags {
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags)
	return tags
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// serveContent answers with bytes, parts of them if that is asked for.
func serveContent(w http.ResponseWriter, req *http.Request, mediaType, digest string, data []byte) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Docker-Content-Digest", digest)
	http.ServeContent(w, req, "", time.Time{}, bytes.NewReader(data))
}
