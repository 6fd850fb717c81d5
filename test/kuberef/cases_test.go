package kuberef

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// number reads a number from the environment.
func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	s := os.Getenv(name)
	if s == "" {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// forCases calls f with the random numbers of each case, until some have failed.
func forCases(t *testing.T, cases int, f func(t *testing.T, r *rand.Rand, seed int)) {
	t.Helper()
	first, n := number(t, "HCHART_SEED", 1), number(t, "HCHART_CASES", cases)
	failed := 0
	for seed := first; seed < first+n && failed < 5; seed++ {
		ok := t.Run(strconv.Itoa(seed), func(t *testing.T) {
			f(t, rand.New(rand.NewPCG(uint64(seed), 7)), seed)
		})
		if !ok {
			failed++
		}
	}
}

// one picks one of several.
func one[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// chance is true once in n times.
func chance(r *rand.Rand, n int) bool { return r.IntN(n) == 0 }
