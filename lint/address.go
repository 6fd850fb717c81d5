package lint

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// What counts as an address or a URL is what Helm takes for one, by patterns
// that are more generous than the standards in places and stricter in others.

// beyondASCII are the characters outside of ASCII that an address may have.
const beyondASCII = `\x{00A0}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}`

var emailPattern = sync.OnceValue(func() *regexp.Regexp {
	const (
		letter = `a-zA-Z` + beyondASCII
		word   = "[" + letter + "0-9!#$%&'*+/=?^_`{|}~-]+"
		dotted = word + `(?:\.` + word + `)*`

		// A quoted name may have white space, folded over lines. The pattern
		// that Helm uses repeats the quote with each character, so that of
		// "a"@b.c and "ab"@b.c it takes the first only.
		space  = `(?:(?:[ \t]*\r\n)?[ \t]+)?`
		bare   = `[\x01-\x08\x0b\x0c\x0e-\x1f\x7f!#-\[\]-~` + beyondASCII + `]`
		escape = `\((?:[\x01-\x09\x0b-\x7f]|[` + beyondASCII + `])`
		quoted = `(?:"` + space + `(?:` + bare + `|` + escape + `))*` + space + `"`

		label = `[` + letter + `0-9](?:[` + letter + `0-9._~-]*[` + letter + `0-9])?`
		top   = `[` + letter + `](?:[` + letter + `0-9_~-]*[` + letter + `])?`
	)
	return regexp.MustCompile(`^(?:` + dotted + `|` + quoted + `)@(?:` + label + `\.)+` + top + `\.?$`)
})

// isEmail reports whether s looks like an e-mail address.
func isEmail(s string) bool { return emailPattern().MatchString(s) }

// isRequestURL reports whether s is an absolute URL or a rooted path with a
// scheme.
func isRequestURL(s string) bool {
	u, err := url.ParseRequestURI(s)
	return err == nil && u.Scheme != ""
}

// The lengths between which something can be a URL, in runes and bytes.
const (
	maxURLRunes = 2082
	minURLBytes = 4
)

// isURL reports whether s looks like a URL, with or without a scheme.
func isURL(s string) bool {
	if utf8.RuneCountInString(s) > maxURLRunes || len(s) < minURLBytes || strings.HasPrefix(s, ".") {
		return false
	}
	parsed := s
	if strings.Contains(s, ":") && !strings.Contains(s, "://") {
		parsed = "http://" + s // a host with a port
	}
	u, err := url.Parse(parsed)
	if err != nil || strings.HasPrefix(u.Host, ".") {
		return false
	}
	if u.Host == "" && u.Path != "" && !strings.Contains(u.Path, ".") {
		return false
	}
	return hasURLForm(s)
}

// hasURLForm matches s against [scheme://][user@]host[:port][path].
func hasURLForm(s string) bool {
	if strings.ContainsAny(s, " \t\n\f\r") {
		return false
	}
	for _, scheme := range []string{"ftp", "tcp", "udp", "ws", "wss", "http", "https"} {
		if rest, ok := strings.CutPrefix(s, scheme+"://"); ok && hasAuthorityForm(rest) {
			return true
		}
	}
	return hasAuthorityForm(s)
}

// hasAuthorityForm matches s against [user@]host[:port][path]. The user may
// have any characters, so each @ may be the one that ends it.
func hasAuthorityForm(s string) bool {
	if isHostPortPath(s) {
		return true
	}
	for at := 1; at < len(s); at++ {
		if s[at] == '@' && isHostPortPath(s[at+1:]) {
			return true
		}
	}
	return false
}

func isHostPortPath(s string) bool {
	if end := strings.IndexAny(s, "/?#"); end >= 0 {
		s = s[:end]
	}
	if colon := strings.LastIndexByte(s, ':'); colon >= 0 && isPort(s[colon+1:]) && isHost(s[:colon]) {
		return true
	}
	return isHost(s)
}

func isPort(s string) bool {
	return len(s) >= 1 && len(s) <= 5 && strings.Trim(s, "0123456789") == ""
}

var hostPattern = sync.OnceValue(func() *regexp.Regexp {
	const (
		alnum = `[a-zA-Z0-9]`
		wide  = `[a-zA-Z\x{00a1}-\x{ffff}0-9]`
		label = alnum + `(?:[a-zA-Z0-9_-]+)?` + alnum + `(?:[-.]` + alnum + `+)*`
		sub   = `www\.|` + alnum + `+(?:[-_.]?` + alnum + `)*` + alnum + `\.` + alnum + `+`
		last  = `(?:` + wide + `+-?-?)*` + wide + `+`
		top   = `\.[a-zA-Z\x{00a1}-\x{ffff}]+`
		name  = `(?:` + label + `|` + sub + `)?` + last + `(?:` + top + `)?`

		// No multicast network, 230 to 239 and 224 to 229.
		net   = `(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3]|24\d|25[0-5])`
		octet = `(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5])`
		v4    = net + `(?:\.` + octet + `){3}`
	)
	return regexp.MustCompile(`^(?:` + name + `|` + v4 + `)$`)
})

// isHost reports whether s is the name or the address of a host; a final dot
// is allowed.
func isHost(s string) bool {
	bare := strings.TrimSuffix(s, ".")
	if v6, ok := strings.CutPrefix(bare, "["); ok {
		v6, ok = strings.CutSuffix(v6, "]")
		addr, err := netip.ParseAddr(v6)
		return ok && err == nil && addr.Is6()
	}
	return hostPattern().MatchString(bare)
}
