package kube

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/hchart/hchart/release/kube/status"
)

// How much is told of what went wrong.
const (
	diagnoseTime  = 5 * time.Second
	diagnosedPods = 3
	logLines      = 10
	lineBytes     = 500
	lastEvents    = 5
)

// crashLimit is how often a container may crash before waiting for it ends.
const crashLimit = 5

// inspectInterval is how often the pods of what is not ready are looked at.
const inspectInterval = 4 * time.Second

// inspect looks from time to time for pods that will never be ready.
func (w *waiter) inspect(ctx context.Context) {
	for sleep(ctx, inspectInterval) {
		for _, o := range w.pending() {
			w.mu.Lock()
			live, result := w.lives[o], w.results[o]
			w.mu.Unlock()
			if reason := w.client.hopeless(ctx, live); reason != "" && ctx.Err() == nil {
				result.Status, result.Reason, result.Message = status.Failed, hopeless, result.Message+": "+reason
				w.set(o, result, live)
				return
			}
		}
	}
}

// hopeless says why an object cannot become ready, "" if that is not certain.
func (c *Client) hopeless(ctx context.Context, live map[string]any) string {
	if live == nil {
		return ""
	}
	if message, ok := conditionMessage(live, "ReplicaFailure", "True"); ok && strings.Contains(message, "exceeded quota") {
		return message
	}
	pods, err := c.PodsOf(ctx, live)
	if err != nil {
		return ""
	}
	for _, p := range pods {
		for _, s := range containerStatuses(p) {
			reason, _ := lookup(s, "state", "waiting", "reason").(string)
			restarts, _ := lookup(s, "restartCount").(int64)
			switch {
			case reason == "InvalidImageName":
				return fmt.Sprintf("container %q of pod %s has an invalid image name", lookup(s, "name"), lookup(p, "metadata", "name"))
			case reason == "CrashLoopBackOff" && restarts >= crashLimit:
				return fmt.Sprintf("container %q of pod %s has crashed %d times", lookup(s, "name"), lookup(p, "metadata", "name"), restarts)
			}
		}
	}
	return ""
}

// PodsOf lists the pods of a workload, those of the newest ReplicaSet of a Deployment
// first; a Pod is its own.
func (c *Client) PodsOf(ctx context.Context, live map[string]any) ([]map[string]any, error) {
	kind, _ := live["kind"].(string)
	namespace, _ := lookup(live, "metadata", "namespace").(string)
	if kind == "Pod" {
		return []map[string]any{live}, nil
	}
	selector := selectorText(lookup(live, "spec", "selector"))
	if selector == "" || !isWorkload(kind) {
		return nil, nil
	}
	var l objectList
	err := c.call(ctx, http.MethodGet, "/api/v1/namespaces/"+namespace+"/pods", url.Values{"labelSelector": {selector}, "limit": {"50"}}, nil, &l)
	sort.SliceStable(l.Items, func(i, j int) bool {
		a, _ := lookup(l.Items[i], "metadata", "creationTimestamp").(string)
		b, _ := lookup(l.Items[j], "metadata", "creationTimestamp").(string)
		return a > b
	})
	return l.Items, err
}

func isWorkload(kind string) bool {
	return slices.Contains([]string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "ReplicationController"}, kind)
}

// selectorText writes a selector of an object as a list request wants it.
func selectorText(selector any) string {
	m, _ := selector.(map[string]any)
	labels, ok := m["matchLabels"].(map[string]any)
	if !ok && m["matchExpressions"] == nil {
		labels = m
	}
	var parts []string
	for k, v := range labels {
		parts = append(parts, fmt.Sprintf("%s=%v", k, v))
	}
	sort.Strings(parts)
	return strings.Join(parts, ",")
}

func containerStatuses(pod map[string]any) []any {
	inits, _ := lookup(pod, "status", "initContainerStatuses").([]any)
	mains, _ := lookup(pod, "status", "containerStatuses").([]any)
	return slices.Concat(inits, mains)
}

// diagnose finds out why objects are not ready.
func (w *waiter) diagnose(ctx context.Context, objs []*Object) []NotReady {
	ctx, cancel := context.WithTimeout(ctx, diagnoseTime)
	defer cancel()
	var all []NotReady
	for _, o := range objs {
		n := NotReady{Object: o, Result: w.results[o]}
		if live := w.lives[o]; live != nil {
			n.Details = w.client.Explain(ctx, live)
		}
		all = append(all, n)
	}
	return all
}

