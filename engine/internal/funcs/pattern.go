package funcs

import (
	"regexp"
	"regexp/syntax"
	"time"
)

const (
	// maxInstructions bounds what a pattern becomes when its repetitions are
	// written out. "(\pL{1000})" takes thousands from eleven bytes.
	maxInstructions = 50_000
	// maxMatchWork bounds instructions times bytes of text, which is what
	// matching takes at most; the package regexp cannot be interrupted. It is
	// some two seconds.
	maxMatchWork = 1 << 28
	// maxMatchTime bounds finding all matches in a text, which can take the
	// square of its length: "a+b|a" looks for a b up to the end at every a.
	maxMatchTime = 5 * time.Second
)

// patternCache keeps compiled patterns. It is safe for concurrent use.
type patternCache struct {
	bounds
	matchTime time.Duration // maxMatchTime, but in tests
	compiled  cache[*pattern]
}

func newPatternCache(cfg Config) *patternCache {
	return &patternCache{bounds: bounds{cfg}, matchTime: maxMatchTime}
}

type pattern struct {
	*regexp.Regexp
	instructions int
}

// get returns a pattern that may be matched against s once.
func (c *patternCache) get(text, s string) (*pattern, error) {
	p, err := c.pattern(text)
	if err != nil {
		return nil, err
	}
	if len(s) > maxMatchWork/p.instructions {
		return nil, &LimitError{"match work", maxMatchWork, "a regular expression is too complicated for so long a text"}
	}
	return p, nil
}

func (c *patternCache) pattern(text string) (*pattern, error) {
	if len(text) > c.cfg.PatternBytes {
		return nil, &LimitError{"pattern bytes", int64(c.cfg.PatternBytes), "a regular expression is too long"}
	}
	return c.compiled.get(text, true, compilePattern)
}

func compilePattern(text string) (*pattern, error) {
	parsed, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, err // what regexp.Compile returns
	}
	n := instructions(parsed)
	if n > maxInstructions {
		return nil, &LimitError{"pattern instructions", maxInstructions, "a regular expression is too large when its repetitions are written out"}
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, err
	}
	return &pattern{re, n}, nil
}

// instructions estimates, without compiling it, how many instructions a pattern
// becomes. It is one at least. The parser bounds how deep a pattern nests.
func instructions(re *syntax.Regexp) int {
	n := 1
	for _, sub := range re.Sub {
		n += instructions(sub)
	}
	switch re.Op {
	case syntax.OpLiteral:
		n = len(re.Rune)
	case syntax.OpCapture:
		n++
	case syntax.OpRepeat:
		// The parser allows a thousand repetitions in all, one in another.
		n *= max(re.Min, re.Max, 1)
	}
	return max(n, 1)
}

// getAll returns a pattern that may be matched against all of s.
func (c *patternCache) getAll(text, s string) (*pattern, error) {
	p, err := c.get(text, s)
	if err != nil {
		return nil, err
	}
	if len(s) > 1000 && len(s) > maxMatchWork/p.instructions/len(s) {
		if _, err := p.tally(s, c.matchTime); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// tally is what finding all matches came to.
type tally struct {
	matches int
	bytes   int // in all of them
}

// tooLate ends a search from within.
type tooLate struct{}

// tally finds all matches, to see how many they are and that it takes no time
// beyond reason.
func (p *pattern) tally(s string, within time.Duration) (found tally, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case tooLate:
			err = &LimitError{"match milliseconds", within.Milliseconds(), "a regular expression takes too long on a long text"}
		default:
			panic(r)
		}
	}()
	end := time.Now().Add(within)
	p.ReplaceAllStringFunc(s, func(m string) string {
		if found.matches++; time.Now().After(end) {
			panic(tooLate{})
		}
		found.bytes += len(m)
		return ""
	})
	return found, nil
}
