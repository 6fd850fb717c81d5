package repotest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// maxBody bounds what is kept of one request.
const maxBody = 200 << 20

// ServeHTTP implements http.Handler.
func (r *Registry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	seen := RegistryRequest{
		Method: req.Method, Path: req.URL.Path, Query: req.URL.RawQuery,
		Authorization: req.Header.Get("Authorization"), Host: req.Host,
	}
	if req.URL.Path == "/token" && req.Method == http.MethodPost {
		body, _ := io.ReadAll(io.LimitReader(req.Body, 64<<10))
		seen.Body = string(body)
	}
	r.mu.Lock()
	r.requests = append(r.requests, seen)
	r.mu.Unlock()
	if r.opts.Intercept != nil && r.opts.Intercept(w, req) {
		return
	}
	switch path := req.URL.Path; {
	case path == "/token":
		r.serveToken(w, req, seen.Body)
	case !r.admits(req):
		r.challenge(w, req)
	case path == "/v2/" || path == "/v2":
		w.WriteHeader(http.StatusOK)
	default:
		r.route(w, req)
	}
}

// route finds the part of the specification that a path belongs to.
func (r *Registry) route(w http.ResponseWriter, req *http.Request) {
	path, ok := strings.CutPrefix(req.URL.Path, "/v2/")
	if !ok {
		fail(w, http.StatusNotFound, "UNSUPPORTED", "no such path")
		return
	}
	for _, part := range []struct {
		infix string
		serve func(w http.ResponseWriter, req *http.Request, repo, rest string)
	}{
		{"/blobs/uploads/", r.serveUpload},
		{"/blobs/", r.serveBlob},
		{"/manifests/", r.serveManifest},
		{"/tags/list", r.serveTags},
	} {
		if i := strings.LastIndex(path, part.infix); i > 0 {
			part.serve(w, req, path[:i], path[i+len(part.infix):])
			return
		}
	}
	fail(w, http.StatusNotFound, "UNSUPPORTED", "no such path")
}

func (r *Registry) serveBlob(w http.ResponseWriter, req *http.Request, repo, digest string) {
	data := r.Blob(repo, digest)
	if data == nil || req.Method != http.MethodGet && req.Method != http.MethodHead {
		fail(w, http.StatusNotFound, "BLOB_UNKNOWN", "blob unknown to registry")
		return
	}
	serveContent(w, req, "application/octet-stream", digest, data)
}

// serveUpload takes a blob: a POST that opens the upload, a PUT that has all of it.
func (r *Registry) serveUpload(w http.ResponseWriter, req *http.Request, repo, id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case req.Method == http.MethodPost && id == "":
		id = strconv.Itoa(len(r.uploads) + 1)
		r.uploads[id] = repo
		w.Header().Set("Location", "/v2/"+repo+"/blobs/uploads/"+id)
		w.WriteHeader(http.StatusAccepted)
	case req.Method == http.MethodPut && r.uploads[id] == repo && id != "":
		data, err := io.ReadAll(io.LimitReader(req.Body, maxBody))
		digest := digestOf(data)
		if err != nil || digest != req.URL.Query().Get("digest") {
			fail(w, http.StatusBadRequest, "DIGEST_INVALID", "provided digest did not match uploaded content")
			return
		}
		r.repository(repo).blobs[digest] = data
		w.Header().Set("Location", "/v2/"+repo+"/blobs/"+digest)
		w.Header().Set("Docker-Content-Digest", digest)
		w.WriteHeader(http.StatusCreated)
	default:
		fail(w, http.StatusNotFound, "BLOB_UPLOAD_UNKNOWN", "upload unknown to registry")
	}
}

func (r *Registry) serveManifest(w http.ResponseWriter, req *http.Request, repo, ref string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if req.Method == http.MethodPut {
		r.takeManifest(w, req, repo, ref)
		return
	}
	m, digest, ok := r.manifest(repo, ref)
	if !ok || req.Method != http.MethodGet && req.Method != http.MethodHead {
		fail(w, http.StatusNotFound, "MANIFEST_UNKNOWN", "manifest unknown")
		return
	}
	serveContent(w, req, m.mediaType, digest, m.data)
}

// takeManifest keeps a manifest whose blobs are there.
func (r *Registry) takeManifest(w http.ResponseWriter, req *http.Request, repo, ref string) {
	data, err := io.ReadAll(io.LimitReader(req.Body, 4<<20))
	var m struct {
		Config struct{ Digest string }
		Layers []struct{ Digest string }
	}
	if err != nil || json.Unmarshal(data, &m) != nil {
		fail(w, http.StatusBadRequest, "MANIFEST_INVALID", "manifest invalid")
		return
	}
	in := r.repository(repo)
	for _, blob := range append(m.Layers, m.Config) {
		if _, ok := in.blobs[blob.Digest]; !ok {
			fail(w, http.StatusBadRequest, "MANIFEST_BLOB_UNKNOWN", "manifest references a manifest or blob unknown to registry")
			return
		}
	}
	digest := digestOf(data)
	in.manifests[digest] = manifest{req.Header.Get("Content-Type"), data}
	if !strings.Contains(ref, ":") {
		in.tags[ref] = digest
	}
	w.Header().Set("Location", "/v2/"+repo+"/manifests/"+digest)
	w.Header().Set("Docker-Content-Digest", digest)
	w.WriteHeader(http.StatusCreated)
}

// serveTags lists tags, a page at a time.
func (r *Registry) serveTags(w http.ResponseWriter, req *http.Request, repo, _ string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.repos[repo]; !ok {
		fail(w, http.StatusNotFound, "NAME_UNKNOWN", "repository name not known to registry")
		return
	}
	query := req.URL.Query()
	tags := r.sortedTags(repo)
	for len(tags) > 0 && tags[0] <= query.Get("last") && query.Get("last") != "" {
		tags = tags[1:]
	}
	size := r.opts.PageSize
	if n, err := strconv.Atoi(query.Get("n")); err == nil && n > 0 && (size == 0 || n < size) {
		size = n
	}
	if size > 0 && len(tags) > size {
		tags = tags[:size]
		next := url.Values{"n": {strconv.Itoa(size)}, "last": {tags[size-1]}}
		w.Header().Set("Link", fmt.Sprintf("</v2/%s/tags/list?%s>; rel=\"next\"", repo, next.Encode()))
	}
	reply(w, http.StatusOK, map[string]any{"name": repo, "tags": tags})
}

func fail(w http.ResponseWriter, status int, code, message string) {
	reply(w, status, map[string]any{"errors": []map[string]string{{"code": code, "message": message}}})
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) //nolint:errcheck // the client went away
}
