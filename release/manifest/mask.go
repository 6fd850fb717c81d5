package manifest

import (
	"errors"
	"strings"
)

// masked stands where a value is not shown.
const masked = "***"

// holdsSecret reports whether the document is a Secret or a list that may have
// one in it. The document need not be YAML, so it looks at the text and rather
// says yes once too often.
func holdsSecret(content string) bool {
	for rest := content; ; {
		at := strings.Index(rest, "kind")
		if at < 0 {
			return false
		}
		rest = rest[at+len("kind"):]
		value := strings.TrimLeft(rest, `"' `+"\t")
		if value, ok := strings.CutPrefix(value, ":"); ok {
			if strings.HasPrefix(strings.TrimLeft(value, `"' `+"\t"), "Secret") {
				return true
			}
		}
	}
}

// mask hides the values of a document that holds secrets, line by line. From
// the first line that speaks of data on, only the keys directly below it are
// shown: what looks like a key further in may be the text of a value.
type mask struct {
	inData bool
	// indent is that of the first line below data, -1 before it was seen.
	indent int
}

// scan takes notice of lines that are not shown.
func (m *mask) scan(lines []string) {
	for _, line := range lines {
		m.line(line)
	}
}

// line returns the line as it may be shown.
func (m *mask) line(line string) string {
	body := strings.TrimLeft(line, " \t")
	if body == "" || body == "\r" {
		return line
	}
	indent := len(line) - len(body)
	if !m.inData {
		if !speaksOfData(body) {
			return line
		}
		m.inData, m.indent = true, -1
		return line[:indent] + maskValue(body)
	}
	if m.indent < 0 {
		m.indent = indent
	}
	if indent > m.indent {
		return line[:indent] + masked
	}
	return line[:indent] + maskValue(body)
}

// speaksOfData reports whether data or stringData is mentioned.
func speaksOfData(line string) bool {
	rest := strings.ReplaceAll(strings.ToLower(line), "metadata", "")
	return strings.Contains(rest, "data")
}

// maskValue keeps "key:" of "key: value" and nothing of anything else.
func maskValue(body string) string {
	body = strings.TrimRight(body, " \t\r")
	for i := range len(body) {
		switch c := body[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == '/':
		case c == ':' && i > 0 && i == len(body)-1:
			return body
		case c == ':' && i > 0 && body[i+1] == ' ':
			return body[:i] + ": " + masked
		default:
			return masked
		}
	}
	return masked
}

// Redact returns the fault of decoding content as it may be shown: if content
// holds a Secret, without the values that some messages of the YAML parser
// quote. Content is a rendered file or one of its documents.
func Redact(content string, fault error) error {
	if fault == nil || !holdsSecret(content) {
		return fault
	}
	return withoutValues(fault)
}

// withoutValues returns the fault without the values that some of the parser's
// messages quote.
func withoutValues(fault error) error {
	text := fault.Error()
	for _, quoting := range []string{
		"unknown anchor ", "anchor '", "invalid map key: ", "unsupported map key of type: ", "cannot decode ", "cannot unmarshal number ",
	} {
		if at := strings.Index(text, quoting); at >= 0 {
			return errors.New(text[:at+len(quoting)] + masked)
		}
	}
	return fault
}
