package funcs

import (
	"regexp"
	"strings"
)

// patterns are Sprig's functions on regular expressions, with bounded patterns
// that are compiled once a program.
func patterns(cfg Config) map[string]any {
	c := newPatternCache(cfg)
	return map[string]any{
		// regexMatch is false for a pattern that is none; the others fail.
		"regexMatch": func(pattern, s string) (bool, error) {
			match, err := c.match(pattern, s)
			return match, onlyLimit(err)
		},
		"mustRegexMatch":             c.match,
		"regexFind":                  c.find,
		"mustRegexFind":              c.find,
		"regexFindAll":               c.findAll,
		"mustRegexFindAll":           c.findAll,
		"regexReplaceAll":            c.replace,
		"mustRegexReplaceAll":        c.replace,
		"regexReplaceAllLiteral":     c.replaceLiteral,
		"mustRegexReplaceAllLiteral": c.replaceLiteral,
		"regexSplit":                 c.split,
		"mustRegexSplit":             c.split,
	}
}

// onlyLimit drops the errors that Sprig drops.
func onlyLimit(err error) error {
	if _, ok := err.(*LimitError); ok {
		return err
	}
	return nil
}

func (c *patternCache) match(pattern, s string) (bool, error) {
	re, err := c.get(pattern, s)
	if err != nil {
		return false, err
	}
	return re.MatchString(s), nil
}

func (c *patternCache) find(pattern, s string) (string, error) {
	re, err := c.get(pattern, s)
	if err != nil {
		return "", err
	}
	return re.FindString(s), nil
}

func (c *patternCache) findAll(pattern, s string, n int) ([]string, error) {
	re, err := c.getAll(pattern, s)
	if err != nil {
		return nil, err
	}
	found := re.FindAllString(s, c.atMost(n))
	return found, c.items(len(found))
}

func (c *patternCache) split(pattern, s string, n int) ([]string, error) {
	re, err := c.getAll(pattern, s)
	if err != nil {
		return nil, err
	}
	parts := re.Split(s, c.atMost(n))
	return parts, c.items(len(parts))
}

// atMost lowers a number of matches to one more than may be returned; below
// zero it stands for all.
func (c *patternCache) atMost(n int) int {
	if n < 0 || n > c.cfg.Items {
		return c.cfg.Items + 1
	}
	return n
}

func (c *patternCache) replaceLiteral(pattern, s, repl string) (string, error) {
	return c.replaceAll(pattern, s, repl, (*regexp.Regexp).ReplaceAllLiteralString, 0)
}

func (c *patternCache) replace(pattern, s, repl string) (string, error) {
	return c.replaceAll(pattern, s, repl, (*regexp.Regexp).ReplaceAllString, strings.Count(repl, "$"))
}

// replaceAll calls f unless the result is bound to be too long: each match puts
// the replacement in, and there, for each $, up to the text of the match.
func (c *patternCache) replaceAll(pattern, s, repl string, f func(re *regexp.Regexp, s, repl string) string, dollars int) (string, error) {
	re, err := c.getAll(pattern, s)
	if err != nil {
		return "", err
	}
	// There are no more matches than places between bytes.
	if !c.fits(len(s)+1, len(repl), dollars*len(s)) {
		found, err := re.tally(s, c.matchTime)
		if err != nil {
			return "", err
		}
		if !c.fits(found.matches, len(repl), dollars*found.bytes) {
			return "", c.string(1, c.cfg.StringBytes+1)
		}
	}
	return f(re.Regexp, s, repl), nil
}

// fits reports whether count strings of size bytes, and more, may be made.
func (c *patternCache) fits(count, size, more int) bool {
	return more <= c.cfg.StringBytes && c.string(count, size) == nil && count*size+more <= c.cfg.StringBytes
}
