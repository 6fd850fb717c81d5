package manifest

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An excerpt shows so many lines before and after the faulty one, and so many
// bytes of each.
const (
	linesBefore = 3
	linesAfter  = 2
	lineBytes   = 160
)

// excerpt shows the lines of text around line, no line before first, each with
// its number, the faulty one marked:
//
//	   3 | metadata:
//	>  4 |   name: a: b
//	   5 | spec:
//
// With secret set it shows keys and no values; without, it hides what looks like a
// secret by its key.
func excerpt(text string, first, line int, secret bool) string {
	lines := strings.Split(strings.TrimRight(text, "\r\n"), "\n")
	from, to := max(first, line-linesBefore), min(len(lines), line+linesAfter)
	if first > len(lines) {
		return ""
	}
	var mask mask
	var discreet discretion
	if secret {
		mask.scan(lines[first-1 : from-1])
	} else {
		for _, line := range lines[first-1 : from-1] {
			discreet.line(line)
		}
	}
	width := len(strconv.Itoa(to)) + 1
	var b strings.Builder
	for n := from; n <= to; n++ {
		shown := lines[n-1]
		if secret {
			shown = mask.line(shown)
		} else {
			shown = discreet.line(shown)
		}
		mark := ' '
		if n == line {
			mark = '>'
		}
		fmt.Fprintf(&b, "%c%*d | %s\n", mark, width, n, printable(shown))
	}
	return b.String()
}

// printable shortens a long line and writes out what would not be seen or could
// command a terminal.
func printable(line string) string {
	line = strings.TrimSuffix(line, "\r")
	cut := ""
	if len(line) > lineBytes {
		end := lineBytes
		for end > 0 && !utf8.RuneStart(line[end]) {
			end--
		}
		line, cut = line[:end], "…"
	}
	if strings.IndexFunc(line, hidden) < 0 && utf8.ValidString(line) {
		return line + cut
	}
	var b strings.Builder
	for _, r := range line {
		if hidden(r) || r == utf8.RuneError {
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
			continue
		}
		b.WriteRune(r)
	}
	return b.String() + cut
}

func hidden(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }
