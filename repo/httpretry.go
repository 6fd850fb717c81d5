package repo

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// handler takes an answer in. It returns how many bytes of use came with it, also where it
// fails. Errors of reading are tried again, all others are not.
type handler func(resp *http.Response, body io.Reader) (gained int64, err error)

// readError is a body that ended too early.
type readError struct{ err error }

func (e *readError) Error() string { return e.err.Error() }
func (e *readError) Unwrap() error { return e.err }

// errAgain is returned by a handler that wants to be asked anew: what it has is of no use.
var errAgain = errors.New("the server changed what it serves")

// maxAttempts bounds the attempts also of a download that goes on a little with each.
const maxAttempts = 50

// do asks until an answer was taken in, or nothing more can be hoped for.
func (c *Client) do(ctx context.Context, q *request, handle handler) error {
	fruitless := 0
	for attempt := 1; ; attempt++ {
		gained, err := c.attempt(ctx, q, handle)
		if err == nil {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if fruitless++; gained > 0 {
			fruitless = 1
		}
		wait, again := c.pause(err, fruitless)
		if !again || attempt == maxAttempts {
			return q.failure(err, attempt)
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// attempt asks once. A server that is silent for too long ends it.
func (c *Client) attempt(ctx context.Context, q *request, handle handler) (int64, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	idle := c.opts.Limits.Idle
	timer := time.AfterFunc(idle, func() { cancel(&silenceError{idle}) })
	defer timer.Stop()
	resp, err := c.send(ctx, q)
	if err != nil {
		return 0, because(ctx, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK && !slices.Contains(q.takes, resp.StatusCode) {
		drain(resp.Body)
		return 0, q.statusError(resp)
	}
	return handle(resp, &bodyReader{ctx: ctx, r: resp.Body, timer: timer, idle: idle})
}

// because returns why a context ended, in place of the error that it led to.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// silenceError is a server that says nothing.
type silenceError struct{ idle time.Duration }

func (e *silenceError) Error() string { return fmt.Sprintf("the server was silent for %s", e.idle) }

// bodyReader reads a body, and marks its errors as such.
type bodyReader struct {
	ctx   context.Context // of this attempt
	r     io.Reader
	timer *time.Timer
	idle  time.Duration
}

func (b *bodyReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.timer.Reset(b.idle)
	if err != nil && err != io.EOF {
		err = &readError{because(b.ctx, err)}
	}
	return n, err
}

// statusError makes the error for an answer.
func (q *request) statusError(resp *http.Response) error {
	e := StatusError{URL: q.shown(), Code: resp.StatusCode, Status: status(resp), RetryAfter: retryAfter(resp.Header)}
	switch resp.StatusCode {
	case http.StatusNotFound, http.StatusGone:
		return &NotFoundError{e}
	case http.StatusUnauthorized, http.StatusForbidden:
		return &AuthError{StatusError: e, Repository: q.repository, Sent: q.creds.any && origin(q.url) == q.creds.origin}
	}
	return &e
}

// status is the status line, without what a server may add to it to confuse a terminal.
func status(resp *http.Response) string {
	text := http.StatusText(resp.StatusCode)
	if text == "" {
		return strconv.Itoa(resp.StatusCode)
	}
	return strconv.Itoa(resp.StatusCode) + " " + text
}

// retryAfter reads the header of that name, which is seconds or a time.
func retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if s, err := strconv.Atoi(v); err == nil {
		return time.Duration(min(max(s, 0), 1<<30)) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(time.Until(t).Round(time.Second), 0)
	}
	return 0
}

// pause says how long to wait before the next attempt, and whether there is one.
func (c *Client) pause(err error, fruitless int) (time.Duration, bool) {
	if errors.Is(err, errAgain) {
		return 0, fruitless < c.opts.Retry.Attempts
	}
	if fruitless >= c.opts.Retry.Attempts || !isTransient(err) {
		return 0, false
	}
	wait := min(c.opts.Retry.Wait<<min(fruitless-1, 20), c.opts.Retry.MaxWait)
	// Clients that were cut off together do not come back together.
	wait = wait/2 + rand.N(wait/2+1)
	var status *StatusError
	if errors.As(err, &status) && status.RetryAfter > wait {
		return status.RetryAfter, status.RetryAfter <= c.opts.Retry.MaxWait
	}
	return wait, true
}

// isTransient reports whether an error may be gone the next time.
func isTransient(err error) bool {
	var status *StatusError
	if errors.As(err, &status) {
		switch status.Code {
		case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return true
		}
		return false
	}
	var read *readError
	if errors.As(err, &read) {
		return true
	}
	var silence *silenceError
	var op net.Error
	switch {
	case isCertificateError(err), isContextError(err):
		return false
	case errors.As(err, &silence), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return true
	case errors.As(err, &op):
		var dns *net.DNSError
		return !errors.As(err, &dns) || !dns.IsNotFound
	}
	return false
}

func isCertificateError(err error) bool {
	var verification *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	return errors.As(err, &verification) || errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &unknown) || errors.As(err, &host)
}

// failure makes the error that the caller gets.
func (q *request) failure(err error, attempts int) error {
	var status *StatusError
	if errors.As(err, &status) {
		status.Attempts = attempts
		return err
	}
	if isTyped(err) {
		return err
	}
	return &RequestError{URL: q.shown(), Attempts: attempts, Err: err}
}

// isTyped reports whether an error says itself what it is about.
func isTyped(err error) bool {
	var bad *URLError
	var limit *LimitError
	var cert *CertificateError
	var file *fileError
	return errors.As(err, &bad) || errors.As(err, &limit) || errors.As(err, &cert) || errors.As(err, &file)
}

// fileError is a file of ours that could not be written: no fault of the server's.
type fileError struct{ err error }

func (e *fileError) Error() string { return e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
