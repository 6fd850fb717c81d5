package kube

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"time"
	"unicode"
)

// How much is told of what went wrong.
const (
	diagnoseTime  = 5 * time.Second
	diagnosedPods = 3
	// of that many objects of a release
	diagnosedObjects = 20
	logLines         = 10
	lineBytes        = 500
	lastEvents       = 5
)

// diagnose adds to objects that are not ready what can be found out about why.
func (w *waiter) diagnose(ctx context.Context, all []NotReady) {
	ctx, cancel := context.WithTimeout(ctx, diagnoseTime)
	defer cancel()
	_ = w.client.parallel(ctx, min(len(all), diagnosedObjects), func(i int) error { // what is missing is left out
		live, _ := w.live(all[i].Object)
		if live != nil {
			all[i].Details = w.client.Explain(ctx, live)
		}
		return nil
	})
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
		if unicode.IsControl(r) && r != '\t' {
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
