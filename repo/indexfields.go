package repo

import (
	"slices"
	"strings"
)

// field is a field of a version, and its bit among those that were seen.
type field uint32

const (
	fieldName field = 1 << iota
	fieldVersion
	fieldType
	fieldAppVersion
	fieldDescription
	fieldText // further ones from here on
	fieldTable
	fieldKeywords
	fieldList
	fieldCreated
	fieldTruth
	fieldMaintainers
	fieldDependencies
)

// fieldOf returns what a field of a version is, and its number; 0 for what is none.
func fieldOf(key string) (f field, number uint) {
	switch key {
	case "name":
		return fieldName, 1
	case "version":
		return fieldVersion, 2
	case "type":
		return fieldType, 3
	case "appVersion":
		return fieldAppVersion, 4
	case "description":
		return fieldDescription, 5
	case "home":
		return fieldText, 6
	case "icon":
		return fieldText, 7
	case "apiVersion":
		return fieldText, 8
	case "condition":
		return fieldText, 9
	case "tags":
		return fieldText, 10
	case "kubeVersion":
		return fieldText, 11
	case "digest":
		return fieldText, 12
	case "checksum":
		return fieldText, 13
	case "engine":
		return fieldText, 14
	case "tillerVersion":
		return fieldText, 15
	case "url":
		return fieldText, 16
	case "annotations":
		return fieldTable, 17
	case "keywords":
		return fieldKeywords, 18
	case "sources":
		return fieldList, 19
	case "urls":
		return fieldList, 20
	case "created":
		return fieldCreated, 21
	case "deprecated":
		return fieldTruth, 22
	case "removed":
		return fieldTruth, 23
	case "maintainers":
		return fieldMaintainers, 24
	case "dependencies":
		return fieldDependencies, 25
	}
	return 0, 0
}

// version reads the fields of a version, from the first one on, which stands behind the
// dash of its item.
func (s *scanner) version(b *block) {
	column, seen := s.col, uint(0)
	for s.col == column && !s.failed {
		f, number := fieldOf(s.key())
		if number == 0 || seen&(1<<number) != 0 {
			s.fail()
			return
		}
		seen |= 1 << number
		s.field(b, f, column)
	}
	s.failIf(s.col > column)
}

// field reads the value of a field.
func (s *scanner) field(b *block, f field, column int) {
	odd := false
	switch f {
	case fieldTable:
		odd = s.table(column)
	case fieldList:
		_, odd = s.list(column)
	case fieldKeywords:
		b.keywords, odd = s.list(column)
		b.keywords = b.keywords.from(b.start)
	case fieldMaintainers:
		odd = s.maintainers(column)
	case fieldDependencies:
		odd = s.dependencies(b, column)
	default:
		v := s.scalar(column)
		if s.failed {
			return
		}
		odd = v.kind == isOther
		text := v.span.from(b.start)
		switch f {
		case fieldName:
			b.name, b.unsure = text, b.unsure || v.kind != isDirect
		case fieldVersion:
			b.version, b.unsure = text, b.unsure || v.kind != isDirect
		case fieldType:
			t := ""
			if v.kind == isDirect {
				t = s.direct(v.span)
			}
			b.unsure = b.unsure || v.kind == isText || t != "" && t != "application" && t != "library"
		case fieldAppVersion:
			b.appVersion = text
		case fieldDescription:
			b.description = text
		case fieldCreated:
			odd = v.kind != isNull && (v.kind != isDirect || !isTime(s.direct(v.span)))
		case fieldTruth:
			t := s.text[v.start:v.end]
			odd = v.kind != isNull && t != "true" && t != "false"
		}
	}
	b.odd = b.odd || odd
}

// from is the span counted from the beginning of the version.
func (p span) from(start uint32) span {
	if p.isNone() {
		return span{}
	}
	return span{p.start - start, p.end - start}
}

