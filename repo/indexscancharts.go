package repo

import (
	"strings"
	"time"
)

// charts reads the value of entries.
func (s *scanner) charts(x *Index) {
	if s.isEmpty("{}") || !s.goesDown(0) {
		return
	}
	column := s.col
	for s.col == column && !s.failed {
		name := strings.Clone(s.plainKey())
		if s.failed || x.charts[name] != nil {
			s.fail()
			return
		}
		c := &indexChart{}
		x.charts[name] = c
		s.versions(column, c)
	}
	s.failIf(s.col > 0)
}

// goesDown reports whether the value of a key in a column is on the lines below, and
// goes there. A list may stand in the column of its key.
func (s *scanner) goesDown(column int) bool {
	if s.failed || s.text[s.pos] != '\n' {
		s.fail()
		return false
	}
	s.pos++
	s.next()
	return s.col > column || s.col == column && s.isDash()
}

// isEmpty reads an empty collection or null, as it is written in a line, if that is what
// stands here.
func (s *scanner) isEmpty(collection string) bool {
	if s.failed {
		return true
	}
	for _, word := range [...]string{collection, "null", "~"} {
		rest, ok := strings.CutPrefix(s.text[s.pos:], word)
		if ok && rest[0] == '\n' { // the text ends in one
			s.pos += len(word) + 1
			s.next()
			return true
		}
	}
	return false
}

// versions reads the list of the versions of a chart, whose name stands in a column.
func (s *scanner) versions(column int, c *indexChart) {
	if s.isEmpty("[]") || !s.goesDown(column) {
		return
	}
	if !s.isDash() {
		s.fail()
		return
	}
	dash := s.col
	for s.col == dash && s.isDash() {
		b := &block{start: uint32(s.pos - dash)}
		s.item(dash)
		if s.failed {
			return
		}
		s.version(b)
		if s.failed {
			return
		}
		b.end = uint32(s.lineStart())
		b.text = s.text[b.start:b.end]
		b.complete()
		if b.odd {
			if _, err := decodeStrictly(b.text); err != nil {
				s.fail()
				return
			}
		}
		c.entries = append(c.entries, indexEntry{block: b})
	}
	s.failIf(s.col > column || s.col == column && s.isDash())
}

// lineStart is where the line begins whose content s is at.
func (s *scanner) lineStart() int {
	if s.col < 0 {
		return len(s.text)
	}
	return s.pos - s.col
}

// item goes from a dash in a column to what stands behind it in the line.
func (s *scanner) item(dash int) {
	start := s.pos
	s.pos++
	for s.text[s.pos] == ' ' {
		s.pos++
	}
	if s.text[s.pos] == '\n' || s.text[s.pos] == '#' {
		s.fail()
		return
	}
	s.col = dash + s.pos - start
}

// isTime reports whether a text is a time as JSON has it.
func isTime(text string) bool {
	var t time.Time
	return t.UnmarshalText([]byte(text)) == nil
}
