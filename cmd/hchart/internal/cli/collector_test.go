package cli

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// TestCollectionPercent checks when the heap counts as small.
func TestCollectionPercent(t *testing.T) {
	const mb = 1 << 20
	for _, tt := range []struct {
		live uint64
		want int
	}{
		{0, 400}, {1, 400}, {32 * mb, 400}, {40 * mb, 300}, {80 * mb, 100}, {159 * mb, 100}, {1 << 40, 100},
	} {
		if got := collectionPercent(tt.live); got != tt.want {
			t.Errorf("%d bytes in use: %d, want %d", tt.live, got, tt.want)
		}
	}
}

// TestCollectRarely checks that the environment is heeded, and that a heap which
// has grown is collected as often as any.
func TestCollectRarely(t *testing.T) {
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	collectRarely(environment{lookupIn([]string{"GOGC=50"})})
	if got := debug.SetGCPercent(100); got != 100 {
		t.Errorf("GOGC is set, but the percentage is %d", got)
	}
	collectRarely(environment{lookupIn(nil)})
	if got := debug.SetGCPercent(firstCollection); got != firstCollection {
		t.Errorf("the percentage is %d at first", got)
	}
	if live := liveBytes(); live == 0 {
		runtime.GC()
		if liveBytes() == 0 {
			t.Error("the collector says that nothing is in use")
		}
	}
}

// TestAfterEachCollection checks that it is after each, not after one.
func TestAfterEachCollection(t *testing.T) {
	calls := make(chan int)
	done := make(chan struct{})
	defer close(done)
	afterEachCollection(1, func(n int) int {
		select {
		case calls <- n:
		case <-done:
		}
		return n + 1
	})
	for want := 1; want <= 3; want++ {
		got := 0
		for got == 0 {
			runtime.GC()
			select {
			case got = <-calls:
			default:
			}
			runtime.Gosched()
		}
		if got != want {
			t.Errorf("call %d has the number %d", want, got)
		}
	}
}
