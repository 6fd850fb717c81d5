package yaml

import "strings"

// node reads the value that begins a line, right of its parent's column. Like
// everything that reads a value in block style, it goes on to the next line with
// content.
func (d *decoder) node(parent int) any {
	if d.isDash() {
		return d.sequence(d.column)
	}
	if key, ok := d.key(); ok {
		return d.mapping(d.column, key)
	}
	return d.scalar(parent)
}

// isDash reports whether an item of a sequence begins here.
func (d *decoder) isDash() bool {
	if d.at(0) != '-' {
		return false
	}
	c := d.at(1)
	return c == ' ' || c == '\n' || c == 0
}

// sequence reads the items whose dashes stand in a column.
func (d *decoder) sequence(column int) any {
	if !d.enter() {
		return nil
	}
	defer d.leave()
	start := len(d.items)
	for {
		d.pos++
		v := d.item(column)
		d.items = append(d.items, v)
		if d.column != column || !d.isDash() {
			break
		}
	}
	if d.column > column {
		d.fail()
	}
	return d.list(start)
}

// item reads what stands behind a dash: a value, or the beginning of a collection
// whose further entries stand below this one.
func (d *decoder) item(column int) any {
	d.skipSpaces()
	if d.isLineEnd() {
		d.skipLine()
		d.next()
		if d.column > column {
			return d.node(column)
		}
		return nil
	}
	d.column = d.pos - d.line
	return d.node(column)
}

// list takes the items from start on. Its capacity is what comes of appending
// them one by one, as the library does; it shows, since the template function
// slice goes up to it.
func (d *decoder) list(start int) any {
	const doubles = 32 // up to here the capacity is a power of two
	items := d.items[start:]
	n := 1
	for n < len(items) && n < doubles {
		n *= 2
	}
	list := make([]any, min(n, len(items)), min(n, n*len(items)))
	//lint:ignore S1011 not at once: see above
	for _, v := range items[copy(list, items):] {
		list = append(list, v)
	}
	clear(items)
	d.items = d.items[:start]
	return list
}

// mapping reads the entries whose keys stand in a column, the first one from
// behind its colon.
func (d *decoder) mapping(column int, key string) any {
	if !d.enter() {
		return nil
	}
	defer d.leave()
	start := len(d.pairs)
	for {
		v := d.entry(column)
		d.pairs = append(d.pairs, pair{key, v})
		if d.column != column {
			break
		}
		var ok bool
		if key, ok = d.key(); !ok {
			d.fail()
			break
		}
	}
	if d.column > column {
		d.fail()
	}
	return d.table(start)
}

// entry reads what stands behind the colon of a key in a column: a value, or
// nothing, and then the value is on the lines below.
func (d *decoder) entry(column int) any {
	d.skipSpaces()
	if !d.isLineEnd() {
		return d.scalar(column)
	}
	d.skipLine()
	d.next()
	switch {
	case d.column > column:
		return d.node(column)
	case d.column == column && d.column >= 0 && d.isDash():
		return d.sequence(column)
	}
	return nil
}

// table takes the pairs from start on. Of a key that occurs twice the last one
// counts.
func (d *decoder) table(start int) any {
	pairs := d.pairs[start:]
	m := make(map[string]any, len(pairs))
	for _, p := range pairs {
		m[p.key] = p.value
	}
	clear(pairs)
	d.pairs = d.pairs[:start]
	return m
}

// maxKeyText is well below the length at which a key needs a question mark.
const maxKeyText = 500

// key reads a key and its colon, if that is what stands here.
func (d *decoder) key() (string, bool) {
	start, line := d.pos, d.line
	var key string
	if c := d.at(0); c == '"' || c == '\'' {
		key = d.quoted()
		d.skipSpaces()
		if d.failed || d.line != line || d.at(0) != ':' || !d.isBlankAt(1) {
			if !d.failed {
				d.pos, d.line = start, line
			}
			return "", false
		}
	} else {
		end := d.keyEnd()
		if end < 0 || !d.isPlainStart() {
			return "", false
		}
		key = strings.TrimRight(d.text[start:end], " ")
		if k, _ := resolve(key); k != isText || key == "<<" {
			d.fail()
			return "", false
		}
		d.pos = end
	}
	if d.pos-start > maxKeyText {
		d.fail()
		return "", false
	}
	d.pos++
	if d.at(0) == '\t' {
		d.fail()
	}
	return key, !d.failed
}

// keyEnd finds the colon that ends a key without quotes, -1 if there is none in
// the line.
func (d *decoder) keyEnd() int {
	text := d.text
	for i := d.pos; i < len(text); i++ {
		switch text[i] {
		case '\n':
			return -1
		case '#':
			if i > d.pos && text[i-1] == ' ' {
				return -1
			}
		case ':':
			if i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\n' || text[i+1] == '\t' {
				return i
			}
		case '\t':
			return -1
		}
	}
	return -1
}

// isBlankAt reports whether there is no character i bytes ahead, or a blank one.
func (d *decoder) isBlankAt(i int) bool {
	switch d.at(i) {
	case 0, ' ', '\n', '\t':
		return true
	}
	return false
}

// isPlainStart reports whether a scalar without quotes may begin here.
func (d *decoder) isPlainStart() bool {
	switch c := d.at(0); c {
	case 0, ' ', '\n', '\t', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`':
		return false
	case '-':
		return !d.isBlankAt(1)
	}
	return true
}
