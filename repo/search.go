package repo

import (
	"cmp"
	"context"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// SearchOptions change what Search looks for. The zero value looks for the newest stable
// versions.
type SearchOptions struct {
	// Regexp says that the terms are a regular expression, which minds the case of letters.
	Regexp bool
	// Versions returns all versions and not only the newest.
	Versions bool
	// Version is a constraint that versions have to meet.
	Version string
	// Devel looks at pre-releases as well, unless Version is set.
	Devel bool
}

// SearchIn is an index that is searched.
type SearchIn struct {
	Repository string
	Index      *Index
}

// SearchResult is a version of a chart that was found.
type SearchResult struct {
	// Name is REPOSITORY/CHART.
	Name                             string
	Version, AppVersion, Description string
	// Score says where the terms were found: 0 in the name of the chart, 1 in that with the
	// repository, 2 in the description, 3 in the keywords.
	Score int

	parsed *semver.Version
}

// Search finds charts by terms that occur in their name, description or keywords, one
// text with its spaces; all charts if there are none. Results are sorted by score, name
// and version, the best and the newest first. It looks at the fields that it needs and
// decodes no versions for it.
//
// Errors are *[ConstraintError], *[regexp/syntax.Error], [*IndexError] and those of ctx.
func Search(ctx context.Context, in []SearchIn, terms string, opts SearchOptions) ([]SearchResult, error) {
	s := search{all: opts.Versions}
	var err error
	if s.limits, err = opts.limits(); err != nil {
		return nil, err
	}
	if s.match, err = newMatcher(terms, opts.Regexp); err != nil {
		return nil, err
	}
	var found []SearchResult
	for _, i := range in {
		for _, name := range i.Index.Names() {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			results, err := s.chart(i, name)
			if err != nil {
				return nil, err
			}
			found = append(found, results...)
		}
	}
	slices.SortStableFunc(found, compareResults)
	return s.newest(found), nil
}

func (o SearchOptions) limits() (*semver.Constraints, error) {
	switch {
	case o.Version != "":
		return parseConstraint(o.Version)
	case o.Devel:
		return parseConstraint(">0.0.0-0")
	}
	return parseConstraint(">0.0.0")
}

func compareResults(a, b SearchResult) int {
	if c := cmp.Or(a.Score-b.Score, strings.Compare(a.Name, b.Name)); c != 0 {
		return c
	}
	return b.parsed.Compare(a.parsed)
}

type search struct {
	limits *semver.Constraints
	match  matcher
	all    bool
}

// chart finds the versions of a chart. Without terms one is enough.
func (s *search) chart(in SearchIn, name string) ([]SearchResult, error) {
	c := in.Index.charts[name]
	c.mu.Lock()
	defer c.mu.Unlock()

	full, _, _ := strings.Cut(path.Join(in.Repository, name), "$$") // as Helm has it
	full = printable(full)
	var found []SearchResult
	last, score, best := fieldsKey{}, -1, -1
	entries := c.sorted()
	for i, e := range entries {
		if !s.limits.Check(e.parsed) || i+1 < len(entries) && entries[i+1].number() == e.number() {
			continue // the last of those that are the same counts
		}
		key, cheap := e.key()
		if !cheap || key != last || i == 0 {
			var err error
			if score, err = s.match.entry(in.Repository, e); err != nil {
				return nil, err
			}
			last = key
		}
		if score < 0 || !s.all && best >= 0 && score >= best {
			continue // there is a newer one that is as good
		}
		best = score
		f, err := e.fields()
		if err != nil {
			return nil, err
		}
		found = append(found, SearchResult{
			Name: full, Version: e.number(), AppVersion: f.appVersion, Description: f.description, Score: score, parsed: e.parsed,
		})
		if !s.all && score == 0 {
			break
		}
	}
	return found, nil
}

// newest drops what is not the first of its name, unless all versions are wanted.
func (s *search) newest(found []SearchResult) []SearchResult {
	if s.all {
		return found
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(found, func(r SearchResult) bool {
		if seen[r.Name] {
			return true
		}
		seen[r.Name] = true
		return false
	})
}

// fields are what is searched, and what is shown.
type fields struct {
	name, appVersion, description string
	keywords                      []string
}

// fields reads the fields of an entry, from its text if they stand there plainly enough.
func (e *indexEntry) fields() (fields, error) {
	if e.version == nil && !e.block.odd {
		b := e.block
		name, ok1 := b.scalar(b.name)
		appVersion, ok2 := b.scalar(b.appVersion)
		description, ok3 := b.scalar(b.description)
		keywords, ok4 := b.list(b.keywords)
		if ok1 && ok2 && ok3 && ok4 {
			return fields{name, appVersion, description, keywords}, nil
		}
	}
	v, err := e.decode()
	if err != nil {
		return fields{}, &IndexError{Err: err}
	}
	return fields{v.Name, v.AppVersion, v.Description, v.Keywords}, nil
}

// fieldsKey is the text of the fields that are searched. Where it is the same, they are.
type fieldsKey struct{ name, description, keywords string }

func (e *indexEntry) key() (fieldsKey, bool) {
	if e.version != nil || e.block.odd {
		return fieldsKey{}, false
	}
	b := e.block
	return fieldsKey{
		b.text[b.name.start:b.name.end], b.text[b.description.start:b.description.end], b.text[b.keywords.start:b.keywords.end],
	}, true
}

// matcher finds terms in an entry.
type matcher struct {
	term   string // in small letters
	regexp *regexp.Regexp
}

func newMatcher(terms string, isRegexp bool) (m matcher, err error) {
	if isRegexp {
		m.regexp, err = regexp.Compile(terms)
		return m, err
	}
	m.term = strings.ToLower(terms)
	return m, nil
}

// entry returns the score of an entry, -1 if the terms are not in it.
func (m matcher) entry(repository string, e *indexEntry) (int, error) {
	if m.regexp == nil && m.term == "" {
		return 0, nil
	}
	f, err := e.fields()
	if err != nil {
		return 0, err
	}
	const mark = "\v"
	line := f.name + mark + repository + "/" + f.name + mark + f.description + mark + strings.Join(f.keywords, " ")
	at := -1
	if m.regexp == nil {
		line = strings.ToLower(line)
		at = strings.Index(line, m.term)
	} else if found := m.regexp.FindStringIndex(line); found != nil {
		at = found[0]
	}
	if at < 0 {
		return -1, nil
	}
	return strings.Count(line[:at], mark), nil
}