// Explain tells in lines of text what is wrong with a live object: its conditions, the
// containers of its pods that do not run, the end of their logs, and the last warnings
// among its events. What cannot be found out is left out.
func (c *Client) Explain(ctx context.Context, live map[string]any) []string {
	var lines []string
	if message, ok := conditionMessage(live, "ReplicaFailure", "True"); ok {
		lines = append(lines, message)
	}
	lines = append(lines, c.warningsAbout(ctx, live)...)
	pods, err := c.PodsOf(ctx, live)
	if err != nil {
		return lines
	}
	told := 0
	for _, p := range pods {
		if told == diagnosedPods {
			break
		}
		if about := c.explainPod(ctx, p); len(about) > 0 {
			lines = append(lines, about...)
			told++
		}
	}
	return lines
}

func (c *Client) explainPod(ctx context.Context, pod map[string]any) []string {
	name, _ := lookup(pod, "metadata", "name").(string)
	namespace, _ := lookup(pod, "metadata", "namespace").(string)
	var lines []string
	if message, ok := conditionMessage(pod, "PodScheduled", "False"); ok {
		lines = append(lines, fmt.Sprintf("pod %s: %s", name, message))
	}
	for _, s := range containerStatuses(pod) {
		container, _ := lookup(s, "name").(string)
		text, ended := containerTrouble(s)
		if text == "" {
			continue
		}
		lines = append(lines, fmt.Sprintf("pod %s: container %q: %s", name, container, text))
		if ended {
			previous := lookup(s, "state", "terminated") == nil
			for _, l := range c.lastLines(ctx, namespace, name, container, previous) {
				lines = append(lines, "  | "+l)
			}
		}
	}
	if len(lines) > 0 || lookup(pod, "status", "phase") == "Pending" {
		lines = append(lines, c.warningsAbout(ctx, pod)...)
	}
	return lines
}

// containerTrouble says what is wrong with a container, and whether it has ended, so
// that there is a log.
func containerTrouble(s any) (text string, ended bool) {
	code, terminated := lookup(s, "state", "terminated", "exitCode").(int64)
	last, before := lookup(s, "lastState", "terminated", "exitCode").(int64)
	waiting, _ := lookup(s, "state", "waiting", "reason").(string)
	message, _ := lookup(s, "state", "waiting", "message").(string)
	restarts, _ := lookup(s, "restartCount").(int64)
	switch {
	case terminated && code != 0:
		reason, _ := lookup(s, "state", "terminated", "reason").(string)
		return fmt.Sprintf("ended with exit code %d (%s)", code, reason), true
	case waiting != "" && before:
		return fmt.Sprintf("%s after %d restarts, last exit code %d", waiting, restarts, last), true
	case waiting != "" && waiting != "ContainerCreating" && waiting != "PodInitializing":
		return strings.TrimSuffix(waiting+": "+message, ": "), false
	}
	return "", false
}

// lastLines is the end of a log.
func (c *Client) lastLines(ctx context.Context, namespace, pod, container string, previous bool) []string {
	body, err := c.Logs(ctx, namespace, pod, container, LogOptions{Tail: logLines, Previous: previous})
	if err != nil {
		if !previous {
			return nil
		}
		if body, err = c.Logs(ctx, namespace, pod, container, LogOptions{Tail: logLines}); err != nil {
			return nil
		}
	}
	defer body.Close()
	data, _ := io.ReadAll(io.LimitReader(body, 64<<10)) // what could be read is better than nothing
	var lines []string
	for _, l := range strings.Split(strings.TrimRight(string(data), "\n"), "\n") {
		if len(l) > lineBytes {
			l = l[:lineBytes] + "…"
		}
		lines = append(lines, printable(l))
	}
	return lines[max(0, len(lines)-logLines):]
}

// printable replaces what a terminal would obey.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return '?'
		}
		return r
	}, s)
}

// warningsAbout are the last events of the type Warning about an object.
func (c *Client) warningsAbout(ctx context.Context, live map[string]any) []string {
	uid, _ := lookup(live, "metadata", "uid").(string)
	namespace, _ := lookup(live, "metadata", "namespace").(string)
	if uid == "" || namespace == "" {
		return nil
	}
	var l objectList
	query := url.Values{"fieldSelector": {"involvedObject.uid=" + uid + ",type=Warning"}, "limit": {"100"}}
	if err := c.call(ctx, http.MethodGet, "/api/v1/namespaces/"+namespace+"/events", query, nil, &l); err != nil {
		return nil
	}
	sort.SliceStable(l.Items, func(i, j int) bool { return eventTime(l.Items[i]) < eventTime(l.Items[j]) })
	var lines []string
	for _, e := range l.Items[max(0, len(l.Items)-lastEvents):] {
		lines = append(lines, printable(fmt.Sprintf("event %v: %v", e["reason"], e["message"])))
	}
	return lines
}

func eventTime(e map[string]any) string {
	for _, f := range []string{"lastTimestamp", "eventTime", "firstTimestamp"} {
		if s, ok := e[f].(string); ok && s != "" {
			return s
		}
	}
	return ""
}
