package manifest

import "strings"

// maxFlowDepth is deeper than what anybody writes on one line.
const maxFlowDepth = 20

// isFlow reports whether text is a sequence or a mapping in brackets that ends
// on the line, with simple keys and values, and nothing behind it but a comment.
func isFlow(text string) bool {
	rest, ok := cutFlow(text, 0)
	return ok && isEnd(rest)
}

// cutFlow returns what follows the flow collection that text begins with.
func cutFlow(text string, depth int) (rest string, ok bool) {
	mapping, closing := text[0] == '{', byte(']')
	if mapping {
		closing = '}'
	}
	text = strings.TrimLeft(text[1:], " ")
	if text != "" && text[0] == closing {
		return text[1:], true
	}
	for depth < maxFlowDepth {
		if mapping {
			if text, ok = cutFlowKey(text); !ok {
				return "", false
			}
		}
		if text, ok = cutFlowValue(text, depth+1); !ok {
			return "", false
		}
		text = strings.TrimLeft(text, " ")
		switch {
		case text == "":
			return "", false
		case text[0] == closing:
			return text[1:], true
		case text[0] != ',' || len(text) < 2 || text[1] != ' ':
			return "", false
		}
		text = strings.TrimLeft(text[1:], " ")
	}
	return "", false
}

func cutFlowKey(text string) (rest string, ok bool) {
	if text == "" {
		return "", false
	}
	_, rest, ok = cutKey(text)
	return rest, ok
}

func cutFlowValue(text string, depth int) (rest string, ok bool) {
	if text == "" {
		return "", false
	}
	switch text[0] {
	case '[', '{':
		return cutFlow(text, depth)
	case '"', '\'':
		n, _ := quotedLength(text)
		return text[n:], n > 0
	}
	n := 0
	for n < len(text) && isFlowWord(text[n], n) {
		n++
	}
	return text[n:], n > 0 && !isNoNumber(text[:n])
}

// isFlowWord reports whether c may be the nth character of a plain value.
func isFlowWord(c byte, n int) bool {
	return isWord(c) || n > 0 && strings.IndexByte("-=+@%*$", c) >= 0
}
