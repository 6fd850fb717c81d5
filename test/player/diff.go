package player

import "strings"

// Diff returns the lines in which two texts differ, with two lines around each place,
// or "" if they are equal. "-" is the first text, "+" the second.
func Diff(a, b string) string {
	if a == b {
		return ""
	}
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	// What is equal at both ends needs no table.
	head := 0
	for head < len(x) && head < len(y) && x[head] == y[head] {
		head++
	}
	tail := 0
	for tail < len(x)-head && tail < len(y)-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	var lines []string
	for _, l := range x[:head] {
		lines = append(lines, "  "+l)
	}
	lines = append(lines, changes(x[head:len(x)-tail], y[head:len(y)-tail])...)
	for _, l := range x[len(x)-tail:] {
		lines = append(lines, "  "+l)
	}
	return around(lines, 2)
}

// changes compares by the longest common subsequence; what is too long for that is
// shown whole.
func changes(x, y []string) []string {
	var out []string
	if len(x)*len(y) > 4_000_000 {
		for _, l := range x {
			out = append(out, "- "+l)
		}
		for _, l := range y {
			out = append(out, "+ "+l)
		}
		return out
	}
	common := make([][]int, len(x)+1)
	for i := range common {
		common[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(x) || j < len(y) {
		switch {
		case i < len(x) && j < len(y) && x[i] == y[j]:
			out = append(out, "  "+x[i])
			i, j = i+1, j+1
		case j == len(y) || i < len(x) && common[i+1][j] >= common[i][j+1]:
			out = append(out, "- "+x[i])
			i++
		default:
			out = append(out, "+ "+y[j])
			j++
		}
	}
	return out
}

// around keeps the changed lines and some before and after each.
func around(lines []string, context int) string {
	keep := make([]bool, len(lines))
	for i, l := range lines {
		if l[0] != ' ' {
			for j := max(0, i-context); j <= min(len(lines)-1, i+context); j++ {
				keep[j] = true
			}
		}
	}
	var b strings.Builder
	shown := 0
	for i, l := range lines {
		if !keep[i] {
			continue
		}
		if i > 0 && !keep[i-1] {
			b.WriteString("  …\n")
		}
		if shown++; shown > 80 {
			b.WriteString("  … and more\n")
			break
		}
		b.WriteString(l + "\n")
	}
	return b.String()
}
