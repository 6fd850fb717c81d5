package chart

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"
)

// ignoreName is the file at a chart's root that says which files of the
// directory are no part of the chart. Archives are not filtered.
const ignoreName = ".helmignore"

const utf8BOM = "\xEF\xBB\xBF"

// ignoreRules are the lines of a .helmignore in order, with Helm's meaning,
// which is not Git's: the first rule that decides ends the search, a negated
// rule ignores everything it does not match, and there is no "**".
type ignoreRules []ignoreRule

type ignoreRule struct {
	pattern string
	literal bool // nothing in pattern is special to path.Match
	// prefix and suffix are what every name has that matches; most do not
	// have them, and path.Match is slow.
	prefix, suffix string
	negate         bool // "!pattern"
	dirOnly        bool // "pattern/"
	base           bool // no slash in it: compared with the last element of the path
}

// defaultIgnoreRule is in force after the chart's own rules.
const defaultIgnoreRule = "templates/.?*"

// parseIgnore reads a .helmignore; no data gives the default rule alone. The
// error is a *ParseError with the line.
func parseIgnore(data []byte) (ignoreRules, error) {
	var rules ignoreRules
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(data, []byte(utf8BOM))))
	n := 0
	for lines.Scan() {
		n++
		rule, ok, err := parseIgnoreRule(lines.Text())
		if err != nil {
			return nil, &ParseError{File: ignoreName, Line: n, Err: err}
		}
		if ok {
			rules = append(rules, rule)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, &ParseError{File: ignoreName, Line: n + 1, Err: err}
	}
	rule, _, err := parseIgnoreRule(defaultIgnoreRule)
	return append(rules, rule), err
}

// parseIgnoreRule reads one line; ok is false for blank lines and comments.
func parseIgnoreRule(line string) (rule ignoreRule, ok bool, err error) {
	line = strings.TrimSpace(line)
	if line == "" || strings.HasPrefix(line, "#") {
		return rule, false, nil
	}
	if strings.Contains(line, "**") {
		return rule, false, errors.New("double-star (**) syntax is not supported: write one pattern for each level")
	}
	if _, err := path.Match(line, "abc"); err != nil {
		return rule, false, fmt.Errorf("pattern %q: %w", line, err)
	}
	rule.pattern, rule.negate = strings.CutPrefix(line, "!")
	rule.pattern, rule.dirOnly = strings.CutSuffix(rule.pattern, "/")
	rooted := false
	rule.pattern, rooted = strings.CutPrefix(rule.pattern, "/")
	rule.base = !rooted && !strings.Contains(rule.pattern, "/")
	rule.literal = !strings.ContainsAny(rule.pattern, `*?[\`)
	if !rule.literal && !strings.ContainsAny(rule.pattern, `[\`) {
		rule.prefix = rule.pattern[:strings.IndexAny(rule.pattern, "*?")]
		rule.suffix = rule.pattern[strings.LastIndexAny(rule.pattern, "*?")+1:]
	}
	return rule, true, nil
}

// ignore reports whether name, slash separated and relative to the root, is
// left out; of a directory all that is below it is left out too.
func (rules ignoreRules) ignore(name string, isDir bool) bool {
	for i := range rules {
		r := &rules[i]
		switch {
		case r.negate:
			if r.dirOnly && !isDir || !r.match(name) {
				return true
			}
		case r.dirOnly && !isDir:
		case r.match(name):
			return true
		}
	}
	return false
}

func (r *ignoreRule) match(name string) bool {
	if r.base {
		name = name[strings.LastIndexByte(name, '/')+1:]
	}
	if r.literal {
		return name == r.pattern
	}
	if !strings.HasPrefix(name, r.prefix) || !strings.HasSuffix(name, r.suffix) {
		return false
	}
	// The pattern as a whole was checked when it was read. What is left of
	// one such as "[!/]" may still be malformed: it matches nothing.
	ok, err := path.Match(r.pattern, name)
	return ok && err == nil
}
