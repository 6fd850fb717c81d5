package oci

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/hchart/hchart/repo/oci/internal/oras/registry/remote/auth"
)

// remember notes credentials that are about to be sent.
func (s *session) remember(cred auth.Credential) {
	if cred == auth.EmptyCredential {
		return
	}
	s.mu.Lock()
	s.sent = true
	s.mu.Unlock()
	for _, secret := range []string{cred.Password, cred.RefreshToken, cred.AccessToken} {
		s.keepSecret(secret)
	}
	if cred.Password != "" {
		s.keepSecret(base64.StdEncoding.EncodeToString([]byte(cred.Username + ":" + cred.Password)))
	}
}

// keepSecret has errors without a text.
func (s *session) keepSecret(secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if secret != "" && !slices.Contains(s.secrets, secret) {
		s.secrets = append(s.secrets, secret)
	}
}

// sentCredentials reports whether the host got credentials.
func (s *session) sentCredentials() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent
}

// maxShown is how much of a server's text is shown.
const maxShown = 300

// clean returns a text that a server has a hand in, so that it can be shown: on one line,
// not too long, without what moves a terminal's cursor, without secrets, and with URLs
// that have neither user nor query.
func (s *session) clean(text string) string {
	s.mu.Lock()
	secrets := slices.Clone(s.secrets)
	s.mu.Unlock()
	// Longer ones may hold shorter ones.
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	for _, secret := range secrets {
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			text = strings.ReplaceAll(text, form, "***")
		}
	}
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
	text = cleanURLs(text)
	if len(text) > maxShown {
		text = strings.ToValidUTF8(text[:maxShown], "") + "…"
	}
	return text
}

// cleanURLs takes user names, passwords and queries out of the URLs in a text.
func cleanURLs(text string) string {
	var b strings.Builder
	for {
		i := strings.Index(text, "://")
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		end := strings.IndexAny(text[i:], " \"'<>\\")
		if end < 0 {
			end = len(text) - i
		}
		rest := text[i+len("://") : i+end]
		b.WriteString(text[:i+len("://")])
		rest, _, _ = strings.Cut(rest, "?")
		rest, _, _ = strings.Cut(rest, "#")
		host, path, slash := strings.Cut(rest, "/")
		b.WriteString(host[strings.LastIndexByte(host, '@')+1:])
		if slash {
			b.WriteString("/" + path)
		}
		text = text[i+end:]
	}
}
