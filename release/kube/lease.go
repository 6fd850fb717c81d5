package kube

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"maps"
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

	// renewing is held while the object is written: two renewals at a time would
	// conflict with one another.
	renewing sync.Mutex
	mu       sync.Mutex
	object   leaseObject
	renewed  time.Time // by the local clock, before the request was sent
	lost     error
	// denied says that this user may not use leases.
	denied error
	// stolen is the dead holder, if the lease was taken over.
	stolen   Dead
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

// The annotations that say what a holder does, and since when there may be work that a
// holder did not end: it is there when one died after the other.
const (
	operation   = "hchart.sh/operation"
	undoneSince = "hchart.sh/undone-since"
)

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
		l.stolen, l.isStolen = Dead{}, false
		taken, exists, err := l.create(ctx)
		if exists {
			taken, err = l.takeOver(ctx, release, opts)
		}
		switch {
		case IsForbidden(err) && !terminating(err):
			l.denied = err
			return l, nil
		case err != nil:
			if _, held := err.(*HeldError); !held && !l.isStolen {
				l.withdraw(ctx)
			}
			return nil, err
		case taken:
			l.keep()
			return l, nil
		}
	}
}

func terminating(err error) bool {
	s, ok := err.(*StatusError)
	return ok && s.HasCause("NamespaceTerminating")
}

// create makes the object. It reports whether it is ours, or is another's.
func (l *Lease) create(ctx context.Context) (mine, exists bool, err error) {
	now := time.Now()
	obj := l.object
	obj.Metadata.UID, obj.Metadata.ResourceVersion = "", ""
	obj.Spec = l.spec(now, 0)
	err = l.write(ctx, http.MethodPost, l.path, &obj, now)
	switch {
	case err == nil:
		return true, false, nil
	case IsConflict(err):
		return false, true, nil
	case IsForbidden(err):
		return false, false, err
	}
	// It may have been made all the same, if only the answer went missing.
	mine, unknown := l.adopt(ctx, now)
	if unknown != nil {
		return false, false, err
	}
	return mine, !mine, nil
}

// spec says that the lease is ours from now on.
func (l *Lease) spec(now time.Time, transitions int) leaseSpec {
	at := now.UTC().Format(leaseTime)
	return leaseSpec{Holder: l.identity, Seconds: int(leaseDuration / time.Second), AcquireTime: at, RenewTime: at, Transitions: transitions}
}

// withdraw deletes the object, should it be ours, when the lease is not had after all.
// What the caller waits for is over, so it gets a second.
func (l *Lease) withdraw(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if mine, _ := l.adopt(ctx, time.Now()); mine {
		_ = l.remove(ctx) // its holder is gone soon, which the next one sees
	}
}

func (l *Lease) write(ctx context.Context, method, path string, obj *leaseObject, at time.Time) error {
	var made leaseObject
	if err := l.client.call(ctx, method, path, url.Values{"fieldManager": {"hchart"}}, obj, &made); err != nil {
		return err
	}
	l.set(made, at)
	return nil
}

func (l *Lease) set(o leaseObject, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.object, l.renewed = o, at
}

// takeOver looks at a lease that is there. It reports true when it is now ours, false
// when it is gone.
func (l *Lease) takeOver(ctx context.Context, release string, opts LeaseOptions) (bool, error) {
	var first leaseObject
	start := time.Now()
	for {
		now, err := l.read(ctx)
		if IsNotFound(err) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		alive, known := isAlive(now.Spec.Holder)
		same := first.Metadata.UID == now.Metadata.UID
		renewed := same && first.Metadata.ResourceVersion != now.Metadata.ResourceVersion
		switch {
		case now.Spec.Holder == l.identity: // the answer to our request went missing
			l.set(now, start)
			return true, nil
		case now.Spec.Holder == "" || known && (!alive || now.Spec.isOver()) || same && !renewed && time.Since(start) > now.Spec.lasts():
			l.stolen, l.isStolen = now.dead(), true
			err := l.steal(ctx, now)
			if IsConflict(err) || IsNotFound(err) {
				return false, nil
			}
			return err == nil, err
		case known && alive || renewed:
			return false, now.heldBy(release)
		case !same:
			first, start = now, time.Now()
			if opts.Waiting != nil {
				opts.Waiting(holder(now.Spec.Holder))
			}
		}
		if !sleep(ctx, time.Second) {
			return false, ctx.Err()
		}
	}
}

// read reads the object.
func (l *Lease) read(ctx context.Context) (leaseObject, error) {
	var o leaseObject
	err := l.client.call(ctx, http.MethodGet, l.path+"/"+l.object.Metadata.Name, nil, nil, &o)
	return o, err
}

// isOver reports whether the lease has expired by the clock of the machine that wrote it.
func (s *leaseSpec) isOver() bool {
	renewed, err := time.Parse(leaseTime, s.RenewTime)
	return err == nil && time.Since(renewed) > s.lasts()
}

// lasts is how long the lease is good without being renewed. What others wrote there is
// taken for what is sensible only.
func (s *leaseSpec) lasts() time.Duration {
	return time.Duration(min(max(s.Seconds, 1), 600)) * time.Second
}

func (o *leaseObject) heldBy(release string) *HeldError {
	held := &HeldError{Name: release, Operation: o.Metadata.Annotations[operation], Holder: holder(o.Spec.Holder)}
	held.Since, _ = time.Parse(leaseTime, o.Spec.AcquireTime)
	return held
}

// steal writes oneself into the lease of another, if it is still the one looked at.
func (l *Lease) steal(ctx context.Context, old leaseObject) error {
	now := time.Now()
	old.Metadata.Annotations = maps.Clone(l.object.Metadata.Annotations)
	old.Metadata.Annotations[undoneSince] = l.stolen.Since.UTC().Format(leaseTime)
	old.Metadata.Labels = l.object.Metadata.Labels
	old.Spec = l.spec(now, old.Spec.Transitions+1)
	err := l.write(ctx, http.MethodPut, l.path+"/"+old.Metadata.Name, &old, now)
	if err != nil && !IsConflict(err) && !IsNotFound(err) {
		if mine, _ := l.adopt(ctx, now); mine {
			return nil
		}
	}
	return err
}

// Denied is why there is no lease; nil if there is one.
func (l *Lease) Denied() error { return l.denied }

// Dead is a holder that died with a lease.
type Dead struct {
	// Operation is what it was doing: "install".
	Operation string
	// Since and Until, by its own clock, are between when it did that. If the one it
	// had taken the lease over from had died, too, Since is that one's.
	Since, Until time.Time
}

// dead is what is known of a holder that is dead.
func (o *leaseObject) dead() Dead {
	d := Dead{Operation: o.Metadata.Annotations[operation]}
	began := o.Spec.AcquireTime
	if before := o.Metadata.Annotations[undoneSince]; before != "" {
		began = before
	}
	d.Since, _ = time.Parse(leaseTime, began)
	if renewed, err := time.Parse(leaseTime, o.Spec.RenewTime); err == nil {
		d.Until = renewed.Add(o.Spec.lasts())
	}
	return d
}

// Stolen returns the holder who died with this lease, and whether there was one.
func (l *Lease) Stolen() (Dead, bool) { return l.stolen, l.isStolen }

// nonce tells two leases of one process apart.
func nonce() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
