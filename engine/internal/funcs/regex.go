package funcs

import (
	"fmt"
	"regexp"
	"sync"
)

// patterns are Sprig's functions on regular expressions, with bounded patterns
// that are compiled once a program.
func patterns(cfg Config) map[string]any {
	c := &patternCache{cfg: cfg, compiled: map[string]*regexp.Regexp{}}
	return map[string]any{
		// regexMatch is false for a pattern that is none; the others fail.
		"regexMatch": func(pattern, s string) (bool, error) {
			re, err := c.get(pattern)
			if err != nil {
				return false, onlyLimit(err)
			}
			return re.MatchString(s), nil
		},
		"mustRegexMatch": func(pattern, s string) (bool, error) {
			re, err := c.get(pattern)
			if err != nil {
				return false, err
			}
			return re.MatchString(s), nil
		},
		"regexFind":                  c.find,
		"mustRegexFind":              c.find,
		"regexFindAll":               c.findAll,
		"mustRegexFindAll":           c.findAll,
		"regexReplaceAll":            c.replace((*regexp.Regexp).ReplaceAllString),
		"mustRegexReplaceAll":        c.replace((*regexp.Regexp).ReplaceAllString),
		"regexReplaceAllLiteral":     c.replace((*regexp.Regexp).ReplaceAllLiteralString),
		"mustRegexReplaceAllLiteral": c.replace((*regexp.Regexp).ReplaceAllLiteralString),
		"regexSplit":                 c.split,
		"mustRegexSplit":             c.split,
	}
}

// patternCache keeps compiled patterns. It is safe for concurrent use and starts
// anew when it holds too many.
type patternCache struct {
	cfg      Config
	mu       sync.Mutex
	compiled map[string]*regexp.Regexp
}

// maxPatterns is far above what charts use; a chart that makes patterns in a
// loop must not fill the memory of a program that is kept.
const maxPatterns = 256

func (c *patternCache) get(pattern string) (*regexp.Regexp, error) {
	if len(pattern) > c.cfg.PatternBytes {
		return nil, &LimitError{"pattern bytes", int64(c.cfg.PatternBytes), "a regular expression is too long"}
	}
	c.mu.Lock()
	re := c.compiled[pattern]
	c.mu.Unlock()
	if re != nil {
		return re, nil
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.compiled) >= maxPatterns {
		clear(c.compiled)
	}
	c.compiled[pattern] = re
	return re, nil
}

// onlyLimit drops the errors that Sprig drops.
func onlyLimit(err error) error {
	if _, ok := err.(*LimitError); ok {
		return err
	}
	return nil
}

func (c *patternCache) find(pattern, s string) (string, error) {
	re, err := c.get(pattern)
	if err != nil {
		return "", err
	}
	return re.FindString(s), nil
}

func (c *patternCache) findAll(pattern, s string, n int) ([]string, error) {
	re, err := c.get(pattern)
	if err != nil {
		return nil, err
	}
	return re.FindAllString(s, n), nil
}

func (c *patternCache) split(pattern, s string, n int) ([]string, error) {
	re, err := c.get(pattern)
	if err != nil {
		return nil, err
	}
	return re.Split(s, n), nil
}

// replace bounds the result: with a pattern that matches everywhere it is as
// long as the text times the replacement.
func (c *patternCache) replace(f func(re *regexp.Regexp, s, repl string) string) func(pattern, s, repl string) (string, error) {
	return func(pattern, s, repl string) (string, error) {
		re, err := c.get(pattern)
		if err != nil {
			return "", err
		}
		if (len(s)+1)*len(repl) > c.cfg.StringBytes {
			if err := (bounds{c.cfg}).string(len(re.FindAllStringIndex(s, -1)), len(repl)); err != nil {
				return "", fmt.Errorf("regexReplaceAll: %w", err)
			}
		}
		return f(re, s, repl), nil
	}
}
