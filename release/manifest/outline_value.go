package manifest

import (
	"strconv"
	"strings"
)

// value reads what stands behind a key or a dash.
func (o *outline) value(text string, r role, key string) bool {
	o.pending = text == "" || text[0] == '#'
	o.pendingRole = r
	if o.pending {
		return o.set(r, key, "")
	}
	var s scalar
	ok := false
	switch text[0] {
	case '"', '\'':
		if s, ok = quotedScalar(text); !ok {
			return r == other && o.longQuoted(text)
		}
	case '|', '>':
		return r == other && o.block(text)
	case '[', '{':
		if r == annotationTable && text == "{}" {
			o.head.annotations = map[string]string{}
			return true
		}
		return r == other && isFlow(text)
	default:
		s, ok = plainScalar(text)
		ok = ok && (r != other || s.comment || o.longPlain())
	}
	if !ok || r == other {
		return ok
	}
	return (s.quoted || isString(s.text)) && !s.escaped && r != metadataTable && r != annotationTable &&
		o.set(r, key, s.text)
}

// set stores a value of the head.
func (o *outline) set(r role, key, value string) bool {
	switch r {
	case apiVersionValue:
		o.head.apiVersion = value
	case kindValue:
		o.head.kind = value
	case nameValue:
		o.head.name = value
	case namespaceValue:
		o.namespace = value
	case annotationValue:
		o.head.annotations[key] = value
	}
	return true
}

// scalar is a key or a value on one line.
type scalar struct {
	text    string
	quoted  bool
	escaped bool // text is not quite the value
	comment bool // a comment follows, so the next line cannot go on
}

// maxKey is well below the length at which a key needs a question mark.
const maxKey = 200

// cutKey cuts "key: value" into its parts. It knows keys of few characters,
// quoted or not.
func cutKey(body string) (key scalar, value string, ok bool) {
	n := 0
	if body[0] == '"' || body[0] == '\'' {
		end := strings.IndexByte(body[1:], body[0])
		if end < 0 || strings.IndexByte(body[1:1+end], '\\') >= 0 {
			return scalar{}, "", false
		}
		key = scalar{text: body[1 : 1+end], quoted: true}
		n = end + 2
	} else {
		for n < len(body) && (isWord(body[n]) || n > 0 && body[n] == '-') {
			n++
		}
		key = scalar{text: body[:n]}
	}
	if n == 0 || n > maxKey || n >= len(body) || body[n] != ':' || n+1 < len(body) && body[n+1] != ' ' {
		return scalar{}, "", false
	}
	if !key.quoted && !isGoodKey(key.text) {
		return scalar{}, "", false
	}
	return key, strings.TrimLeft(body[n+1:], " "), true
}

// isGoodKey refuses the plain keys that JSON cannot have: null, and whole
// numbers beyond 64 bits with their sign.
func isGoodKey(key string) bool {
	switch key {
	case "null", "Null", "NULL":
		return false
	}
	return key[0] > '9' || key[0] < '0' || len(key) < 16
}

// isWord reports whether c may begin a plain key.
func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '.' || c == '/'
}

// quotedScalar reads a quoted scalar with nothing behind it but a comment.
func quotedScalar(text string) (scalar, bool) {
	n, escaped := quotedLength(text)
	if n == 0 || !isEnd(text[n:]) {
		return scalar{}, false
	}
	return scalar{text: text[1 : n-1], quoted: true, escaped: escaped}, true
}

// quotedLength returns the length of the quoted scalar that text begins with,
// 0 if it does not end or has an unusual escape.
func quotedLength(text string) (n int, escaped bool) {
	n, escaped, _ = quotedRest(text[0], text[1:])
	if n > 0 {
		n++
	}
	return n, escaped
}

// quotedRest returns how much of text belongs to a quoted scalar, its final
// quote included; 0 if the quote does not come. It reports false for an unusual
// escape. A line may end in the middle of an escape.
func quotedRest(quote byte, text string) (n int, escaped, ok bool) {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == quote && quote == '\'' && i+1 < len(text) && text[i+1] == quote:
			escaped = true
			i++
		case text[i] == quote:
			return i + 1, escaped, true
		case text[i] == '\\' && quote == '"':
			escaped = true
			i++
			if i < len(text) && strings.IndexByte(`"\ abefnrtv0`, text[i]) < 0 {
				return 0, escaped, false
			}
		}
	}
	return 0, escaped, true
}

// isEnd reports whether there is nothing but a comment.
func isEnd(text string) bool {
	rest := strings.TrimLeft(text, " ")
	return rest == "" || rest[0] == '#' && len(rest) < len(text)
}

// plainScalar reads a scalar without quotes.
func plainScalar(text string) (scalar, bool) {
	text, _, comment := strings.Cut(text, " #")
	text = strings.TrimRight(text, " ")
	if strings.IndexByte(",[]{}#&*!|>'\"%@`?:", text[0]) >= 0 || isItem(text) {
		return scalar{}, false
	}
	if strings.Contains(text, ": ") || text[len(text)-1] == ':' || isNoNumber(text) {
		return scalar{}, false
	}
	return scalar{text: text, comment: comment}, true
}

// isNoNumber reports whether YAML takes the text for a number that JSON does
// not have.
func isNoNumber(text string) bool {
	if text[0] == '+' || text[0] == '-' {
		text = text[1:]
	}
	return len(text) == 4 && text[0] == '.' && (strings.EqualFold(text, ".inf") || strings.EqualFold(text, ".nan"))
}

// isString reports whether YAML certainly takes plain text for a string: no
// number, no date, no truth value, not null.
func isString(text string) bool {
	if text == "" {
		return false
	}
	switch c := text[0]; {
	case strings.IndexByte("yYnNtTfFoO", c) >= 0:
		switch strings.ToLower(text) {
		case "y", "yes", "true", "on", "n", "no", "false", "off", "null":
			return false
		}
		return true
	case c == '~' || c == '<':
		return false
	case '0' <= c && c <= '9' || c == '+' || c == '-' || c == '.':
		return !isNumeric(text)
	}
	return true
}

// isNumeric reports whether text may be a number or a date.
func isNumeric(text string) bool {
	if len(text) > 4 && text[4] == '-' {
		return true
	}
	digits := strings.ReplaceAll(text, "_", "")
	if _, err := strconv.ParseInt(digits, 0, 64); err == nil {
		return true
	}
	if _, err := strconv.ParseUint(digits, 0, 64); err == nil {
		return true
	}
	_, err := strconv.ParseFloat(digits, 64)
	return err == nil
}
