package repo

import (
	"bytes"
	"fmt"
	"io"
	"os"
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

// maxExpanded bounds what a document with aliases may become.
const maxExpanded = 64 << 20
