package release

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"

	"github.com/hchart/hchart/chart"
)

// DecodeSummary reads of a record what a list of releases shows: name, info and the
// chart's metadata. Programs write those first, so that reading ends there, mostly after
// a few kilobytes; damage behind them is not noticed. Revision and namespace, which
// records have at their end, are those of the entry, that is, of the record's labels.
func DecodeSummary(data []byte, e Entry) (*Release, error) {
	text, err := stream(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	r := &Release{Version: e.Revision, Namespace: e.Namespace}
	if err := summarize(json.NewDecoder(text), r); err != nil {
		return nil, err
	}
	if err := complete(r); err != nil {
		return nil, err
	}
	return r, nil
}

// stream gives the JSON text of a record as it is read.
func stream(data io.Reader) (io.Reader, error) {
	raw := base64.NewDecoder(base64.StdEncoding, data)
	var magic [3]byte
	n, err := io.ReadFull(raw, magic[:])
	whole := io.MultiReader(bytes.NewReader(magic[:n]), raw)
	if err != nil || !isGzip(magic[:]) {
		return whole, nil
	}
	zip, err := gzip.NewReader(whole)
	if err != nil {
		return nil, err
	}
	return io.LimitReader(zip, MaxDecodedBytes), nil
}

// summarize reads fields of a record until it has those of a summary.
func summarize(d *json.Decoder, r *Release) error {
	return eachField(d, func(key string) (more bool, err error) {
		switch key {
		case "name":
			err = d.Decode(&r.Name)
		case "info":
			err = d.Decode(&r.Info)
		case "chart":
			r.Chart, err = summarizeChart(d, r.Name != "" && r.Info != nil)
		default:
			err = d.Decode(&skipped{})
		}
		return r.Name == "" || r.Info == nil || r.Chart == nil, err
	})
}

// summarizeChart reads the metadata of a chart, and the rest of it only when more of the
// record is wanted behind it.
func summarizeChart(d *json.Decoder, last bool) (*chart.Chart, error) {
	c := &chart.Chart{}
	err := eachField(d, func(key string) (more bool, err error) {
		if key != "metadata" {
			return true, d.Decode(&skipped{})
		}
		return !last, d.Decode(&c.Metadata)
	})
	return c, err
}

// eachField calls field for the keys of an object, which is to read the value, until it
// wants no more. There may be null in the place of the object.
func eachField(d *json.Decoder, field func(key string) (more bool, err error)) error {
	switch open, err := d.Token(); {
	case err != nil:
		return noEOF(err)
	case open == nil:
		return nil
	case open != json.Delim('{'):
		return errors.New("there is no object where the record should have one")
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return noEOF(err)
		}
		more, err := field(key.(string)) // keys of objects are strings
		if err != nil || !more {
			return noEOF(err)
		}
	}
	_, err := d.Token()
	return noEOF(err)
}

// noEOF says of an end of the text that it comes too early.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// skipped is a value that nobody wants.
type skipped struct{}

func (*skipped) UnmarshalJSON([]byte) error { return nil }
