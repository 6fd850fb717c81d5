package main

import (
	"testing"
	"time"
)

func TestRatio(t *testing.T) {
	wall := func(u usage) float64 { return float64(u.Wall) }
	runs := func(ms ...time.Duration) []usage {
		var list []usage
		for _, m := range ms {
			list = append(list, usage{Wall: m * time.Millisecond})
		}
		return list
	}
	for _, tt := range []struct {
		a, b          []usage
		median, ratio float64
	}{
		{runs(10), runs(5), 10, 2},
		{runs(10, 30, 20), runs(5, 5, 5), 20, 4},
		// The machine slows down: the pairs keep the ratio, the medians alone lose it.
		{runs(10, 20, 400), runs(5, 10, 200), 20, 2},
		{runs(10, 20), runs(10, 10), 15, 1.5},
	} {
		if got := median(tt.a, wall) / float64(time.Millisecond); got != tt.median {
			t.Errorf("median of %v: %v, want %v", tt.a, got, tt.median)
		}
		if got := ratio(tt.a, tt.b, wall); got != tt.ratio {
			t.Errorf("ratio of %v and %v: %v, want %v", tt.a, tt.b, got, tt.ratio)
		}
	}
}
