package yaml

import (
	"slices"
	"strings"
)

const (
	// maxKey is how long a key the library writes before its colon; longer ones
	// get a question mark and lines of their own.
	maxKey = 128
	// maxRun is how many digits the library can read as a number in a key.
	maxRun = 17
	// maxPairs bounds the search for keys without an order to what the library
	// itself would take.
	maxPairs = 1 << 14
)

// sortKeys puts the keys of a mapping into the order in which the library writes
// them: digits count as the number they make, what is neither a letter nor a
// digit comes before both.
//
// It reports false for keys that are too unusual to vouch for, and where the
// library's comparison goes round in circles: a2 before a10 as a number, a10
// before a1b as a digit before a letter, a1b before a2 as a number. Then its
// order depends on that of a Go map.
func sortKeys(keys []string) bool {
	mixed := 0
	for _, key := range keys {
		n, ok := checkKey(key)
		if !ok {
			return false
		}
		mixed += n
	}
	if len(keys) < 2 {
		return true
	}
	slices.SortFunc(keys, compareKeys)
	return mixed == 0 || mixed*len(keys) <= maxPairs && !anyCircle(keys)
}

// checkKey reports whether a key is short and plain ASCII, and how many letters in
// it stand behind a digit.
func checkKey(key string) (mixed int, ok bool) {
	if len(key) > maxKey {
		return 0, false
	}
	run := 0
	for i := range len(key) {
		c := key[i]
		switch {
		case c < ' ' || c > '~':
			return 0, false
		case isDigit(c):
			if run++; run > maxRun {
				return 0, false
			}
			continue
		case run > 0 && isLetter(c):
			mixed++
		}
		run = 0
	}
	return mixed, true
}

// compareKeys compares two keys at the first character in which they differ.
func compareKeys(a, b string) int {
	n := min(len(a), len(b))
	i := 0
	for i < n && a[i] == b[i] {
		i++
	}
	if i == n {
		return len(a) - len(b)
	}
	switch la, lb := isLetter(a[i]), isLetter(b[i]); {
	case la && lb:
		return int(a[i]) - int(b[i])
	case la:
		return 1
	case lb:
		return -1
	}
	if !isDigit(a[i]) && !isDigit(b[i]) {
		return int(a[i]) - int(b[i])
	}
	// A zero counts for something behind other digits.
	lead := 0
	if (a[i] == '0' || b[i] == '0') && endsInNumber(a[:i]) {
		lead = 1
	}
	na, ea := numberAt(a, i, lead)
	nb, eb := numberAt(b, i, lead)
	if na != nb {
		return na - nb
	}
	return ea - eb
}

// endsInNumber reports whether s ends in digits that are not all zero.
func endsInNumber(s string) bool {
	for i := len(s) - 1; i >= 0 && isDigit(s[i]); i-- {
		if s[i] != '0' {
			return true
		}
	}
	return false
}

// numberAt reads the digits of s from i on behind a leading one, and returns the
// number and where it ends.
func numberAt(s string, i, lead int) (n, end int) {
	for n = lead; i < len(s) && isDigit(s[i]); i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n, i
}

// anyCircle reports whether a letter and a digit follow the same digits in two
// keys that begin alike.
func anyCircle(keys []string) bool {
	for _, key := range keys {
		for i := 1; i < len(key); i++ {
			if !isLetter(key[i]) || !isDigit(key[i-1]) {
				continue
			}
			for _, other := range keys {
				if len(other) > i && isDigit(other[i]) && strings.HasPrefix(other, key[:i]) {
					return true
				}
			}
		}
	}
	return false
}
