package funcs

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// durations are Helm's functions on durations. Each takes a duration, its text
// ("1h30m"), or a number or numeric text of seconds; all but mustToDuration give
// zero for anything else.
func durations() map[string]any {
	in := func(f func(time.Duration) float64) func(any) float64 {
		return func(v any) float64 {
			d, err := duration(v)
			if err != nil {
				return 0
			}
			return f(d)
		}
	}
	whole := func(f func(time.Duration) int64) func(any) int64 {
		return func(v any) int64 {
			d, err := duration(v)
			if err != nil {
				return 0
			}
			return f(d)
		}
	}
	return map[string]any{
		"mustToDuration":       duration,
		"durationSeconds":      in(time.Duration.Seconds),
		"durationMilliseconds": whole(time.Duration.Milliseconds),
		"durationMicroseconds": whole(time.Duration.Microseconds),
		"durationNanoseconds":  whole(time.Duration.Nanoseconds),
		"durationMinutes":      in(time.Duration.Minutes),
		"durationHours":        in(time.Duration.Hours),
		"durationDays":         in(func(d time.Duration) float64 { return d.Hours() / 24 }),
		"durationWeeks":        in(func(d time.Duration) float64 { return d.Hours() / 24 / 7 }),
		"durationRoundTo":      toMultiple(time.Duration.Round),
		"durationTruncateTo":   toMultiple(time.Duration.Truncate),
	}
}

func toMultiple(f func(d, multiple time.Duration) time.Duration) func(any, any) time.Duration {
	return func(v, m any) time.Duration {
		d, err := duration(v)
		if err != nil {
			return 0
		}
		multiple, err := duration(m)
		if err != nil {
			return d
		}
		return f(d, multiple)
	}
}

func duration(v any) (time.Duration, error) {
	switch v := v.(type) {
	case nil:
		return 0, errors.New("invalid duration")
	case time.Duration:
		return v, nil
	case string:
		return parseDuration(v)
	}
	rv := reflect.ValueOf(v)
	switch {
	case rv.CanInt():
		if s := rv.Int(); s > math.MaxInt64/int64(time.Second) || s < math.MinInt64/int64(time.Second) {
			return 0, fmt.Errorf("duration seconds overflow: %d", s)
		}
		return time.Duration(rv.Int()) * time.Second, nil
	case rv.CanUint():
		if s := rv.Uint(); s > uint64(math.MaxInt64/int64(time.Second)) {
			return 0, fmt.Errorf("duration seconds overflow: %d", s)
		}
		return time.Duration(rv.Uint()) * time.Second, nil
	case rv.CanFloat():
		return fromSeconds(rv.Float())
	}
	return 0, fmt.Errorf("unsupported duration type %T", v)
}

func parseDuration(text string) (time.Duration, error) {
	s := strings.TrimSpace(text)
	if s == "" {
		return 0, errors.New("empty duration")
	}
	if d, err := time.ParseDuration(s); err == nil {
		return d, nil
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		return fromSeconds(f)
	}
	return 0, fmt.Errorf("could not parse duration %q", text)
}

func fromSeconds(s float64) (time.Duration, error) {
	if math.IsNaN(s) || math.IsInf(s, 0) {
		return 0, fmt.Errorf("invalid duration seconds: %v", s)
	}
	ns := s * float64(time.Second)
	if bound := float64(math.MaxInt64); ns > bound || ns < -bound || s > bound/float64(time.Second) {
		return 0, fmt.Errorf("duration seconds overflow: %v", s)
	}
	return time.Duration(ns), nil
}
