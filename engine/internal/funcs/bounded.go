package funcs

import (
	"fmt"
	"strconv"
	"strings"
)

// bounded are the functions whose result can be larger than what they are
// given, held to the bounds of Config.
func bounded(cfg Config, sp sprigFuncs) map[string]any {
	b := bounds{cfg}
	fns := map[string]any{
		"until": func(count int) ([]int, error) {
			step := 1
			if count < 0 {
				step = -1
			}
			return b.steps(0, count, step)
		},
		"untilStep": b.steps,
		"seq":       b.seq,
		"repeat": func(count int, s string) (string, error) {
			if err := b.string(count, len(s)); err != nil {
				return "", err
			}
			return strings.Repeat(s, count), nil
		},
		"indent":  func(spaces int, s string) (string, error) { return b.indent("", spaces, s) },
		"nindent": func(spaces int, s string) (string, error) { return b.indent("\n", spaces, s) },
		"replace": func(old, new, src string) (string, error) {
			if len(new) > len(old) {
				if err := b.string(strings.Count(src, old), len(new)); err != nil {
					return "", err
				}
			}
			return strings.ReplaceAll(src, old, new), nil
		},
	}
	wrapWith := from[func(int, string, string) string](sp, "wrapWith")
	fns["wrapWith"] = func(width int, sep, s string) (string, error) {
		if err := b.string(len(s)/max(width, 1)+1, len(sep)); err != nil {
			return "", err
		}
		return wrapWith(width, sep, s), nil
	}
	return fns
}

type bounds struct{ cfg Config }

// string refuses a string of count times size bytes.
func (b bounds) string(count, size int) error {
	if count > 0 && size > 0 && count > b.cfg.StringBytes/size {
		return &LimitError{"string bytes", int64(b.cfg.StringBytes), "a template function would make too long a string"}
	}
	return nil
}

func (b bounds) items(n int) error {
	if n < 0 || n > b.cfg.Items {
		return &LimitError{"items", int64(b.cfg.Items), "a template function would make too long a list"}
	}
	return nil
}

// steps is untilStep: the numbers from start up to stop, which is left out.
func (b bounds) steps(start, stop, step int) ([]int, error) {
	out := []int{}
	switch {
	case stop < start && step >= 0, stop >= start && step <= 0:
		return out, nil
	}
	// The distance may not fit an int; as unsigned numbers it does.
	distance, stride := uint64(stop)-uint64(start), uint64(step)
	if stop < start {
		distance, stride = uint64(start)-uint64(stop), -uint64(step)
	}
	if distance == 0 {
		return out, nil
	}
	n := (distance-1)/stride + 1
	if n > uint64(b.cfg.Items) {
		return nil, b.items(-1)
	}
	for i := range int(n) {
		out = append(out, start+i*step)
	}
	return out, nil
}

// seq is the shell command: [first [step]] last, as a text.
func (b bounds) seq(params ...int) (string, error) {
	var start, step, end int
	switch len(params) {
	case 1:
		start, end = 1, params[0]
	case 2:
		start, end = params[0], params[1]
	case 3:
		start, step, end = params[0], params[1], params[2]
		if end < start && step > 0 {
			return "", nil
		}
	default:
		return "", nil
	}
	direction := 1
	if end < start {
		direction = -1
	}
	if len(params) < 3 {
		step = direction
	}
	nums, err := b.steps(start, end+direction, step)
	if err != nil {
		return "", err
	}
	text := make([]byte, 0, 4*len(nums))
	for i, n := range nums {
		if i > 0 {
			text = append(text, ' ')
		}
		text = strconv.AppendInt(text, int64(n), 10)
	}
	return string(text), nil
}

// indent pads every line of s. Like Sprig it fails on a negative number.
func (b bounds) indent(first string, spaces int, s string) (string, error) {
	if spaces < 0 {
		return "", fmt.Errorf("negative number of spaces: %d", spaces)
	}
	lines := strings.Count(s, "\n") + 1
	if err := b.string(lines, spaces); err != nil {
		return "", err
	}
	pad := strings.Repeat(" ", spaces)
	var out strings.Builder
	out.Grow(len(first) + len(s) + lines*spaces)
	out.WriteString(first)
	for {
		out.WriteString(pad)
		line, rest, more := strings.Cut(s, "\n")
		out.WriteString(line)
		if !more {
			return out.String(), nil
		}
		out.WriteByte('\n')
		s = rest
	}
}
