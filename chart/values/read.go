package values

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/hchart/hchart/chart"
)

// maxFileBytes bounds a values file.
const maxFileBytes = 50 << 20

// Read merges the sources into one tree of values: files, then --set-json,
// --set, --set-string, --set-file and --set-literal, a later one over an earlier
// one. Nulls are kept: Compose gives them their meaning. The error is a
// *SourceError.
func Read(ctx context.Context, src Sources) (map[string]any, error) {
	r := reader{ctx: ctx, src: src}
	base := map[string]any{}
	for _, name := range src.Files {
		data, err := r.file(name)
		if err != nil {
			return nil, &SourceError{"--values", name, err}
		}
		vals, err := chart.ReadValues(data)
		if err != nil {
			return nil, &SourceError{"--values", name, err}
		}
		base = mergeTables(base, vals)
	}
	var err error
	for _, expr := range src.JSON {
		if base, err = setJSON(base, expr); err != nil {
			return nil, err
		}
	}
	for _, set := range []struct {
		flag  string
		exprs []string
		new   func(expr string) *setter
	}{
		{"--set", src.Set, func(e string) *setter { return &setter{text: e, value: typed} }},
		{"--set-string", src.String, func(e string) *setter { return &setter{text: e, value: verbatim} }},
		{"--set-file", src.File, func(e string) *setter { return &setter{text: e, value: r.content} }},
		{"--set-literal", src.Literal, func(e string) *setter { return &setter{text: e, literal: true} }},
	} {
		for _, expr := range set.exprs {
			if err := set.new(expr).into(base); err != nil {
				return nil, setError(set.flag, err)
			}
		}
	}
	return base, nil
}

// setJSON takes key=json pairs or one JSON object.
func setJSON(base map[string]any, expr string) (map[string]any, error) {
	trimmed := strings.TrimSpace(expr)
	if !strings.HasPrefix(trimmed, "{") {
		if err := (&setter{text: expr, json: true}).into(base); err != nil {
			return nil, setError("--set-json", err)
		}
		return base, nil
	}
	var object map[string]any
	if err := json.Unmarshal([]byte(trimmed), &object); err != nil {
		return nil, setError("--set-json", jsonError(err))
	}
	return mergeTables(base, object), nil
}

// jsonError keeps what is said of the place and drops what is said of the value.
func jsonError(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("not valid JSON at byte %d", syntax.Offset)
	}
	return errors.New("not valid JSON")
}

func setError(flag string, err error) error {
	var at *keyError
	if errors.As(err, &at) {
		return &SourceError{flag, at.key, at.err}
	}
	return &SourceError{flag, "", err}
}

// mergeTables lays b over a; tables under one key merge, all else is replaced,
// also by null. Neither is changed.
func mergeTables(a, b map[string]any) map[string]any {
	out := make(map[string]any, len(a)+len(b))
	for k, v := range a {
		out[k] = v
	}
	for k, v := range b {
		if vb, ok := v.(map[string]any); ok {
			if va, ok := out[k].(map[string]any); ok {
				v = mergeTables(va, vb)
			}
		}
		out[k] = v
	}
	return out
}

type reader struct {
	ctx context.Context
	src Sources
}

// content is the value of --set-file: the text of the file.
func (r *reader) content(name string) (any, error) {
	data, err := r.file(name)
	if err != nil {
		return nil, err
	}
	return string(data), nil
}

func (r *reader) file(name string) ([]byte, error) {
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	switch {
	case strings.TrimSpace(name) == "-":
		if r.src.Stdin == nil {
			return nil, errors.New("there is no standard input to read from")
		}
		return bounded(r.src.Stdin)
	case r.src.ReadFile != nil:
		return r.src.ReadFile(r.ctx, name)
	}
	if scheme, _, ok := strings.Cut(name, "://"); ok && scheme != "" && !strings.ContainsAny(scheme, `/\.`) {
		return nil, fmt.Errorf("values from a %s:// address need a ReadFile that fetches them", scheme)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return bounded(f)
}

func bounded(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFileBytes+1))
	if err == nil && len(data) > maxFileBytes {
		return nil, fmt.Errorf("larger than %d bytes", maxFileBytes)
	}
	return data, err
}
