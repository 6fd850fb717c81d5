package funcs

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// parts is how many parts strings.Split makes.
func parts(s, sep string) int {
	if sep == "" {
		return utf8.RuneCountInString(s)
	}
	return strings.Count(s, sep) + 1
}

func (b bounds) splitList(sep, s string) ([]string, error) {
	if len(s) > b.cfg.Items {
		if err := b.items(parts(s, sep)); err != nil {
			return nil, err
		}
	}
	return strings.Split(s, sep), nil
}

// split gives the parts the names _0, _1, …
func (b bounds) split(sep, s string) (map[string]string, error) { return b.splitn(sep, -1, s) }

func (b bounds) splitn(sep string, n int, s string) (map[string]string, error) {
	if len(s) > b.cfg.Items && (n < 0 || n > b.cfg.Items) {
		if err := b.items(parts(s, sep)); err != nil {
			return nil, err
		}
	}
	list := strings.SplitN(s, sep, n)
	m := make(map[string]string, len(list))
	for i, p := range list {
		m["_"+strconv.Itoa(i)] = p
	}
	return m, nil
}
