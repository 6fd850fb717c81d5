package repo

import (
	"bytes"
	"context"
	"net/url"
	"path"
	"strings"
)

// owner returns the repository whose cached index has a URL, the first one in
// repositories.yaml. A repository without an index has none.
func (c *Client) owner(ctx context.Context, raw string) (Entry, bool) {
	config, err := c.repositories(ctx)
	if err != nil || len(config.Repositories) == 0 {
		return Entry{}, false
	}
	u, err := url.Parse(raw)
	if err != nil {
		return Entry{}, false
	}
	for _, e := range config.Repositories {
		data, err := c.scans.do(ctx, e.Name, true, func() ([]byte, error) {
			return readBounded(c.opts.Home.IndexFile(e.Name), c.opts.Limits.IndexBytes)
		})
		if err == nil && mentions(data, raw, u) {
			return e, true
		}
	}
	return Entry{}, false
}

// mentions reports whether an index has a URL. It does not parse it: it looks for the last
// part of the path, and compares what that stands in. Nothing but the choice among the
// user's own credentials depends on it, and they are only sent to their own server.
func mentions(index []byte, raw string, u *url.URL) bool {
	for _, base := range names(u) {
		for from := 0; ; {
			i := bytes.Index(index[from:], []byte(base))
			if i < 0 {
				break
			}
			start, end := token(index, from+i, from+i+len(base))
			if equalURL(raw, strings.ReplaceAll(string(index[start:end]), `\/`, "/")) {
				return true
			}
			from += i + len(base)
		}
	}
	return false
}

// names are the ways in which the last part of a path may be written.
func names(u *url.URL) []string {
	plain, escaped := path.Base(u.Path), path.Base(u.EscapedPath())
	switch {
	case plain == "." || plain == "/":
		return nil
	case plain == escaped:
		return []string{plain}
	}
	return []string{plain, escaped}
}

// token returns the bounds of the word of an index around the bytes from start to end.
func token(index []byte, start, end int) (int, int) {
	const longest = 8 << 10
	separates := func(b byte) bool {
		return b <= ' ' || b == '"' || b == '\'' || b == ',' || b == '[' || b == ']' || b == '{' || b == '}'
	}
	for low := max(start-longest, 0); start > low && !separates(index[start-1]); {
		start--
	}
	for high := min(end+longest, len(index)); end < high && !separates(index[end]); {
		end++
	}
	return start, end
}
