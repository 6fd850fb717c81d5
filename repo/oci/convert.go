package oci

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"

	"github.com/hchart/hchart/repo/oci/internal/oras/errdef"
	"github.com/hchart/hchart/repo/oci/internal/oras/registry/remote/auth"
	"github.com/hchart/hchart/repo/oci/internal/oras/registry/remote/errcode"
)

// errorOf makes an error of this package of one of the library's, whose texts show URLs
// and whatever the server says.
func (s *session) errorOf(ctx context.Context, ref string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if own := ownError(err); own != nil {
		return own
	}
	var response *errcode.ErrorResponse
	var request *url.Error
	switch {
	case errors.As(err, &response):
		return s.statusError(ref, response)
	case errors.Is(err, errdef.ErrNotFound):
		return &NotFoundError{Host: s.host, Ref: ref}
	case errors.Is(err, auth.ErrBasicCredentialNotFound):
		return &AuthError{Host: s.host, Ref: ref, Sent: s.sentCredentials()}
	case errors.As(err, &request):
		return &RequestError{Host: s.host, Ref: ref, Reason: s.clean(request.Err.Error()), Err: networkError(request.Err)}
	}
	return &RequestError{Host: s.host, Ref: ref, Reason: s.clean(err.Error()), Err: networkError(err)}
}

// ownError finds an error of this package, which stays as it is.
func ownError(err error) error {
	var credentials *CredentialsError
	if errors.As(err, &credentials) {
		return credentials
	}
	var limit *LimitError
	if errors.As(err, &limit) {
		return limit
	}
	return nil
}

// networkError returns the error of the operating system, a name server or TLS in an
// error, nil if there is none. They hold addresses, and nothing that was sent.
func networkError(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns
	}
	return nil
}

func (s *session) statusError(ref string, r *errcode.ErrorResponse) error {
	message := ""
	if len(r.Errors) > 0 {
		message = s.clean(r.Errors.Error())
	}
	switch r.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return &AuthError{Host: s.host, Ref: ref, Status: r.StatusCode, Message: message, Sent: s.sentCredentials()}
	case http.StatusNotFound:
		return &NotFoundError{Host: s.host, Ref: ref, Message: message}
	}
	return &StatusError{Host: s.host, Ref: ref, Status: r.StatusCode, Message: message}
}
