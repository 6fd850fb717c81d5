package repo

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Errors show URLs without user names, passwords and queries.

// URLError is a URL that cannot be used.
type URLError struct {
	// URL is as much of it as can be shown.
	URL string
	// Reason says what is wrong.
	Reason string
}

func (e *URLError) Error() string { return fmt.Sprintf("URL %q %s", e.URL, e.Reason) }

// RefError is a reference that names no chart.
type RefError struct {
	// Ref is the reference; of a URL as much as can be shown.
	Ref    string
	Reason string
	Err    error
}

func (e *RefError) Error() string {
	s := fmt.Sprintf("chart %q: %s", e.Ref, e.Reason)
	if e.Reason == "" {
		s = fmt.Sprintf("chart %q", e.Ref)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *RefError) Unwrap() error { return e.Err }

// RepositoryError is a repository that is not in repositories.yaml.
type RepositoryError struct {
	Name string
	// Near are names that are, the most similar first.
	Near []string
}

func (e *RepositoryError) Error() string {
	s := fmt.Sprintf("repository %q is not known", e.Name)
	if len(e.Near) > 0 {
		s += fmt.Sprintf(" (is it %s?)", strings.Join(e.Near, " or "))
	}
	return s + ": 'repo add' adds it"
}

// NoIndexError is a repository without an index in the cache, or with one that cannot be
// read.
type NoIndexError struct {
	Repository string
	// File is where the index belongs.
	File string
	Err  error
}

func (e *NoIndexError) Error() string {
	return fmt.Sprintf("no cached index of the repository %q (try 'repo update %s'): %v", e.Repository, e.Repository, e.Err)
}

func (e *NoIndexError) Unwrap() error { return e.Err }

// NotARepositoryError is a URL at which there is no index, or none that can be read.
type NotARepositoryError struct {
	URL string
	Err error
}

func (e *NotARepositoryError) Error() string {
	return fmt.Sprintf("looks like %q is not a valid chart repository or cannot be reached: %v", e.URL, e.Err)
}

func (e *NotARepositoryError) Unwrap() error { return e.Err }

// StatusError is an answer that is no success.
type StatusError struct {
	URL string
	// Code is 503, Status "503 Service Unavailable".
	Code   int
	Status string
	// RetryAfter is how long the server asks to wait, 0 if it does not.
	RetryAfter time.Duration
	// Attempts is how often it was asked.
	Attempts int
}

func (e *StatusError) Error() string {
	s := fmt.Sprintf("failed to fetch %s : %s", e.URL, e.Status)
	if e.Attempts > 1 {
		s += fmt.Sprintf(" (asked %d times)", e.Attempts)
	}
	if e.RetryAfter > 0 {
		s += fmt.Sprintf(" (the server asks to come back in %s)", e.RetryAfter)
	}
	return s
}

// NotFoundError is something that the server does not have. It is a *StatusError as well.
type NotFoundError struct{ StatusError }

// Unwrap makes it a *StatusError.
func (e *NotFoundError) Unwrap() error { return &e.StatusError }

// AuthError is a server that wants credentials, or other ones. It is a *StatusError as well.
type AuthError struct {
	StatusError
	// Repository is the name of the repository in repositories.yaml, if it has one.
	Repository string
	// Sent says that credentials were sent.
	Sent bool
}

func (e *AuthError) Error() string {
	s := e.StatusError.Error()
	switch {
	case e.Sent:
		s += ": the server did not accept the user name and password"
	case e.Code == 401:
		s += ": the server wants a user name and password"
	default:
		s += ": the server may want a user name and password"
	}
	if e.Repository != "" {
		return s + fmt.Sprintf(", which 'repo add %s URL --username USER --password-stdin --force-update' sets", e.Repository)
	}
	return s + ", which --username and --password give"
}

// Unwrap makes it a *StatusError.
func (e *AuthError) Unwrap() error { return &e.StatusError }

// RequestError is a server that could not be reached, or that stopped in the middle.
type RequestError struct {
	URL      string
	Attempts int
	Err      error
}

func (e *RequestError) Error() string {
	s := fmt.Sprintf("failed to fetch %s: %v", e.URL, e.Err)
	if e.Attempts > 1 {
		s += fmt.Sprintf(" (tried %d times)", e.Attempts)
	}
	return s
}

func (e *RequestError) Unwrap() error { return e.Err }

// DigestError is an archive that is not the one that was promised. It is not kept.
type DigestError struct {
	URL string
	// Want and Got are SHA-256 in hexadecimal digits.
	Want, Got string
}

func (e *DigestError) Error() string {
	return fmt.Sprintf("%s has the digest sha256:%s and not sha256:%s as its index says: somebody changed the archive, or the index is old (try 'repo update')", e.URL, e.Got, e.Want)
}

// ProvenanceError is a signature that is wanted and cannot be had, or that does not hold.
type ProvenanceError struct {
	// File is the archive's name.
	File string
	Err  error
}

func (e *ProvenanceError) Error() string {
	return fmt.Sprintf("%s cannot be verified: %v", e.File, e.Err)
}

func (e *ProvenanceError) Unwrap() error { return e.Err }

// parseURL is url.Parse with an error that shows nothing of what may be a password.
func parseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, &URLError{URL: Redact(raw), Reason: "cannot be understood"}
	}
	return u, nil
}

// Redact returns a URL as it can be shown: without user name, password, query and fragment.
func Redact(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		scheme, _, ok := strings.Cut(raw, "://")
		if !ok || len(scheme) > 20 {
			return "…"
		}
		return scheme + "://…"
	}
	return redacted(u)
}

func redacted(u *url.URL) string {
	if u.Opaque != "" { // somebody forgot the slashes, or the scheme
		return u.Scheme + ":…"
	}
	v := *u
	v.User, v.RawQuery, v.ForceQuery, v.Fragment, v.RawFragment = nil, "", false, "", ""
	return v.String()
}
