package cli

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// table lays out rows in columns, each padded to its widest cell and followed by
// a tab. That is how Helm prints tables, spaces at the ends of lines included.
type table struct {
	rows [][]string
	// max is the width at which cells are cut, 0 for never.
	max int
}

func newTable(max int, header ...string) *table {
	return &table{rows: [][]string{header}, max: max}
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// String returns the lines, without a newline behind the last one.
func (t *table) String() string {
	widths := make([]int, len(t.rows[0]))
	for _, row := range t.rows {
		for i, cell := range row {
			w := textWidth(cell)
			if t.max > 0 {
				w = min(w, t.max)
			}
			widths[i] = max(widths[i], w)
		}
	}
	lines := make([]string, len(t.rows))
	for i, row := range t.rows {
		cells := make([]string, len(row))
		for j, cell := range row {
			cells[j] = fit(cell, widths[j])
		}
		lines[i] = strings.Join(cells, "\t")
	}
	return strings.Join(lines, "\n")
}

// fit pads a cell to a width, or cuts it and ends it with three dots.
func fit(cell string, columns int) string {
	w := textWidth(cell)
	if w <= columns || columns == 0 {
		return cell + strings.Repeat(" ", max(0, columns-w))
	}
	var b strings.Builder
	used := 0
	for _, r := range cell {
		b.WriteRune(r)
		rw := runeWidth(r)
		if used+rw >= columns-3 {
			break
		}
		used += rw
	}
	return b.String() + "..."
}

// textWidth counts the columns of a terminal that s takes.
func textWidth(s string) int {
	w := 0
	for _, r := range s {
		w += runeWidth(r)
	}
	return w
}

func runeWidth(r rune) int {
	switch {
	case r < 0x20 || r == 0x7f:
		return 0
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
