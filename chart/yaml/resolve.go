package yaml

import (
	"strconv"
	"strings"
	"time"
)

// kind is what YAML takes a plain scalar for.
type kind byte

const (
	isText kind = iota
	isNull
	isTrue
	isFalse
	isNumber
	isNoJSON // not a number, or infinite
)

// IsText reports whether a scalar without quotes is text, and no number, truth value
// or null.
func IsText(plain string) bool {
	k, _ := resolve(plain)
	return k == isText
}

// resolve finds what the library takes a plain scalar for, and its value if that
// is a number. Dates count as text: in a tree they are.
func resolve(s string) (kind, float64) {
	if s == "" {
		return isNull, 0
	}
	switch c := s[0]; {
	case isDigit(c) || c == '+' || c == '-':
		return resolveNumber(s)
	case c == '.':
		if isSpecial(s) {
			return isNoJSON, 0
		}
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return isNumber, f
		}
	default:
		return resolveWord(s), 0
	}
	return isText, 0
}

func resolveWord(s string) kind {
	if len(s) > len("false") {
		return isText
	}
	switch s {
	case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return isTrue
	case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return isFalse
	case "~", "null", "Null", "NULL":
		return isNull
	}
	return isText
}

// isSpecial reports whether s is one of the numbers that JSON does not have.
func isSpecial(s string) bool {
	switch s {
	case ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF":
		return true
	}
	return false
}

// resolveNumber resolves text that begins with a digit or a sign.
func resolveNumber(s string) (kind, float64) {
	digits, spaced := 0, false
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
			digits++
		case strings.IndexByte("+-._abcdefABCDEFxXoO", c) < 0:
			return isSpecialOrText(s), 0
		case c == '_':
			spaced = true
		}
	}
	switch {
	case digits == len(s) && s[0] != '0' && len(s) < 16:
		n, _ := strconv.Atoi(s)
		return isNumber, float64(n)
	case digits == 0:
		return isSpecialOrText(s), 0
	case spaced:
		s = strings.ReplaceAll(s, "_", "")
	}
	return parseNumber(s)
}

func isSpecialOrText(s string) kind {
	if isSpecial(s) {
		return isNoJSON
	}
	return isText
}

// parseNumber tries the forms of numbers in the library's order: whole numbers
// with a prefix for their base, decimal fractions, and signs after 0b.
func parseNumber(s string) (kind, float64) {
	if !isDecimal(s) && !hasBase(s) { // a version, a digest: errors would cost more
		return isText, 0
	}
	if n, err := strconv.ParseInt(s, 0, 64); err == nil {
		return isNumber, float64(n)
	}
	if n, err := strconv.ParseUint(s, 0, 64); err == nil {
		return isNumber, float64(n)
	}
	if isDecimal(s) {
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return isNumber, f
		}
	}
	if bits, ok := strings.CutPrefix(s, "0b"); ok {
		if n, err := strconv.ParseInt(bits, 2, 64); err == nil {
			return isNumber, float64(n)
		}
		if n, err := strconv.ParseUint(bits, 2, 64); err == nil {
			return isNumber, float64(n)
		}
	} else if bits, ok := strings.CutPrefix(s, "-0b"); ok {
		if n, err := strconv.ParseInt("-"+bits, 2, 64); err == nil {
			return isNumber, float64(n)
		}
	}
	return isText, 0
}

// hasBase reports whether s begins with the prefix of a base.
func hasBase(s string) bool {
	i := skipSign(s, 0)
	return len(s) > i+1 && s[i] == '0' && isLetter(s[i+1])
}

// isDecimal reports whether s is a sign, digits with a point somewhere among
// them, and an exponent; all but the digits may be missing.
func isDecimal(s string) bool {
	i := skipSign(s, 0)
	whole := skipDigits(s, i)
	end := whole
	if end < len(s) && s[end] == '.' {
		end = skipDigits(s, end+1)
		if whole == i && end == whole+1 { // a point alone
			return false
		}
	} else if whole == i {
		return false
	}
	if end < len(s) && (s[end] == 'e' || s[end] == 'E') {
		exponent := skipSign(s, end+1)
		end = skipDigits(s, exponent)
		if end == exponent {
			return false
		}
	}
	return end == len(s)
}

func skipSign(s string, i int) int {
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		i++
	}
	return i
}

func skipDigits(s string, i int) int {
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

// staysText reports whether the library reads s as text when it is written
// without quotes, and other parsers do as well.
func staysText(s string) bool {
	if k, _ := resolve(s); k != isText {
		return false
	}
	if c := s[0]; !isDigit(c) && c != '+' && c != '-' {
		return true
	}
	return !isDate(s) && !isSexagesimal(s)
}

// isDate reports whether s is one of the dates that the library knows.
func isDate(s string) bool {
	if skipDigits(s, 0) != 4 || len(s) == 4 || s[4] != '-' {
		return false
	}
	for _, layout := range [...]string{
		"2006-1-2T15:4:5.999999999Z07:00", "2006-1-2t15:4:5.999999999Z07:00", "2006-1-2 15:4:5.999999999", "2006-1-2",
	} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

// isSexagesimal reports whether s is a number to the base 60 of YAML 1.1, such
// as 12:30:45.5, which the library does not read but puts in quotes.
func isSexagesimal(s string) bool {
	i := skipSign(s, 0)
	if i == len(s) || !isDigit(s[i]) {
		return false
	}
	for i < len(s) && (isDigit(s[i]) || s[i] == '_') {
		i++
	}
	groups := 0
	for ; i < len(s) && s[i] == ':'; groups++ {
		end := skipDigits(s, i+1)
		if n := end - i - 1; n == 0 || n > 2 || n == 2 && s[i+1] > '5' {
			return false
		}
		i = end
	}
	if i < len(s) && s[i] == '.' {
		for i++; i < len(s) && (isDigit(s[i]) || s[i] == '_'); i++ {
		}
	}
	return groups > 0 && i == len(s)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