// list reads a list of texts that belongs to a key in a column. It is odd if something
// in it is no text. The span is of the lines.
func (s *scanner) list(column int) (lines span, odd bool) {
	if s.isEmpty("[]") || !s.goesDown(column) {
		return span{}, false
	}
	dash, start, any := s.col, s.lineStart(), false
	for s.col == dash && s.isDash() {
		s.item(dash)
		any = true
		odd = s.scalar(dash).kind == isOther || odd
	}
	if s.failed || !any || s.col > column || s.col == column && s.isDash() {
		s.fail()
		return span{}, false
	}
	return span{uint32(start), uint32(s.lineStart())}, odd
}

// table reads a mapping of texts. It is odd if something in it is no text.
func (s *scanner) table(column int) (odd bool) {
	if s.isEmpty("{}") || !s.goesDown(column) {
		return false
	}
	odd = s.entries()
	s.failIf(s.col > column || s.col == column && s.isDash())
	return odd
}

// maxKeys is how many keys a mapping has at most whose keys anything may be.
const maxKeys = 100

// entries reads the entries of a mapping of texts.
func (s *scanner) entries() (odd bool) {
	keys := s.keys[:0]
	for at := s.col; s.col == at && !s.failed; {
		key := s.plainKey()
		if s.failed || len(keys) == maxKeys || slices.Contains(keys, key) {
			s.fail()
			break
		}
		keys = append(keys, key)
		odd = s.scalar(at).kind == isOther || odd
	}
	s.keys = keys
	return odd
}

// maintainers reads the list of the people who look after a chart.
func (s *scanner) maintainers(column int) (odd bool) {
	s.mappings(column, func(key string, at int) uint {
		odd = s.scalar(at).kind == isOther || odd
		switch key {
		case "name":
			return 1
		case "email":
			return 2
		case "url":
			return 4
		}
		return 0
	})
	return odd
}

// dependencies reads the list of the dependencies of a chart.
func (s *scanner) dependencies(b *block, column int) (odd bool) {
	s.mappings(column, func(key string, at int) uint {
		switch key {
		case "tags":
			_, o := s.list(at)
			odd = odd || o
			return 1
		case "import-values":
			s.imports(at)
			return 2
		}
		v := s.scalar(at)
		if s.failed {
			return 0
		}
		if key == "enabled" {
			t := s.text[v.start:v.end]
			odd = odd || v.kind != isNull && t != "true" && t != "false"
			return 4
		}
		odd = odd || v.kind == isOther
		switch key {
		case "name":
			return 8
		case "version":
			return 16
		case "repository":
			return 32
		case "condition":
			return 64
		case "alias":
			b.unsure = b.unsure || v.kind != isNull && (v.kind != isDirect || !isAlias(s.direct(v.span)))
			return 128
		}
		return 0
	})
	return odd
}

func isAlias(text string) bool {
	return strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

// mappings reads a list of mappings, of which read reads the values: it returns the bit
// of a key, 0 for one that must not be there.
func (s *scanner) mappings(column int, read func(key string, at int) uint) {
	if s.isEmpty("[]") || !s.goesDown(column) {
		return
	}
	dash, start := s.col, s.pos
	for s.col == dash && s.isDash() {
		s.item(dash)
		seen := uint(0)
		for at := s.col; s.col == at && !s.failed; {
			bit := read(s.key(), at)
			s.failIf(bit == 0 || seen&bit != 0)
			seen |= bit
		}
		s.failIf(s.col > dash)
	}
	s.failIf(s.pos == start || s.col > column || s.col == column && s.isDash())
}

// imports reads a list of texts and of mappings of texts.
func (s *scanner) imports(column int) {
	if s.isEmpty("[]") || !s.goesDown(column) {
		return
	}
	dash, start := s.col, s.pos
	for s.col == dash && s.isDash() {
		s.item(dash)
		if s.failed {
			return
		}
		if s.isKey() {
			s.entries()
			s.failIf(s.col > dash)
			continue
		}
		s.scalar(dash)
	}
	s.failIf(s.pos == start || s.col > column || s.col == column && s.isDash())
}

// isKey reports whether a key may begin here. Where it is wrong the scanner gives up.
func (s *scanner) isKey() bool {
	line, _, _ := strings.Cut(s.text[s.pos:], "\n")
	if line[0] == '|' || line[0] == '>' {
		return false
	}
	return strings.Contains(line, ": ") || strings.HasSuffix(line, ":")
}
