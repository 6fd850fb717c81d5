package deploy

import (
	"time"

	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/kube"
)

// Env is where the verbs work. The zero values of its last fields work.
type Env struct {
	Client *kube.Client
	// Store keeps the records of Namespace.
	Store     release.Store
	Namespace string
	// Now is the clock, time.Now if it is nil.
	Now func() time.Time
	// Notify is called with what happens meanwhile, from one goroutine at a time.
	Notify func(Event)
}

func (e *Env) now() time.Time {
	if e.Now != nil {
		return e.Now()
	}
	return time.Now()
}

func (e *Env) notify(ev Event) {
	if e.Notify != nil {
		e.Notify(ev)
	}
}

func (e *Env) warn(text string) { e.notify(Event{Kind: Warning, Text: text}) }

// EventKind says what an Event is about.
type EventKind int

// The kinds of events.
const (
	// Warning is something that the user should know; Text says what.
	Warning EventKind = iota
	// Applied is an object that was made, changed, deleted or left; see Change.
	Applied
	// Waiting is an object whose readiness changed; see Progress.
	Waiting
	// HookStarted and HookEnded are about the hook of Hook.
	HookStarted
	HookEnded
	// HookLog is the log of a container of a hook: Pod, Container, Text.
	HookLog
)

// Event is something that happened while a verb was at work.
type Event struct {
	Kind           EventKind
	Text           string
	Change         kube.Change
	Progress       kube.Progress
	Hook           *release.Hook
	Pod, Container string
}

// The ways to run without changing anything.
const (
	// DryRunNone changes things.
	DryRunNone = ""
	// DryRunClient asks no cluster, and renders as `template` does.
	DryRunClient = "client"
	// DryRunServer renders with what the cluster says and lets the server check the
	// objects, where it can before namespaces and definitions are there.
	DryRunServer = "server"
)

// Apply are the options that all verbs have which apply objects.
type Apply struct {
	// Timeout is for each step that waits: a hook, the objects. No limit if it is 0.
	Timeout time.Duration
	// Wait is kube.WaitWatcher, kube.WaitLegacy, or kube.WaitHookOnly (if empty).
	Wait        string
	WaitForJobs bool
	NoHooks     bool
	// ServerSide is "true", "false", or "auto": as the release was applied before.
	// Empty means "true" for Install and "auto" for the others.
	ServerSide     string
	ForceConflicts bool
	ForceReplace   bool
	TakeOwnership  bool
	CleanupOnFail  bool
	Description    string
	DryRun         string
}

// waits reports whether it is waited for objects.
func (a *Apply) waits() bool { return a.Wait != "" && a.Wait != kube.WaitHookOnly }
