package cli

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// Go collects garbage as often as is right for a server. A command that is done in
// a tenth of a second may spend a fifth of its work on that; these trade memory for
// it while there is little in use.
const (
	// firstCollection sets when the collector runs first: Go takes this
	// percentage of 4 MiB.
	firstCollection = 800
	// rareCollection is the percentage for a small heap from then on.
	rareCollection = 400
	// usualCollection is Go's own percentage.
	usualCollection = 100
	// smallHeap is how far, in bytes, the heap may grow before the percentage
	// goes down to the usual one.
	smallHeap = 160 << 20
)

// collectRarely makes the collector of this process run less often as long as
// the heap is small. It does nothing when the environment says how often.
func collectRarely(env environment) {
	if env.get("GOGC") != "" {
		return
	}
	debug.SetGCPercent(firstCollection)
	afterEachCollection(firstCollection, func(percent int) int {
		next := collectionPercent(liveBytes())
		if next != percent {
			debug.SetGCPercent(next)
		}
		return next
	})
}

// afterEachCollection calls fn, with what it returned the time before, after
// each run of the collector: a finalizer that sets itself anew.
func afterEachCollection(state int, fn func(int) int) {
	type sentinel struct{ _ [16]byte } // too large to share its memory with others
	runtime.SetFinalizer(new(sentinel), func(*sentinel) { afterEachCollection(fn(state), fn) })
}

// collectionPercent returns how much the heap may grow, in percent of what is in
// use, before the next collection.
func collectionPercent(live uint64) int {
	if live == 0 {
		return rareCollection
	}
	room := max(int64(smallHeap)-int64(live), 0)
	return int(min(max(room*100/int64(live), usualCollection), rareCollection))
}

// liveBytes returns what was in use at the end of the last collection.
func liveBytes() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}
