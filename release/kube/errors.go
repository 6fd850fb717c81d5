package kube

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// StatusError is a refusal of the API server.
type StatusError struct {
	// Verb and Path are those of the request.
	Verb, Path string
	// Code is the HTTP status: 403.
	Code int
	// Reason is a word for programs: "Forbidden", "NotFound", "Conflict", "Invalid".
	Reason  string
	Message string
	// Kind and Name are of the object at fault, if the server says.
	Kind, Name string
	Causes     []Cause

	retryAfter time.Duration
}

// Cause is one of several faults.
type Cause struct {
	Reason  string `json:"reason"`
	Message string `json:"message"`
	// Field is the path of a field: "spec.replicas".
	Field string `json:"field"`
}

// StatusCode returns Code.
func (e *StatusError) StatusCode() int { return e.Code }

func (e *StatusError) Error() string {
	msg := e.Message
	switch {
	case e.Code == http.StatusUnauthorized: // the server says no more than "Unauthorized"
		msg = "the server has asked for the client to provide credentials"
	case msg == "":
		msg = fmt.Sprintf("the server answered %s with %d %s", e.Path, e.Code, http.StatusText(e.Code))
	}
	if hint := e.hint(); hint != "" {
		msg += "; " + hint
	}
	return msg
}

// hint says what to do.
func (e *StatusError) hint() string {
	switch {
	case e.Code == http.StatusUnauthorized:
		return "those of the kubeconfig were not accepted: log in again"
	case e.HasCause("NamespaceTerminating"):
		return "the namespace is being deleted: wait until it is gone, or use another"
	case strings.HasPrefix(e.Message, "admission webhook "):
		return "a webhook of this cluster refuses it: change the object, or ask who runs the webhook"
	case strings.HasPrefix(e.Message, "Internal error occurred: failed calling webhook"):
		return "a webhook of this cluster does not answer: see whether its pods run"
	case e.Code == http.StatusForbidden && strings.Contains(e.Message, "exceeded quota"):
		return "raise the ResourceQuota of the namespace, or ask for less"
	case e.Code == http.StatusForbidden && strings.Contains(e.Message, " cannot "):
		if strings.Contains(e.Path, "/namespaces/") {
			return "grant this in a Role of the namespace, with a RoleBinding for the user"
		}
		return "grant this in a ClusterRole, with a ClusterRoleBinding for the user"
	case strings.Contains(e.Message, "field is immutable"):
		return "this field cannot be changed: delete the object first, or use --force-replace"
	case e.Code == http.StatusRequestEntityTooLarge || strings.Contains(e.Message, "etcdserver: request is too large"):
		return "objects may have 1.5 MiB at most: make it smaller, or split it"
	}
	return ""
}

// HasCause reports whether one of the causes has a reason.
func (e *StatusError) HasCause(reason string) bool {
	for _, c := range e.Causes {
		if c.Reason == reason {
			return true
		}
	}
	return false
}

// IsNotFound reports whether err is about something that is not there.
func IsNotFound(err error) bool { return hasCode(err, http.StatusNotFound) }

// IsConflict reports whether err is a write that came too late, or a thing that is there
// already.
func IsConflict(err error) bool { return hasCode(err, http.StatusConflict) }

// IsForbidden reports whether err is a lack of rights.
func IsForbidden(err error) bool { return hasCode(err, http.StatusForbidden) }

func hasCode(err error, code int) bool {
	var s *StatusError
	return errors.As(err, &s) && s.Code == code
}

// maxErrorBytes bounds what is read of a refusal.
const maxErrorBytes = 1 << 20

// statusError reads a refusal and closes its body.
func statusError(req *http.Request, resp *http.Response) *StatusError {
	defer resp.Body.Close()
	e := &StatusError{Verb: req.Method, Path: req.URL.Path, Code: resp.StatusCode}
	if sec, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
		e.retryAfter = max(time.Duration(sec)*time.Second, time.Millisecond) // 0 means at once
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxErrorBytes))
	if err != nil {
		return e
	}
	var s struct {
		Kind    string `json:"kind"`
		Message string `json:"message"`
		Reason  string `json:"reason"`
		Details struct {
			Kind   string  `json:"kind"`
			Name   string  `json:"name"`
			Causes []Cause `json:"causes"`
		} `json:"details"`
	}
	if json.Unmarshal(body, &s) == nil && s.Kind == "Status" {
		e.Reason, e.Message = s.Reason, s.Message
		e.Kind, e.Name, e.Causes = s.Details.Kind, s.Details.Name, s.Details.Causes
	}
	if strings.Contains(e.Path, "/secrets") {
		e.Message = withoutValues(e.Message)
		for i := range e.Causes {
			e.Causes[i].Message = withoutValues(e.Causes[i].Message)
		}
	}
	return e
}

// withoutValues takes the values out of what the server says is wrong with a Secret.
func withoutValues(message string) string {
	const before = "nvalid value: \""
	var b strings.Builder
	for {
		text, rest, ok := strings.Cut(message, before)
		b.WriteString(text)
		if !ok {
			return b.String()
		}
		b.WriteString(before + "(hidden)\"")
		message = afterQuote(rest)
	}
}

// afterQuote is what comes after the end of a string that Go has quoted.
func afterQuote(s string) string {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return s[i+1:]
		}
	}
	return ""
}

// UnreachableError is an API server that could not be asked.
type UnreachableError struct {
	Server string
	// Place says which kubeconfig entry names the server.
	Place string
	Err   error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("kubernetes cluster unreachable: %s (%s): %v%s", e.Server, e.Place, e.Err, e.hint())
}

func (e *UnreachableError) Unwrap() error { return e.Err }

func (e *UnreachableError) hint() string {
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var dns *net.DNSError
	var record tls.RecordHeaderError
	switch {
	case errors.As(e.Err, &unknown):
		return "; the certificate-authority of the kubeconfig is not the one of this server"
	case errors.As(e.Err, &host):
		return "; set tls-server-name if the server has another name in its certificate"
	case errors.As(e.Err, &invalid) && invalid.Reason == x509.Expired:
		return "; is the clock of this machine right?"
	case errors.As(e.Err, &dns):
		return "; is the cluster still there, and is a VPN needed to see it?"
	case errors.As(e.Err, &record):
		return "; the server does not speak TLS: is it an http:// address?"
	case errors.Is(e.Err, syscall.ECONNREFUSED) && e.Place != noCluster:
		return "; nothing listens there: is the cluster running?"
	}
	return ""
}

// unreachable wraps a failure to send a request or to get an answer.
func (c *Client) unreachable(err error) error {
	var config *ConfigError
	if errors.As(err, &config) {
		return config
	}
	var u *url.Error
	if errors.As(err, &u) { // its text has the URL, query included
		err = u.Err
	}
	return &UnreachableError{Server: c.base.Redacted(), Place: c.config.Place, Err: err}
}
