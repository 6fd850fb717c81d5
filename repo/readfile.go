package repo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	goyaml "go.yaml.in/yaml/v2"
)

// LimitError is input that is larger than the program is willing to read.
type LimitError struct {
	// What was read: "index", "archive".
	What string
	// Max is how many bytes it may have.
	Max int64
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%s is larger than the maximum of %d bytes", e.What, e.Max)
}

// readBounded reads a file of at most max bytes, without reading more of a longer one.
func readBounded(path string, max int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > max {
		return nil, &LimitError{What: path, Max: max}
	}
	var b bytes.Buffer
	b.Grow(int(info.Size()) + bytes.MinRead)
	if _, err := b.ReadFrom(io.LimitReader(f, max+1)); err != nil {
		return nil, err
	}
	if int64(b.Len()) > max {
		return nil, &LimitError{What: path, Max: max}
	}
	return b.Bytes(), nil
}

var errAliases = errors.New("YAML aliases expand to more than 64 MiB")

// maxExpanded bounds what a document with aliases may become.
const maxExpanded = 64 << 20

// checkAliases refuses a document in which aliases repeat large scalars. The YAML parser
// bounds how many aliases there are, and not the bytes that they stand for, which it
// shares; the JSON form that it is decoded from does not share them.
func checkAliases(data []byte) error {
	if !beginsToken(data, '*') || !beginsToken(data, '&') {
		return nil
	}
	var tree any
	if err := goyaml.Unmarshal(data, &tree); err != nil {
		return nil // whoever decodes it will say so
	}
	if left := maxExpanded; !expandsWithin(tree, &left) {
		return errAliases
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
