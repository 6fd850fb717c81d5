package oci

import (
	"fmt"
	"net/http"
)

// Errors name the host and the reference, HOST/PATH/NAME with a tag or digest. What they
// show of a server's text is one line, without credentials.

// ReferenceError is a reference that names nothing in a registry.
type ReferenceError struct {
	Ref    string
	Reason string
}

func (e *ReferenceError) Error() string {
	return fmt.Sprintf("registry reference %q: %s", e.Ref, e.Reason)
}

// AuthError is a registry that wants a login, or another one.
type AuthError struct {
	Host, Ref string
	// Status is 401 or 403, 0 if it came to no request for lack of a login.
	Status int
	// Message is what the registry said.
	Message string
	// Sent says that credentials were sent.
	Sent bool
}

func (e *AuthError) Error() string {
	s := fmt.Sprintf("registry %s refuses access to %s", e.Host, e.Ref)
	if e.Ref == "" {
		s = fmt.Sprintf("registry %s refuses access", e.Host)
	}
	if e.Message != "" {
		s += " (" + e.Message + ")"
	}
	switch {
	case !e.Sent:
		return fmt.Sprintf("%s: log in with 'registry login %s'", s, e.Host)
	case e.Status == http.StatusForbidden:
		return s + ": this user may not do that"
	}
	return fmt.Sprintf("%s: it did not accept the user name and password; 'registry login %s' stores others", s, e.Host)
}

// NotFoundError is a repository, tag or digest that the registry does not have.
type NotFoundError struct {
	Host, Ref string
	Message   string
}

func (e *NotFoundError) Error() string {
	s := fmt.Sprintf("registry %s does not have %s", e.Host, e.Ref)
	if e.Message != "" {
		s += " (" + e.Message + ")"
	}
	return s
}

// StatusError is an answer that is no success for another reason.
type StatusError struct {
	Host, Ref string
	Status    int
	Message   string
}

func (e *StatusError) Error() string {
	s := fmt.Sprintf("registry %s answers %d %s", e.Host, e.Status, http.StatusText(e.Status))
	if e.Ref != "" {
		s += " for " + e.Ref
	}
	if e.Message != "" {
		s += ": " + e.Message
	}
	return s
}

// RequestError is a registry that cannot be reached, or that does not keep to the protocol.
type RequestError struct {
	Host, Ref string
	// Reason is what went wrong, without credentials. Err, where there is one, is an error
	// of the network.
	Reason string
	Err    error
}

func (e *RequestError) Error() string {
	if e.Ref == "" {
		return fmt.Sprintf("registry %s: %s", e.Host, e.Reason)
	}
	return fmt.Sprintf("registry %s, %s: %s", e.Host, e.Ref, e.Reason)
}

func (e *RequestError) Unwrap() error { return e.Err }

// NotChartError is something in a registry that is no chart.
type NotChartError struct {
	Ref    string
	Reason string
}

func (e *NotChartError) Error() string { return fmt.Sprintf("%s is not a chart: %s", e.Ref, e.Reason) }

// DigestError is content that is not what its digest says.
type DigestError struct {
	Ref  string
	Part string // "manifest", "configuration", "archive", "provenance"
	Want string // "sha256:…"
	Got  string // the same, empty if it has not the promised length
}

func (e *DigestError) Error() string {
	if e.Got == "" {
		return fmt.Sprintf("the %s of %s has not the length that was promised for %s", e.Part, e.Ref, e.Want)
	}
	return fmt.Sprintf("the %s of %s has the digest %s and not %s, as was promised: the registry is damaged, or somebody changed what is sent", e.Part, e.Ref, e.Got, e.Want)
}

// LimitError is something that is larger than Limits allow.
type LimitError struct {
	Ref   string
	Part  string // "manifest", "archive", …, "tags"
	Limit int64  // bytes, or tags
}

func (e *LimitError) Error() string {
	if e.Part == "tags" {
		return fmt.Sprintf("%s has more tags than the limit of %d", e.Ref, e.Limit)
	}
	return fmt.Sprintf("the %s of %s is larger than the limit of %d bytes", e.Part, e.Ref, e.Limit)
}

// MismatchError is a push of a chart to a reference of another name or version.
type MismatchError struct {
	Ref           string
	Name, Version string // of the chart
}

func (e *MismatchError) Error() string {
	return fmt.Sprintf("%s cannot be the place of the chart %s %s: it has to end with /%s:%s", e.Ref, e.Name, e.Version, e.Name, e.Version)
}

// CredentialsError is a file with logins, or a program that keeps them, that does not work.
type CredentialsError struct {
	File string
	Host string // whose login was wanted, if it was one
	Err  error
}

func (e *CredentialsError) Error() string {
	s := "logins of registries"
	if e.Host != "" {
		s = "login of registry " + e.Host
	}
	if e.File != "" {
		s += " (" + e.File + ")"
	}
	if e.Err == nil {
		return s + ": the file cannot be understood, or the program that keeps them reports an error"
	}
	return s + ": " + e.Err.Error()
}

func (e *CredentialsError) Unwrap() error { return e.Err }
