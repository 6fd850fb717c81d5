package manifest

import (
	"slices"
	"strconv"
	"strings"
)

// The annotations that make a document a hook and say how it is run.
const (
	// HookAnnotation lists events, separated by commas.
	HookAnnotation = "helm.sh/hook"
	// WeightAnnotation is a decimal integer; anything else counts as 0.
	WeightAnnotation = "helm.sh/hook-weight"
	// DeletePolicyAnnotation lists when the hook's resource is deleted.
	DeletePolicyAnnotation = "helm.sh/hook-delete-policy"
	// OutputLogPolicyAnnotation lists when the logs of a Pod or Job are shown.
	OutputLogPolicyAnnotation = "helm.sh/hook-output-log-policy"
)

// Event is a moment of a release's life at which a hook runs.
type Event string

// The events, by the names used in the annotation helm.sh/hook.
const (
	PreInstall   Event = "pre-install"
	PostInstall  Event = "post-install"
	PreDelete    Event = "pre-delete"
	PostDelete   Event = "post-delete"
	PreUpgrade   Event = "pre-upgrade"
	PostUpgrade  Event = "post-upgrade"
	PreRollback  Event = "pre-rollback"
	PostRollback Event = "post-rollback"
	Test         Event = "test"
)

// Hook is a document with the annotation helm.sh/hook.
type Hook struct {
	Document
	// Events are in the order of the annotation, repetitions included.
	Events []Event
	// Weight orders the hooks of one event, lightest first.
	Weight int
	// DeletePolicies and OutputLogPolicies are as written, in lower case and
	// trimmed, not checked against the known ones; empty, never nil.
	DeletePolicies    []string
	OutputLogPolicies []string
}

// RunsAt reports whether the hook runs at the event.
func (h *Hook) RunsAt(event Event) bool { return slices.Contains(h.Events, event) }

// IsTest reports whether the hook runs at the event test, whatever else it
// runs at.
func (h *Hook) IsTest() bool { return h.RunsAt(Test) }

// newHook makes a hook of a document whose annotation helm.sh/hook is names.
// It reports false when one of the names is not an event.
func newHook(doc Document, names string) (Hook, bool) {
	h := Hook{Document: doc, Events: []Event{}, DeletePolicies: []string{}, OutputLogPolicies: []string{}}
	for name := range strings.SplitSeq(names, ",") {
		event, ok := eventNamed(annotationWord(name))
		if !ok {
			return Hook{}, false
		}
		h.Events = append(h.Events, event)
	}
	if weight, err := strconv.Atoi(doc.Annotations[WeightAnnotation]); err == nil {
		h.Weight = weight
	}
	h.DeletePolicies = appendWords(h.DeletePolicies, doc, DeletePolicyAnnotation)
	h.OutputLogPolicies = appendWords(h.OutputLogPolicies, doc, OutputLogPolicyAnnotation)
	return h, true
}

// eventNamed returns the event that the annotation calls name. Helm 2 called
// the event test "test-success".
func eventNamed(name string) (Event, bool) {
	switch event := Event(name); event {
	case PreInstall, PostInstall, PreDelete, PostDelete, PreUpgrade, PostUpgrade,
		PreRollback, PostRollback, Test:
		return event, true
	case "test-success":
		return Test, true
	}
	return "", false
}

// appendWords appends the comma-separated words of an annotation. An
// annotation that is there but empty has one empty word.
func appendWords(words []string, doc Document, annotation string) []string {
	list, ok := doc.Annotations[annotation]
	if !ok {
		return words
	}
	for word := range strings.SplitSeq(list, ",") {
		words = append(words, annotationWord(word))
	}
	return words
}

func annotationWord(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
