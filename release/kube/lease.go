package kube

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// How long a lease lasts without being renewed, and how often it is renewed.
const (
	leaseDuration = 30 * time.Second
	leaseRenewal  = 5 * time.Second
)

const leaseTime = "2006-01-02T15:04:05.000000Z07:00"

// Lease is the right to work on a release, which one program at a time has. It is an
// object of coordination.k8s.io/v1.
type Lease struct {
	client   *Client
	path     string
	identity string

	mu      sync.Mutex
	object  leaseObject
	renewed time.Time // by the local clock, before the request was sent
	lost    error
	// denied says that this user may not use leases.
	denied error
	// stolen is what the dead holder was doing, if the lease was taken over.
	stolen   string
	isStolen bool

	stop func()
	done chan struct{}
	gone chan struct{}
}

type leaseObject struct {
	APIVersion string        `json:"apiVersion"`
	Kind       string        `json:"kind"`
	Metadata   leaseMetadata `json:"metadata"`
	Spec       leaseSpec     `json:"spec"`
}

type leaseMetadata struct {
	Name            string            `json:"name"`
	Namespace       string            `json:"namespace"`
	UID             string            `json:"uid,omitempty"`
	ResourceVersion string            `json:"resourceVersion,omitempty"`
	Labels          map[string]string `json:"labels,omitempty"`
	Annotations     map[string]string `json:"annotations,omitempty"`
}

type leaseSpec struct {
	Holder      string `json:"holderIdentity"`
	Seconds     int    `json:"leaseDurationSeconds"`
	AcquireTime string `json:"acquireTime,omitempty"`
	RenewTime   string `json:"renewTime,omitempty"`
	Transitions int    `json:"leaseTransitions"`
}

// operation is the annotation that says what a holder does.
const operation = "hchart.sh/operation"

// HeldError is a lease that another program has.
type HeldError struct {
	// Name is the release, Operation what is done to it: "upgrade".
	Name, Operation string
	// Holder says who: host and process.
	Holder string
	Since  time.Time
}

// Error begins with Helm's words for a release that is being worked on.
func (e *HeldError) Error() string {
	op := e.Operation
	if op == "" {
		op = "operation"
	}
	return fmt.Sprintf("another operation (install/upgrade/rollback) is in progress: %s of release %q by %s since %s; try again when it is done",
		op, e.Name, e.Holder, e.Since.UTC().Format(time.RFC3339))
}

// LostError is a lease that was taken over because it could not be renewed in time.
type LostError struct {
	Name string
	Err  error
}

func (e *LostError) Error() string {
	return fmt.Sprintf("the lease on release %q was lost, so nothing more is done: %v; another program may be at work on it, see 'status'", e.Name, e.Err)
}

func (e *LostError) Unwrap() error { return e.Err }

// LeaseOptions are the options of AcquireLease.
type LeaseOptions struct {
	// Operation is what the lease is wanted for: "install".
	Operation string
	// Waiting is called when it has to be waited until a holder who may be dead
	// shows that it is not, or its lease expires.
	Waiting func(holder string)
}

// LeaseName is the name of the Lease of a release.
func LeaseName(release string) string { return "hchart." + release }

// AcquireLease takes the lease of a release, or returns a *HeldError. The lease of a
// process that is dead, which a process on the same host can tell, is taken over at
// once; otherwise that of a holder who does not renew it, after 30 seconds by the local
// clock. A Lease whose Denied is not nil protects nothing: this user may not use leases.
func (c *Client) AcquireLease(ctx context.Context, namespace, release string, opts LeaseOptions) (*Lease, error) {
	l := &Lease{client: c, path: "/apis/coordination.k8s.io/v1/namespaces/" + namespace + "/leases", identity: identity()}
	l.object = leaseObject{
		APIVersion: "coordination.k8s.io/v1", Kind: "Lease",
		Metadata: leaseMetadata{
			Name: LeaseName(release), Namespace: namespace,
			Labels:      map[string]string{managedBy: "hchart"},
			Annotations: map[string]string{operation: opts.Operation},
		},
	}
	for {
		l.stolen, l.isStolen = "", false
		err := l.create(ctx)
		switch {
		case err == nil:
			l.keep()
			return l, nil
		case IsForbidden(err) && !terminating(err):
			l.denied = err
			return l, nil
		case !IsConflict(err):
			return nil, err
		}
		taken, err := l.takeOver(ctx, release, opts)
		if err != nil {
			return nil, err
		}
		if taken {
			l.keep()
			return l, nil
		}
	}
}

func terminating(err error) bool {
	s, ok := err.(*StatusError)
	return ok && s.HasCause("NamespaceTerminating")
}

// create makes the object.
func (l *Lease) create(ctx context.Context) error {
	now := time.Now()
	obj := l.object
	obj.Metadata.UID, obj.Metadata.ResourceVersion = "", ""
	obj.Spec = leaseSpec{Holder: l.identity, Seconds: int(leaseDuration / time.Second), AcquireTime: now.UTC().Format(leaseTime), RenewTime: now.UTC().Format(leaseTime)}
	return l.write(ctx, http.MethodPost, l.path, &obj, now)
}

func (l *Lease) write(ctx context.Context, method, path string, obj *leaseObject, at time.Time) error {
	var made leaseObject
	if err := l.client.call(ctx, method, path, url.Values{"fieldManager": {"hchart"}}, obj, &made); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.object, l.renewed = made, at
	return nil
}

