package repotest

import (
	"net/http"
	"strconv"
	"time"
)

// Fault answers a request in place of the server; next is what the server would do.
type Fault func(w http.ResponseWriter, r *http.Request, next http.Handler)

type fault struct {
	times int
	act   Fault
}

// Fault has a path answered by act the next so many times, for ever if times is negative.
func (s *Server) Fault(path string, times int, act Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[path] = &fault{times, act}
}

// take returns the fault for a request, nil if there is none.
func (s *Server) take(path string) Fault {
	f, ok := s.faults[path]
	if !ok || f.times == 0 {
		return nil
	}
	f.times--
	return f.act
}

// Status answers with a status and headers, given as names and values.
func Status(code int, headers ...string) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
	}
}

// Redirect sends to another URL.
func Redirect(url string) Fault { return Status(http.StatusFound, "Location", url) }

// Refuse closes the connection without an answer.
func Refuse() Fault {
	return func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }
}

// Cut breaks the connection after so many bytes of the body.
func Cut(after int) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(&cutter{ResponseWriter: w, left: after}, r)
	}
}

type cutter struct {
	http.ResponseWriter
	left int
}

func (c *cutter) Write(p []byte) (int, error) {
	if len(p) < c.left {
		c.left -= len(p)
		return c.ResponseWriter.Write(p)
	}
	c.ResponseWriter.Write(p[:c.left])                   //nolint:errcheck // it ends here
	http.NewResponseController(c.ResponseWriter).Flush() //nolint:errcheck
	panic(http.ErrAbortHandler)
}

// Endless sends a body that does not end.
func Endless() Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		block := make([]byte, 64<<10)
		for r.Context().Err() == nil {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}
}

// EndlessHeaders sends headers that do not end.
func EndlessHeaders() Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		conn, buf, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		buf.WriteString("HTTP/1.1 200 OK\r\n") //nolint:errcheck // seen below
		for i := 0; ; i++ {
			if _, err := buf.WriteString("X-Header-" + strconv.Itoa(i) + ": and one more\r\n"); err != nil {
				return
			}
		}
	}
}

// Silent answers nothing until the client goes.
func Silent() Fault {
	return func(_ http.ResponseWriter, r *http.Request, _ http.Handler) { <-r.Context().Done() }
}

// Slow sends the body in pieces with a pause before each.
func Slow(piece int, pause time.Duration) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(&slow{ResponseWriter: w, r: r, piece: piece, pause: pause}, r)
	}
}

type slow struct {
	http.ResponseWriter
	r     *http.Request
	piece int
	pause time.Duration
}

func (s *slow) Write(p []byte) (int, error) {
	for n := 0; n < len(p); {
		select {
		case <-time.After(s.pause):
		case <-s.r.Context().Done():
			return n, s.r.Context().Err()
		}
		m, err := s.ResponseWriter.Write(p[n:min(n+s.piece, len(p))])
		if n += m; err != nil {
			return n, err
		}
		http.NewResponseController(s.ResponseWriter).Flush() //nolint:errcheck // the write said it
	}
	return len(p), nil
}
