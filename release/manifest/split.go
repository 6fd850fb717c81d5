package manifest

import (
	"iter"
	"strings"
	"unicode"
)

// separator begins a line that ends a document.
const separator = "---"

// Split returns the documents of a stream of YAML documents, those of nothing
// but white space left out. It looks at lines that begin with three dashes and
// knows nothing of YAML; the package documentation has the rules.
func Split(text string) []string {
	var docs []string
	for _, doc := range split(text) {
		docs = append(docs, doc)
	}
	return docs
}

// split yields the documents of text, each with its byte offset in text.
func split(text string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		// The white space before the first document goes first of all, so that
		// dashes behind blanks come to begin a line.
		start := len(text) - len(trimLeft(text))
		if strings.HasPrefix(text[start:], separator) {
			start = skipSeparator(text, start)
		}
		for start < len(text) {
			end, next := nextSeparator(text, start)
			doc := trimLeft(text[start:end])
			if doc != "" && !yield(end-len(doc), doc) {
				return
			}
			start = next
		}
	}
}

// nextSeparator returns where the document that begins at start ends, and where
// the one behind it begins: at the end of text when there is none. It searches
// from the next line on: what follows the dashes of a separator on their own
// line is text, whatever it looks like.
func nextSeparator(text string, start int) (end, next int) {
	for at := start; ; {
		newline := strings.IndexByte(text[at:], '\n')
		if newline < 0 {
			return len(text), len(text)
		}
		at += newline + 1
		if strings.HasPrefix(text[at:], separator) {
			return at, skipSeparator(text, at)
		}
	}
}

// skipSeparator returns the offset behind the separator at offset at and behind
// the spaces and tabs that follow it.
func skipSeparator(text string, at int) int {
	at += len(separator)
	for at < len(text) && (text[at] == ' ' || text[at] == '\t') {
		at++
	}
	return at
}

func trimLeft(s string) string { return strings.TrimLeftFunc(s, unicode.IsSpace) }