// takeOver looks at a lease that is there. It reports true when it is now ours, false
// when it is gone.
func (l *Lease) takeOver(ctx context.Context, release string, opts LeaseOptions) (bool, error) {
	var first, now leaseObject
	start := time.Now()
	for {
		err := l.client.call(ctx, http.MethodGet, l.path+"/"+l.object.Metadata.Name, nil, nil, &now)
		if IsNotFound(err) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		held := &HeldError{Name: release, Operation: now.Metadata.Annotations[operation], Holder: holder(now.Spec.Holder)}
		held.Since, _ = time.Parse(leaseTime, now.Spec.AcquireTime)
		lasts := time.Duration(now.Spec.Seconds) * time.Second
		alive, known := isAlive(now.Spec.Holder)
		switch {
		case now.Spec.Holder == "" || known && !alive || first.Metadata.UID == now.Metadata.UID && time.Since(start) > lasts:
			l.stolen, l.isStolen = now.Metadata.Annotations[operation], true
			err := l.steal(ctx, now)
			if IsConflict(err) || IsNotFound(err) {
				return false, nil
			}
			return err == nil, err
		case known && alive, first.Metadata.UID == now.Metadata.UID && first.Metadata.ResourceVersion != now.Metadata.ResourceVersion:
			return false, held
		case first.Metadata.UID != now.Metadata.UID:
			first, start = now, time.Now()
			if opts.Waiting != nil {
				opts.Waiting(held.Holder)
			}
		}
		if !sleep(ctx, time.Second) {
			return false, ctx.Err()
		}
	}
}

// steal writes oneself into the lease of another, if it is still the one looked at.
func (l *Lease) steal(ctx context.Context, old leaseObject) error {
	now := time.Now()
	old.Metadata.Annotations = l.object.Metadata.Annotations
	old.Metadata.Labels = l.object.Metadata.Labels
	old.Spec = leaseSpec{
		Holder: l.identity, Seconds: int(leaseDuration / time.Second), Transitions: old.Spec.Transitions + 1,
		AcquireTime: now.UTC().Format(leaseTime), RenewTime: now.UTC().Format(leaseTime),
	}
	return l.write(ctx, http.MethodPut, l.path+"/"+old.Metadata.Name, &old, now)
}

// keep renews the lease until it is released.
func (l *Lease) keep() {
	ctx, cancel := context.WithCancel(context.Background())
	l.stop, l.done, l.gone = cancel, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(l.done)
		for sleep(ctx, leaseRenewal) {
			if err := l.renew(ctx); err != nil && ctx.Err() == nil && l.isLost(err) {
				close(l.gone)
				return
			}
		}
	}()
}

func (l *Lease) renew(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, leaseRenewal)
	defer cancel()
	l.mu.Lock()
	obj := l.object
	l.mu.Unlock()
	now := time.Now()
	obj.Spec.RenewTime = now.UTC().Format(leaseTime)
	return l.write(ctx, http.MethodPut, l.path+"/"+obj.Metadata.Name, &obj, now)
}

// isLost decides what a failed renewal means: another one's lease, or one that has
// expired, is lost.
func (l *Lease) isLost(err error) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if IsConflict(err) || IsNotFound(err) || time.Since(l.renewed) > leaseDuration-leaseRenewal {
		l.lost = &LostError{Name: l.object.Metadata.Name, Err: err}
		return true
	}
	return false
}

// freshFor is how long a renewal vouches for the lease: a batch of writes begun then
// ends, or is cancelled through Lost, well before another may take the lease.
const freshFor = 10 * time.Second

// Check makes sure that the lease is held, before something is written. It asks the
// server only when the last renewal is a while ago.
func (l *Lease) Check(ctx context.Context) error {
	if l.denied != nil {
		return ctx.Err()
	}
	l.mu.Lock()
	lost, fresh := l.lost, time.Since(l.renewed) < freshFor
	l.mu.Unlock()
	if lost != nil || fresh {
		return lost
	}
	if err := l.renew(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return &LostError{Name: l.object.Metadata.Name, Err: err}
	}
	return nil
}

// Denied is why there is no lease; nil if there is one.
func (l *Lease) Denied() error { return l.denied }

// Stolen returns what the holder was doing who died with this lease, and whether there
// was one.
func (l *Lease) Stolen() (operation string, ok bool) { return l.stolen, l.isStolen }

// Abandon stops renewing the lease and leaves its object: who takes it over knows that
// the work was not ended.
func (l *Lease) Abandon() {
	if l.denied == nil {
		l.stop()
		<-l.done
	}
}

// Lost is closed when the lease is lost. It is nil, and never ready, without a lease.
func (l *Lease) Lost() <-chan struct{} { return l.gone }

// Release gives the lease back: its object is deleted, unless another has it.
func (l *Lease) Release(ctx context.Context) error {
	if l.denied != nil {
		return nil
	}
	l.stop()
	<-l.done
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost != nil {
		return nil
	}
	pre := map[string]any{
		"apiVersion": "v1", "kind": "DeleteOptions",
		"preconditions": map[string]any{"uid": l.object.Metadata.UID, "resourceVersion": l.object.Metadata.ResourceVersion},
	}
	err := l.client.call(ctx, http.MethodDelete, l.path+"/"+l.object.Metadata.Name, nil, pre, nil)
	if IsNotFound(err) || IsConflict(err) {
		return nil
	}
	return err
}

// nonce tells two leases of one process apart.
func nonce() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
