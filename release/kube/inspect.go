package kube

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hchart/hchart/release/kube/status"
)

// How often the pods of what is not ready are looked at, and how many objects at a time.
const (
	inspectFirst = 2 * time.Second
	inspectLast  = 15 * time.Second
	inspectMax   = 20
)

// hopeless is the reason of what inspect found.
const hopeless = "CannotSucceed"

// quotaTime is how long a quota is in the way before waiting ends.
const quotaTime = 10 * time.Second

// clockSkew is how much the clocks of nodes may differ from ours.
const clockSkew = 2 * time.Second

// inspect looks from time to time for objects that will never be ready.
func (w *waiter) inspect(ctx context.Context) {
	for wait := inspectFirst; sleep(ctx, wait); wait = min(2*wait, inspectLast) {
		for i, o := range w.pending() {
			if i == inspectMax {
				break
			}
			live, result := w.live(o)
			reason := ""
			if live != nil {
				reason = w.hopeless(ctx, o, live)
			}
			if reason != "" && ctx.Err() == nil {
				w.set(o, status.Result{Status: status.Failed, Reason: hopeless, Message: result.Message + ": " + reason}, live, true)
				return
			}
		}
	}
}

// hopeless says why an object cannot become ready, "" if that is not certain.
func (w *waiter) hopeless(ctx context.Context, o *Object, live map[string]any) string {
	if reason := w.overQuota(ctx, o, live); reason != "" {
		return reason
	}
	pods, err := w.client.newestPods(ctx, live)
	if err != nil {
		return ""
	}
	for _, p := range pods {
		for _, s := range containerStatuses(p) {
			if reason := w.stuck(s); reason != "" {
				return fmt.Sprintf("container %q of pod %s %s", lookup(s, "name"), lookup(p, "metadata", "name"), reason)
			}
		}
	}
	return ""
}

// stuck says why a container will not run in time.
func (w *waiter) stuck(s any) string {
	message, _ := lookup(s, "state", "waiting", "message").(string)
	switch lookup(s, "state", "waiting", "reason") {
	case "InvalidImageName":
		return "has an invalid image name"
	case "CrashLoopBackOff":
		again, ok := startsAgain(message, lookup(s, "lastState", "terminated", "finishedAt"))
		if ok && !w.deadline.IsZero() && again.After(w.deadline.Add(clockSkew)) {
			return fmt.Sprintf("has crashed %v times and is started again only after the time to wait is over", lookup(s, "restartCount"))
		}
	}
	return ""
}

// startsAgain tells when a container that crashed is started again: the kubelet says
// "back-off 2m40s restarting failed container=web pod=…".
func startsAgain(message string, finished any) (time.Time, bool) {
	word, rest, _ := strings.Cut(message, " ")
	pause, _, _ := strings.Cut(rest, " ")
	text, _ := finished.(string)
	at, err := time.Parse(time.RFC3339, text)
	if word != "back-off" || err != nil {
		return time.Time{}, false
	}
	d, err := time.ParseDuration(pause)
	return at.Add(d), err == nil
}

// overQuota says so when a quota has kept pods of a workload from being made for some
// time and nothing is about to make room.
func (w *waiter) overQuota(ctx context.Context, o *Object, live map[string]any) string {
	message, failure := conditionMessage(live, "ReplicaFailure", "True")
	now := time.Now()
	w.mu.Lock()
	s := w.states[o]
	if !failure || !strings.Contains(message, "exceeded quota") || w.roomToCome() {
		s.blocked = time.Time{}
	} else if s.blocked.IsZero() {
		s.blocked = now
	}
	since := s.blocked
	w.mu.Unlock()
	if since.IsZero() || now.Sub(since) < quotaTime {
		return ""
	}
	namespace, _ := lookup(live, "metadata", "namespace").(string)
	if going, err := w.client.podsGoing(ctx, namespace); err != nil || going {
		return ""
	}
	return message
}

// roomToCome reports whether something that is waited for will need less than now: an
// update that has old pods, a Job that is not over.
func (w *waiter) roomToCome() bool {
	for o, s := range w.states {
		if s.Status == status.Current || s.live == nil {
			continue
		}
		replicas, _ := lookup(s.live, "status", "replicas").(int64)
		updated, _ := lookup(s.live, "status", "updatedReplicas").(int64)
		if o.Kind == "Job" || (o.Kind == "Deployment" || o.Kind == "StatefulSet") && replicas > updated {
			return true
		}
	}
	return false
}

// podsGoing reports whether some pods of a namespace are being deleted.
func (c *Client) podsGoing(ctx context.Context, namespace string) (bool, error) {
	var l objectList
	err := c.call(ctx, http.MethodGet, "/api/v1/namespaces/"+namespace+"/pods", url.Values{"limit": {"500"}}, nil, &l)
	for _, p := range l.Items {
		if lookup(p, "metadata", "deletionTimestamp") != nil {
			return true, nil
		}
	}
	return false, err
}
