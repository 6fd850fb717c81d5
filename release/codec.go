package release

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxDecodedBytes bounds the JSON text of a record when it is read: a few kilobytes
// of gzip can be gigabytes of text.
const MaxDecodedBytes = 256 << 20

// ErrTooLarge is the cause of a *CorruptError for a record whose text is longer than
// MaxDecodedBytes.
var ErrTooLarge = errors.New("the record is too large to be read")

// Encode returns the record of a release as stores keep it: JSON, gzipped, in base64.
// Labels and Info.Resources are not part of it.
func Encode(r *Release) ([]byte, error) {
	if r.Info != nil && r.Info.Resources != nil {
		r = r.Clone()
		r.Info.Resources = nil
	}
	text, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	zip, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := zip.Write(text); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	out := make([]byte, base64.StdEncoding.EncodedLen(buf.Len()))
	base64.StdEncoding.Encode(out, buf.Bytes())
	return out, nil
}

// Decode reads a record. One that is not gzipped is taken as well, as Helm does.
// Labels are not part of it.
func Decode(data []byte) (*Release, error) {
	var r Release
	if err := decode(data, &r); err != nil {
		return nil, err
	}
	if err := complete(&r); err != nil {
		return nil, err
	}
	return &r, nil
}

// decode reads the JSON text of a record into v.
func decode(data []byte, v any) error {
	raw := make([]byte, base64.StdEncoding.DecodedLen(len(data)))
	n, err := base64.StdEncoding.Decode(raw, data)
	if err != nil {
		return err
	}
	raw = raw[:n]
	if len(raw) > 3 && isGzip(raw) {
		if raw, err = unzip(raw); err != nil {
			return err
		}
	}
	return json.Unmarshal(raw, v)
}

// isGzip reports whether data of at least three bytes begins as gzip does.
func isGzip(data []byte) bool { return data[0] == 0x1f && data[1] == 0x8b && data[2] == 0x08 }

func unzip(data []byte) ([]byte, error) {
	zip, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	buf.Grow(4 * len(data))
	n, err := io.Copy(&buf, io.LimitReader(zip, MaxDecodedBytes+1))
	if err != nil {
		return nil, err
	}
	if n > MaxDecodedBytes {
		return nil, ErrTooLarge
	}
	return buf.Bytes(), nil
}

// complete refuses what no program wrote and everything behind would stumble over.
func complete(r *Release) error {
	switch {
	case r.Name == "":
		return errors.New("the record has no name")
	case r.Info == nil:
		return errors.New("the record has no info")
	case r.Version < 1:
		return fmt.Errorf("the record has the revision %d", r.Version)
	}
	for i, h := range r.Hooks {
		if h == nil {
			return fmt.Errorf("hook %d of the record is null", i)
		}
	}
	return nil
}
