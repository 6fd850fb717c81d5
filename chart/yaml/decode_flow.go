package yaml

import "strings"

// flow reads a collection between brackets, and no further.
func (d *decoder) flow() any {
	if !d.enter() {
		return nil
	}
	defer d.leave()
	mapping := d.text[d.pos] == '{'
	d.pos++
	if mapping {
		return d.flowMapping()
	}
	return d.flowSequence()
}

func (d *decoder) flowSequence() any {
	start := len(d.items)
	for d.flowSpace(); d.at(0) != ']'; {
		v := d.flowValue()
		d.items = append(d.items, v)
		if !d.flowComma(']') {
			return nil
		}
	}
	d.pos++
	return d.list(start)
}

func (d *decoder) flowMapping() any {
	start := len(d.pairs)
	for d.flowSpace(); d.at(0) != '}'; {
		key := d.flowKey()
		d.flowSpace()
		v := d.flowValue()
		d.pairs = append(d.pairs, pair{key, v})
		if !d.flowComma('}') {
			return nil
		}
	}
	d.pos++
	return d.table(start)
}

// flowComma skips the comma behind an entry. It reports false if neither that nor
// the end of the collection follows.
func (d *decoder) flowComma(end byte) bool {
	d.flowSpace()
	switch d.at(0) {
	case ',':
		d.pos++
		d.flowSpace()
	case end:
	default:
		d.fail()
	}
	return !d.failed
}

// flowSpace skips spaces, line ends and comments.
func (d *decoder) flowSpace() {
	for d.pos < len(d.text) {
		switch d.text[d.pos] {
		case ' ':
			d.pos++
		case '\n':
			d.skipLine()
			if isMarker(d.text[d.pos:]) {
				d.fail()
			}
		case '#':
			if before := d.text[d.pos-1]; before != ' ' && before != '\n' {
				d.fail()
				return
			}
			if i := strings.IndexByte(d.text[d.pos:], '\n'); i >= 0 {
				d.pos += i
			} else {
				d.fail()
			}
		default:
			return
		}
	}
}

// flowKey reads a key and its colon, in one line.
func (d *decoder) flowKey() string {
	start, line := d.pos, d.line
	var key string
	if c := d.at(0); c == '"' || c == '\'' {
		key = d.quoted()
	} else {
		key = d.flowPlain()
		if k, _ := resolve(key); k != isText || key == "<<" {
			d.fail()
		}
	}
	d.skipSpaces()
	if d.at(0) != ':' || d.line != line || d.pos-start > maxKeyText {
		d.fail()
		return ""
	}
	d.pos++
	return key
}

func (d *decoder) flowValue() any {
	switch d.at(0) {
	case '[', '{':
		return d.flow()
	case '"', '\'':
		return d.quoted()
	}
	text := d.flowPlain()
	if d.failed {
		return nil
	}
	v := d.resolved(text)
	d.flowSpace()
	return v
}

// flowPlain reads a scalar without quotes up to the end of its line at most. One
// that goes on in the next line is left to the library: whoever calls finds no
// comma there.
func (d *decoder) flowPlain() string {
	if !d.isPlainStart() || d.at(0) == '-' && !isDigit(d.at(1)) && !isLetter(d.at(1)) && d.at(1) != '-' {
		d.fail()
		return ""
	}
	start := d.pos
	for ; d.pos < len(d.text); d.pos++ {
		switch d.text[d.pos] {
		case ',', '[', ']', '{', '}', '\n':
			return strings.TrimRight(d.text[start:d.pos], " ")
		case '#':
			if d.text[d.pos-1] == ' ' {
				return strings.TrimRight(d.text[start:d.pos], " ")
			}
		case ':':
			if d.isBlankAt(1) {
				return strings.TrimRight(d.text[start:d.pos], " ")
			}
		case '?', '\t':
			d.fail()
			return ""
		}
	}
	d.fail()
	return ""
}
