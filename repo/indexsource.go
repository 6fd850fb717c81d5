package repo

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
)

// indexSource is where an index comes from.
type indexSource struct {
	client     *Client
	entry      Entry
	url        string
	known, got validators
	size       int64
	unchanged  bool
}

// indexFile is what an index is written to.
type indexFile interface {
	io.Writer
	io.Seeker
	Truncate(size int64) error
}

// get writes the index to w, unless it is the known one.
func (s *indexSource) get(ctx context.Context, w indexFile) error {
	if getter, err := s.client.getter(s.url); err != nil {
		return err
	} else if getter != nil {
		data, err := getter.Get(ctx, s.url, s.entry.Access)
		if err != nil {
			return err
		}
		return s.read(w, bytes.NewReader(data))
	}
	q, err := newRequest(s.url, s.entry.URL, s.entry.Access)
	if err != nil {
		return err
	}
	q.repository = s.entry.Name
	s.got.Source = q.key()
	q.prepare = s.headers
	if s.known.Source == s.got.Source {
		q.takes = []int{http.StatusNotModified}
	}
	defer func() {
		s.client.progress(Progress{URL: q.shown(), Done: s.size, Ended: true})
	}()
	return s.client.do(ctx, q, func(resp *http.Response, body io.Reader) (int64, error) {
		return 0, s.take(w, q, resp, body)
	})
}

func (s *indexSource) headers(h http.Header) {
	h.Set("Accept-Encoding", "gzip")
	if s.known.Source != s.got.Source {
		return
	}
	if s.known.ETag != "" {
		h.Set("If-None-Match", s.known.ETag)
	}
	if s.known.LastModified != "" {
		h.Set("If-Modified-Since", s.known.LastModified)
	}
}

func (s *indexSource) take(w indexFile, q *request, resp *http.Response, body io.Reader) error {
	if resp.StatusCode == http.StatusNotModified {
		s.unchanged = true
		return nil
	}
	s.got.ETag, s.got.LastModified = bounded(resp.Header.Get("Etag")), bounded(resp.Header.Get("Last-Modified"))
	total := max(resp.ContentLength, 0)
	limit := s.client.opts.Limits.IndexBytes
	if total > limit {
		return &LimitError{What: q.shown(), Max: limit}
	}
	body = &countingReader{r: body, tell: func(n int64) {
		s.client.progress(Progress{URL: q.shown(), Done: n, Total: total})
	}}
	if strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return readFailure(err)
		}
		body = unzipped
	}
	return s.read(w, body)
}

// bounded leaves out what is no validator of a reasonable server.
func bounded(v string) string {
	if len(v) > 1024 {
		return ""
	}
	return v
}

// read writes the index to w, which may have the beginning of an earlier attempt.
func (s *indexSource) read(w indexFile, r io.Reader) error {
	if _, err := w.Seek(0, io.SeekStart); err != nil {
		return &fileError{err}
	}
	if err := w.Truncate(0); err != nil {
		return &fileError{err}
	}
	limit := s.client.opts.Limits.IndexBytes
	counted := &countingReader{r: io.LimitReader(r, limit+1)}
	_, err := io.Copy(&fileWriter{w}, counted)
	s.size = counted.n
	if err == nil && s.size > limit {
		err = &LimitError{What: Redact(s.url), Max: limit}
	}
	return readFailure(err)
}

// readFailure makes errors of gzip errors of reading: half an index is no index.
func readFailure(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) || err == io.EOF {
		return &readError{err}
	}
	return err
}

// fileWriter marks errors of writing.
type fileWriter struct{ w io.Writer }

func (f *fileWriter) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	if err != nil {
		err = &fileError{err}
	}
	return n, err
}

type countingReader struct {
	r    io.Reader
	n    int64
	tell func(n int64)
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.tell != nil {
		c.tell(c.n)
	}
	return n, err
}
