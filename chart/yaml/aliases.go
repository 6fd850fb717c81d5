package yaml

import (
	"bytes"
	"fmt"

	goyaml "go.yaml.in/yaml/v2"
)

// AliasError is a document whose aliases stand for more text than is allowed.
type AliasError struct {
	// Max is how many bytes they may stand for.
	Max int
}

func (e *AliasError) Error() string {
	return fmt.Sprintf("YAML aliases expand to more than %d MiB", e.Max>>20)
}

// CheckAliases refuses a document in which aliases repeat so much that it becomes longer
// than max bytes: the library bounds how many aliases there are, and not the bytes that
// they stand for, which it shares; the JSON that it is decoded from does not share them.
// A document that is no YAML passes: whoever decodes it will say so.
func CheckAliases(data []byte, max int) error {
	if !beginsToken(data, '*') || !beginsToken(data, '&') {
		return nil
	}
	var tree any
	if err := goyaml.Unmarshal(data, &tree); err != nil {
		return nil
	}
	if left := max; !expandsWithin(tree, &left) {
		return &AliasError{Max: max}
	}
	return nil
}

// beginsToken reports whether c stands where a token of YAML may begin.
func beginsToken(data []byte, c byte) bool {
	for i, b := range data {
		if b != c {
			continue
		}
		if i == 0 || bytes.IndexByte([]byte(" \t\n\r[{,:"), data[i-1]) >= 0 {
			return true
		}
	}
	return false
}

func expandsWithin(v any, left *int) bool {
	*left -= 8
	switch v := v.(type) {
	case string:
		*left -= len(v)
	case []any:
		for _, e := range v {
			if !expandsWithin(e, left) {
				return false
			}
		}
	case map[any]any:
		for k, e := range v {
			if !expandsWithin(k, left) || !expandsWithin(e, left) {
				return false
			}
		}
	}
	return *left >= 0
}
