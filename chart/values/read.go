package values

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/hchart/hchart/chart"
)

// MaxFileBytes bounds what is read of one values file, of standard input and
// of each file that --set-file names.
const MaxFileBytes = 50 << 20

// Sources are the places a user's values come from, in the order of their
// precedence, lowest first. Each field corresponds to a flag of Helm.
type Sources struct {
	Files   []string // -f, --values: paths, or "-" for Stdin
	JSON    []string // --set-json
	Set     []string // --set
	String  []string // --set-string
	File    []string // --set-file
	Literal []string // --set-literal

	// Stdin is read for the file "-". It is empty when nil, and when it was
	// read before.
	Stdin io.Reader
	// ReadFile reads what Files and File name, URLs too; nil reads from the
	// disk and refuses URLs.
	ReadFile func(ctx context.Context, name string) ([]byte, error)
}

// Read merges the sources into one tree of values. Nulls are kept: composing
// gives them their meaning. The tree is the caller's and shares nothing.
//
// Numbers are float64 when they come from a file or from JSON and int64 when
// they come from --set.
//
// Errors are a [*FileError] for a file and a [*SetError] for an expression.
func Read(ctx context.Context, src Sources) (map[string]any, error) {
	r := reader{src}
	text := func(name string) (any, error) { return r.text(ctx, name) }
	base := map[string]any{}
	for _, name := range src.Files {
		if err := r.file(ctx, name, base); err != nil {
			return nil, err
		}
	}
	for _, text := range src.JSON {
		if err := setJSON(base, text); err != nil {
			return nil, err
		}
	}
	flags := []struct {
		texts []string
		dialect
	}{
		{src.Set, dialect{flag: "--set", value: typed}},
		{src.String, dialect{flag: "--set-string", value: func(text string) (any, error) { return text, nil }}},
		{src.File, dialect{flag: "--set-file", value: text}},
		{src.Literal, dialect{flag: "--set-literal", literal: true}},
	}
	for _, f := range flags {
		for _, text := range f.texts {
			if err := setInto(base, text, f.dialect); err != nil {
				return nil, err
			}
		}
	}
	return base, nil
}

// setJSON reads an argument of --set-json: an object for the root, or an
// expression whose values are JSON.
func setJSON(base map[string]any, text string) error {
	const flag = "--set-json"
	trimmed := strings.TrimSpace(text)
	if !strings.HasPrefix(trimmed, "{") {
		return setInto(base, text, dialect{flag: flag, json: true})
	}
	var object map[string]any
	if err := json.Unmarshal([]byte(trimmed), &object); err != nil {
		return &SetError{Flag: flag, Offset: jsonOffset(err), Err: jsonError(err)}
	}
	merge(base, object)
	return nil
}

// merge puts over into base: tables key by key, anything else replaces.
func merge(base, over map[string]any) {
	for key, v := range over {
		src, isTable := v.(map[string]any)
		dst, wasTable := base[key].(map[string]any)
		if isTable && wasTable {
			merge(dst, src)
			continue
		}
		base[key] = v
	}
}

// reader reads files.
type reader struct{ src Sources }

// file merges a values file into base.
func (r *reader) file(ctx context.Context, name string, base map[string]any) error {
	data, err := r.read(ctx, name)
	if err != nil {
		return &FileError{Flag: "--values", Name: name, Err: err}
	}
	vals, err := chart.ReadValues(data)
	if err != nil {
		var parse *chart.ParseError
		if errors.As(err, &parse) {
			parse.File = name
		}
		return &FileError{Flag: "--values", Name: name, Err: err}
	}
	merge(base, vals)
	return nil
}

// text is the value of --set-file for a file's name.
func (r *reader) text(ctx context.Context, name string) (any, error) {
	data, err := r.read(ctx, name)
	if err != nil {
		return nil, &FileError{Flag: "--set-file", Name: name, Err: err}
	}
	return string(data), nil
}

func (r *reader) read(ctx context.Context, name string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if strings.TrimSpace(name) == "-" {
		if r.src.Stdin == nil {
			return nil, nil
		}
		return readBounded(r.src.Stdin)
	}
	if r.src.ReadFile != nil {
		data, err := r.src.ReadFile(ctx, name)
		if err == nil && len(data) > MaxFileBytes {
			return nil, errTooLarge
		}
		return data, err
	}
	return readDisk(name)
}

func readDisk(name string) ([]byte, error) {
	u, err := url.Parse(name)
	if err != nil {
		// Helm asks first whether the name is a URL, and fails here too.
		return nil, fmt.Errorf("neither a URL nor a name that can be told from one: %w", err)
	}
	switch u.Scheme {
	case "http", "https", "oci":
		return nil, &RemoteError{Scheme: u.Scheme}
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readBounded(f)
}

func readBounded(from io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(from, MaxFileBytes+1))
	if err == nil && len(data) > MaxFileBytes {
		return nil, errTooLarge
	}
	return data, err
}
