package funcs

import "strings"

// CheckFormat reports a *LimitError for a call of printf whose result would be
// longer than Config.StringBytes: by widths and precisions, or because the format
// names a long argument many times. It reads formats as fmt does. What it does
// not see, such as the escapes of %q, makes a result a few times longer at most.
func CheckFormat(format string, args []any, cfg Config) error {
	f := formatSizer{bounds: bounds{cfg}, format: format, args: args}
	if f.verbs() || f.extra() {
		return f.string(1, cfg.StringBytes+1)
	}
	return nil
}

// CheckPrint reports a *LimitError when the arguments of print, println, html, js
// or urlquery are more text together than Config.StringBytes. Each may pass alone
// and be named a thousand times.
func CheckPrint(args []any, cfg Config) error {
	return CheckFormat("", args, cfg)
}

// maxWidth caps what is read of a width. fmt itself prints a complaint instead of
// a width above a million; such a format is refused here when it is above
// Config.StringBytes, since nobody can have meant it.
const maxWidth = 1 << 40

// formatSizer reads a format and adds up what its verbs print.
type formatSizer struct {
	bounds
	format string
	args   []any
	at     int // in format
	arg    int // the next argument
	most   int // the number of arguments that were named
	total  int
}

// add reports whether the total is too large.
func (f *formatSizer) add(n int) bool {
	f.total += n
	return f.total > f.cfg.StringBytes
}

func (f *formatSizer) verbs() (tooLong bool) {
	for f.at < len(f.format) {
		n := 1
		f.at++
		if f.format[f.at-1] == '%' {
			n = f.verb()
		}
		if f.add(n) {
			return true
		}
	}
	return false
}

// verb reads a verb up to its letter and returns how many bytes it prints.
func (f *formatSizer) verb() int {
	for f.at < len(f.format) && strings.IndexByte("+-# 0", f.format[f.at]) >= 0 {
		f.at++
	}
	f.index()
	wide, precise := f.number(), 0
	if f.at < len(f.format) && f.format[f.at] == '.' {
		f.at++
		f.index()
		precise = f.number()
	}
	f.index()
	if f.at >= len(f.format) {
		return wide
	}
	letter := f.format[f.at]
	f.at++
	switch letter {
	case '%':
		return 1
	case 'f', 'F':
		precise += 310 // digits of the largest number
	}
	return max(wide, precise+f.take())
}

// index reads "[2]".
func (f *formatSizer) index() {
	if f.at >= len(f.format) || f.format[f.at] != '[' {
		return
	}
	n := 0
	for i := f.at + 1; i < len(f.format); i++ {
		switch c := f.format[i]; {
		case c >= '0' && c <= '9':
			n = min(n*10+int(c-'0'), maxWidth)
		case c == ']':
			f.at, f.arg = i+1, n-1
			return
		default:
			f.at = i
			return
		}
	}
}

// number reads a width or precision, which "*" takes from the arguments.
func (f *formatSizer) number() int {
	if f.at < len(f.format) && f.format[f.at] == '*' {
		f.at++
		n := 0
		if f.arg >= 0 && f.arg < len(f.args) {
			n = width(f.args[f.arg])
		}
		f.arg++
		f.most = max(f.most, f.arg)
		return n
	}
	n := 0
	for ; f.at < len(f.format) && f.format[f.at] >= '0' && f.format[f.at] <= '9'; f.at++ {
		n = min(n*10+int(f.format[f.at]-'0'), maxWidth)
	}
	return n
}

func width(v any) int {
	n, ok := v.(int)
	if !ok {
		return maxWidth // other integers count as well
	}
	return min(max(n, -n), maxWidth)
}

// take returns the size of the next argument and goes past it.
func (f *formatSizer) take() int {
	i := f.arg
	f.arg++
	f.most = max(f.most, f.arg)
	if i < 0 || i >= len(f.args) {
		return 0
	}
	return f.size(f.args[i])
}

// size estimates what an argument is when printed by %v.
func (f *formatSizer) size(v any) int {
	switch v := v.(type) {
	case string:
		return len(v)
	case nil, bool, int, int64, float64:
		return 1
	}
	w := walker{maxBytes: f.cfg.StringBytes}
	w.check(v)
	if w.err != nil {
		return f.cfg.StringBytes + 1
	}
	return w.bytes + w.nodes
}

// extra adds the arguments that no verb names, which fmt appends.
func (f *formatSizer) extra() (tooLong bool) {
	for i := f.most; i < len(f.args); i++ {
		if f.add(f.size(f.args[i])) {
			return true
		}
	}
	return false
}
