package repotest

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Options change how a Server serves. The zero value is a repository for everybody.
type Options struct {
	// TLS serves https with a certificate that Server.CAFile has the authority of.
	TLS bool
	// Username and Password, if they are set, are wanted of everybody.
	Username, Password string
	// NoValidators leaves out ETag and Last-Modified.
	NoValidators bool
	// NoRanges sends everything whole.
	NoRanges bool
	// Path is where the repository is, "" or "/charts".
	Path string
}

// Server is a repository that listens on the loopback.
type Server struct {
	// URL is that of the repository.
	URL string

	opts   Options
	server *httptest.Server
	ca     string

	mu       sync.Mutex
	files    map[string]file
	versions []version
	faults   map[string]*fault
	requests []Request
}

type file struct {
	data    []byte
	changed time.Time
}

// Request is one that a Server got.
type Request struct {
	// Path is below the repository's: "index.yaml".
	Path string
	// Username and Password are what it came with.
	Username, Password string
	Header             http.Header
	// Status is what it was answered with, 0 if a Fault answered.
	Status int
}

// Start starts a repository, which ends with the test.
func Start(t testing.TB, opts Options) *Server {
	t.Helper()
	s := &Server{opts: opts, files: map[string]file{}, faults: map[string]*fault{}}
	s.server = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	if opts.TLS {
		s.server.StartTLS()
		s.ca = filepath.Join(t.TempDir(), "ca.pem")
		cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.server.Certificate().Raw})
		if err := os.WriteFile(s.ca, cert, 0o644); err != nil {
			t.Fatal(err)
		}
	} else {
		s.server.Start()
	}
	s.server.Config.ErrorLog = nil
	t.Cleanup(func() {
		s.server.CloseClientConnections() // those of faults have no end
		s.server.Close()
	})
	s.URL = s.server.URL + opts.Path
	return s
}

// CAFile is a file with the authority of the certificate, with Options.TLS.
func (s *Server) CAFile() string { return s.ca }

// Put serves data at a path below the repository's.
func (s *Server) Put(path string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[path] = file{data: data, changed: time.Now()}
}

// Remove serves a path no longer.
func (s *Server) Remove(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.files, path)
}

// Requests returns the requests so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// Forget forgets the requests so far.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, s.opts.Path), "/")
	username, password, _ := r.BasicAuth()
	s.mu.Lock()
	n := len(s.requests)
	s.requests = append(s.requests, Request{Path: path, Username: username, Password: password, Header: r.Header.Clone()})
	f, ok := s.files[path]
	act := s.take(path)
	s.mu.Unlock()

	files := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.serveFile(&statusWriter{ResponseWriter: w, note: func(code int) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if n < len(s.requests) {
				s.requests[n].Status = code
			}
		}}, r, path, f, ok)
	})
	if act != nil {
		act(w, r, files)
		return
	}
	files(w, r)
}

func (s *Server) serveFile(w http.ResponseWriter, r *http.Request, path string, f file, ok bool) {
	username, password, _ := r.BasicAuth()
	if s.opts.Username != "" && (username != s.opts.Username || password != s.opts.Password) {
		w.Header().Set("Www-Authenticate", `Basic realm="charts"`)
		http.Error(w, "Unauthorized", http.StatusUnauthorized)
		return
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	tag := etag(f.data)
	if strings.HasSuffix(path, ".yaml") && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(f.data) //nolint:errcheck // into memory
		z.Close()
		f.data, tag = b.Bytes(), "W/"+tag
		w.Header().Set("Content-Encoding", "gzip")
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if s.opts.NoRanges {
		r.Header.Del("Range")
	}
	if s.opts.NoValidators {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.data))
		return
	}
	w.Header().Set("Etag", tag)
	http.ServeContent(w, r, "", f.changed, bytes.NewReader(f.data))
}

func etag(data []byte) string {
	sum := sha256.Sum256(data)
	return fmt.Sprintf("%q", hex.EncodeToString(sum[:8]))
}

// statusWriter tells the status before anybody else learns of it.
type statusWriter struct {
	http.ResponseWriter
	note  func(code int)
	noted bool
}

func (w *statusWriter) WriteHeader(code int) {
	if !w.noted {
		w.noted = true
		w.note(code)
	}
	w.ResponseWriter.WriteHeader(code)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	if !w.noted {
		w.noted = true
		w.note(http.StatusOK)
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
