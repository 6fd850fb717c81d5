package faults

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Violation is an invariant that did not hold. Invariant is I1 to I7, "left" for what an
// uninstalled release left behind, or "harness" when a case could not be played.
type Violation struct{ Invariant, Text string }

// witness sees the requests of one case that change something.
type witness struct {
	place

	mu         sync.Mutex
	named      map[string]bool   // Kind/name: what the records named so far
	created    map[string]bool   // Kind/name: what was created since the last reset
	statuses   map[string]string // name of a record's Secret: status
	deployed   bool              // there was a deployed revision
	ends       bool              // the command that runs is an uninstallation
	violations []Violation
}

func newWitness(at place) *witness {
	return &witness{
		place: at,
		named: map[string]bool{}, created: map[string]bool{}, statuses: map[string]string{},
	}
}

func (w *witness) violate(invariant, format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.add(invariant, fmt.Sprintf(format, args...))
}

// add keeps each violation once.
func (w *witness) add(invariant, text string) {
	v := Violation{invariant, text}
	if !slices.Contains(w.violations, v) {
		w.violations = append(w.violations, v)
	}
}

// object is the head of an object.
type object struct {
	Kind     string `json:"kind"`
	Metadata struct {
		Name string `json:"name"`
	} `json:"metadata"`
}

// before returns what the records name when a request arrives.
func (w *witness) before(*http.Request, []byte) map[string]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.named // replaced, never changed, by after
}

// after looks at what the server answered.
func (w *witness) after(r *http.Request, named map[string]bool, code int, body []byte) {
	if code < 200 || code > 299 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if i := strings.LastIndex(r.URL.Path, "/secrets/sh.helm.release.v1."); i >= 0 && r.Method == http.MethodDelete {
		delete(w.statuses, r.URL.Path[i+len("/secrets/"):])
		w.checkDeployed("the deletion of a record")
		return
	}
	var o object
	if json.Unmarshal(body, &o) != nil || r.Method == http.MethodDelete {
		return
	}
	var s secret
	if o.Kind == "Secret" && json.Unmarshal(body, &s) == nil && s.Type == recordType {
		w.stored(&s)
		return
	}
	if code == http.StatusCreated && !w.exempt(&o) {
		name := o.Kind + "/" + o.Metadata.Name
		w.created[name] = true
		if !named[name] {
			w.add("I1", w.hide(name)+" was created before a record named it")
		}
	}
}

// exempt tells what no record has to name: what is the program's own, and the namespace
// that the records are to lie in.
func (w *witness) exempt(o *object) bool {
	return o.Kind == "Lease" || o.Kind == "Event" || strings.HasSuffix(o.Kind, "Review") ||
		o.Kind == "Secret" && strings.HasPrefix(o.Metadata.Name, "sh.h") ||
		o.Kind == "Namespace" && o.Metadata.Name == w.namespace
}

// stored notes a record that was written.
func (w *witness) stored(s *secret) {
	r, err := decodeRecord(s)
	if err != nil {
		w.add("I7", err.Error())
		return
	}
	named := maps.Clone(w.named)
	for _, name := range r.names() {
		named[name] = true
	}
	w.named = named
	w.statuses[s.Metadata.Name] = r.Info.Status
	w.checkDeployed(fmt.Sprintf("revision %d became %s", r.Version, r.Info.Status))
}

// checkDeployed checks I2 after a record has changed.
func (w *witness) checkDeployed(what string) {
	for _, status := range w.statuses {
		if status == "deployed" {
			w.deployed = true
			return
		}
	}
	if w.deployed && !w.ends {
		w.add("I2", "no revision is deployed after "+what)
	}
}

// reset is called when the command in question begins: what preceded it is the subject
// of another scenario.
func (w *witness) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.created, w.violations = map[string]bool{}, nil
}

// begin is called before each command.
func (w *witness) begin(uninstalls bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ends = uninstalls
	if len(w.statuses) == 0 {
		w.deployed = false
	}
}

// empty says that there is no record.
func (w *witness) empty() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.statuses) == 0
}

// checkHooks checks that each hook of a verb was made, and that the record of the last
// revision says that it succeeded (I6).
func (w *witness) checkHooks(verb string, records []*record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, name := range hooksOf(verb) {
		if !w.created[name] {
			w.add("I6", "hook "+name+" did not run")
		}
	}
	if len(records) == 0 {
		return
	}
	for _, h := range records[len(records)-1].Hooks {
		runs := slices.Contains(h.Events, "pre-"+verb) || slices.Contains(h.Events, "post-"+verb)
		if runs && h.LastRun.Phase != "Succeeded" {
			w.add("I6", fmt.Sprintf("the record says of hook %s/%s: %q", h.Kind, h.Name, h.LastRun.Phase))
		}
	}
}

// hooksOf lists the hooks that a verb of the chart of this package runs.
func hooksOf(verb string) []string {
	switch verb {
	case "install", "upgrade":
		return []string{"ConfigMap/first", "Job/before", "Job/after", "Pod/last"}
	case "rollback":
		return []string{"ConfigMap/first", "Job/back", "Job/after"}
	case "uninstall":
		return []string{"Job/going", "Job/gone"}
	}
	return nil
}

// seen returns the violations so far.
func (w *witness) seen() []Violation {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.violations)
}
