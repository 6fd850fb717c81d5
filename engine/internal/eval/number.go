package eval

import (
	"strconv"
	"strings"
	"text/template/parse"
)

// number is a literal in all the types that can hold it.
type number struct {
	text      string
	isInt     bool
	isUint    bool
	isFloat   bool
	isComplex bool
	i         int64
	u         uint64
	f         float64
	c         complex128
}

func numberOf(n *parse.NumberNode) *number {
	return &number{
		text: n.Text, isInt: n.IsInt, isUint: n.IsUint, isFloat: n.IsFloat, isComplex: n.IsComplex,
		i: n.Int64, u: n.Uint64, f: n.Float64, c: n.Complex128,
	}
}

// decimal reads what nearly all numbers in templates are: decimal digits, with
// a sign or a point or neither. It reports false for anything else.
func decimal(text string) (number, bool) {
	if strings.Contains(text, ".") {
		return fraction(text)
	}
	digits := strings.TrimLeft(text, "+-")
	if len(digits) == 0 || len(digits) > 18 || len(text)-len(digits) > 1 || digits[0] == '0' && text != "0" {
		return number{}, false
	}
	i, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return number{}, false
	}
	n := number{text: text, isInt: true, isFloat: true, i: i, f: float64(i)}
	if len(digits) == len(text) { // a sign makes a signed number of it
		n.isUint, n.u = true, uint64(i)
	}
	return n, true
}

// fraction reads digits with a point among them and no sign. A number without a
// fraction counts as an integer too.
func fraction(text string) (number, bool) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f >= 1<<53 {
		return number{}, false
	}
	n := number{text: text, isFloat: true, f: f}
	if float64(int64(f)) == f {
		n.isInt, n.isUint, n.i, n.u = true, true, int64(f), uint64(f)
	}
	return n, true
}

// ideal gives a number the type that its syntax asks for when nothing else does:
// complex, float or int, never unsigned.
func (n *number) ideal() (v any, fault string) {
	isRune := strings.HasPrefix(n.text, "'")
	isHex := len(n.text) > 2 && n.text[0] == '0' && (n.text[1] == 'x' || n.text[1] == 'X') && !strings.ContainsAny(n.text, "pP")
	switch {
	case n.isComplex:
		return n.c, ""
	case n.isFloat && !isHex && !isRune && strings.ContainsAny(n.text, ".eEpP"):
		return n.f, ""
	case n.isInt:
		return int(n.i), ""
	case n.isUint:
		return nil, n.text + " overflows int"
	}
	return nil, ""
}
