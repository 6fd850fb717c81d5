package faults

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
)

// Key names a request of a command, in this run and in others of the same command.
type Key struct {
	Verb string
	// Path is without what differs from run to run: slot and namespace of the case,
	// names that the cluster made up, and parameters that do not say what is asked for.
	Path string
	// Ordinal counts the requests of this verb and path, from 1.
	Ordinal int
}

func (k Key) String() string { return fmt.Sprintf("%s %s #%d", k.Verb, k.Path, k.Ordinal) }

// Mutates says whether the request may change something.
func (k Key) Mutates() bool {
	return k.Verb != http.MethodGet && k.Verb != "WATCH" && !strings.Contains(k.Path, "dryRun")
}

// counter gives the requests of one run their keys. Several goroutines may use it.
type counter struct {
	slot string
	mu   sync.Mutex
	seen map[Key]int
}

func newCounter(slot string) *counter { return &counter{slot: slot, seen: map[Key]int{}} }

func (c *counter) key(r *http.Request) Key {
	k := Key{Verb: r.Method, Path: stable(r.URL.Path, c.slot)}
	q := r.URL.Query()
	if q.Get("watch") == "true" || q.Get("watch") == "1" {
		k.Verb = "WATCH"
	}
	if q.Get("dryRun") != "" {
		k.Path += "?dryRun"
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[k]++
	k.Ordinal = c.seen[k]
	return k
}

// stable takes out of a path what is of this run only.
func stable(path, slot string) string {
	return podSuffix.ReplaceAllString(strings.ReplaceAll(path, slot, "SLOT"), "$1-*")
}

// podSuffix is what a controller adds to the name of a pod.
var podSuffix = regexp.MustCompile(`(/pods/[a-z0-9-]+)-[a-z0-9]{5}\b`)
