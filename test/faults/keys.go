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
	at   place
	mu   sync.Mutex
	seen map[Key]int
}

func newCounter(at place) *counter { return &counter{at: at, seen: map[Key]int{}} }

func (c *counter) key(r *http.Request) Key {
	k := Key{Verb: r.Method, Path: podSuffix().ReplaceAllString(c.at.hide(r.URL.Path), "$1-*")}
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

// place is where a case is played: what is of this case only has slot in its name. The
// chart's own kind is of the group group.faults.test.
type place struct{ slot, namespace, group string }

func newPlace(slot, group string) place {
	if group == "" {
		group = slot
	}
	return place{slot: slot, namespace: "f-" + slot, group: group}
}

// hide takes the place out of a text.
func (p place) hide(text string) string {
	text = strings.ReplaceAll(text, p.group+".faults", "GROUP.faults")
	return strings.ReplaceAll(text, p.slot, "SLOT")
}

// definition is the name of the definition of the chart's own kind.
func (p place) definition() string { return "widgets." + p.group + ".faults.test" }

// podSuffix is what a controller adds to the name of a pod.
func podSuffix() *regexp.Regexp { return regexp.MustCompile(`(/pods/[a-z0-9-]+)-[a-z0-9]{5}\b`) }
