package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hchart/hchart/release/kube/status"
)

// The states of the objects of these tests.
const (
	running  = `"status":{"startTime":"2026-01-01T00:00:00Z"}`
	complete = `"status":{"conditions":[{"type":"Complete","status":"True"}]}`
	broke    = `"status":{"conditions":[{"type":"Failed","status":"True"}]}`
	late     = `"status":{"conditions":[{"type":"Progressing","reason":"ProgressDeadlineExceeded","status":"False"}]}`
	ready    = `"status":{"replicas":1,"updatedReplicas":1,"readyReplicas":1,"availableReplicas":1,"conditions":[{"type":"Available","status":"True"}]}`
)

// thing writes a Job or a Deployment.
func thing(kind, name, state string) string {
	version := "apps/v1"
	if kind == "Job" {
		version = "batch/v1"
	}
	return fmt.Sprintf(`{"apiVersion":%q,"kind":%q,"metadata":{"name":%q,"namespace":"n","uid":%q},%s}`, version, kind, name, name, state)
}

func items(things ...string) string {
	return `{"kind":"List","metadata":{"resourceVersion":"1"},"items":[` + strings.Join(things, ",") + `]}`
}

func event(kind, thing string) string { return `{"type":"` + kind + `","object":` + thing + `}` }

// waited makes the objects of a test: "Job a".
func waited(t *testing.T, c *Client, names ...string) []*Object {
	t.Helper()
	var objs []*Object
	for _, n := range names {
		kind, name, _ := strings.Cut(n, " ")
		var fields map[string]any
		if err := json.Unmarshal([]byte(thing(kind, name, `"spec":{}`)), &fields); err != nil {
			t.Fatal(err)
		}
		objs = append(objs, &Object{APIVersion: fields["apiVersion"].(string), Kind: kind, Name: name, Namespace: "n", Fields: fields})
	}
	if err := c.Resolve(t.Context(), objs, "n"); err != nil {
		t.Fatal(err)
	}
	return objs
}

// play is what a server says to the requests for a resource, in turn; the last answer
// is repeated. "403" and the like are codes. A watch ends after its events, or stays
// open if the last is "open".
type play struct {
	lists, gets []string
	watches     [][]string

	list, get, watch atomic.Int32
}

func (s *play) answer(w http.ResponseWriter, r *http.Request, single bool) {
	switch {
	case r.URL.Query().Get("watch") != "":
		i := min(int(s.watch.Add(1)), len(s.watches)) - 1
		if i < 0 {
			<-r.Context().Done()
			return
		}
		for _, e := range s.watches[i] {
			if e == "open" {
				<-r.Context().Done()
				return
			}
			say(w, e)
			w.(http.Flusher).Flush()
		}
	case single:
		say(w, s.gets[min(int(s.get.Add(1)), len(s.gets))-1])
	default:
		say(w, s.lists[min(int(s.list.Add(1)), len(s.lists))-1])
	}
}

func say(w http.ResponseWriter, text string) {
	var code int
	if n, _ := fmt.Sscan(text, &code); n == 1 && len(text) == 3 {
		refuse(w, code, `{"kind":"Status","message":"no"}`)
		return
	}
	_, _ = io.WriteString(w, text+"\n")
}

// serve answers for Jobs and Deployments by their plays. There are no pods.
func serve(t *testing.T, jobs, deployments *play) *Client {
	t.Helper()
	return client(t, server(t, func(w http.ResponseWriter, r *http.Request) {
		parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/") // apis batch v1 namespaces n jobs a
		switch {
		case strings.Contains(r.URL.Path, "/jobs"):
			jobs.answer(w, r, len(parts) == 7)
		case strings.Contains(r.URL.Path, "/deployments"):
			deployments.answer(w, r, len(parts) == 7)
		default:
			say(w, items())
		}
	}), nil)
}

// TestWait checks what waiting makes of what a server says.
func TestWait(t *testing.T) {
	job := WaitOptions{Jobs: true}
	for _, tt := range []struct {
		name              string
		objects           string
		jobs, deployments *play
		opts              WaitOptions
		cause             error // context.Canceled stands for an error that is no *WaitError
		watches           int32 // of Jobs
	}{
		{"there already", "Job a", &play{lists: []string{items(thing("Job", "a", complete))}}, &play{}, job, nil, 0},
		{"later", "Job a", &play{lists: []string{items()}, watches: [][]string{{event("ADDED", thing("Job", "a", running)), event("MODIFIED", thing("Job", "a", complete)), "open"}}},
			&play{}, job, nil, 1},
		{"somebody else's", "Job a,Job b", &play{lists: []string{items(thing("Job", "a", complete), thing("Job", "c", broke))},
			watches: [][]string{{event("MODIFIED", thing("Job", "c", broke)), event("ADDED", thing("Job", "b", complete)), "open"}}}, &play{}, job, nil, 1},
		{"the watch ends", "Job a", &play{lists: []string{items(), items(thing("Job", "a", complete))}, watches: [][]string{{event("ADDED", thing("Job", "a", running))}}},
			&play{}, job, nil, 1},
		{"too old a version", "Job a", &play{lists: []string{items(), items(thing("Job", "a", complete))},
			watches: [][]string{{`{"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old resource version"}}`}}}, &play{}, job, nil, 1},
		{"garbage", "Job a", &play{lists: []string{items(), items(thing("Job", "a", complete))}, watches: [][]string{{"}{"}}}, &play{}, job, nil, 1},
		{"bookmarks", "Job a", &play{lists: []string{items()}, watches: [][]string{{event("BOOKMARK", thing("Job", "", running)), event("ADDED", thing("Job", "a", complete)), "open"}}}, &play{}, job, nil, 1},
		{"no right to watch", "Job a", &play{lists: []string{items(), items(thing("Job", "a", complete))}, watches: [][]string{{"403"}}}, &play{}, job, nil, 1},
		{"no right to list", "Job a", &play{lists: []string{"403"}, gets: []string{"404", thing("Job", "a", complete)}}, &play{}, job, nil, 0},
		{"no right at all", "Job a", &play{lists: []string{"403"}, gets: []string{"403"}}, &play{}, job, context.Canceled, 0},
		{"the server rests", "Job a", &play{lists: []string{"503", "503", "503", items(thing("Job", "a", complete))}}, &play{}, job, nil, 0},
		{"failed", "Job a,Deployment d", &play{lists: []string{items(thing("Job", "a", broke))}}, &play{lists: []string{items()}}, job, ErrCannotSucceed, -1},
		{"failed, though not waited for", "Job a", &play{lists: []string{items(thing("Job", "a", broke))}}, &play{}, WaitOptions{}, ErrCannotSucceed, 0},
		{"begun", "Job a", &play{lists: []string{items(thing("Job", "a", running))}}, &play{}, WaitOptions{}, nil, 0},
		{"cleaned away when done", "Job a,Job b", &play{lists: []string{items(thing("Job", "b", running))},
			watches: [][]string{{event("ADDED", thing("Job", "a", complete)), event("DELETED", thing("Job", "a", complete)), event("MODIFIED", thing("Job", "b", complete)), "open"}}},
			&play{}, job, nil, 1},
		{"deleted meanwhile", "Job a", &play{lists: []string{items(thing("Job", "a", running))}, watches: [][]string{{event("DELETED", thing("Job", "a", running)), "open"}}},
			&play{}, WaitOptions{Jobs: true, Timeout: time.Second}, context.DeadlineExceeded, 1},
		{"past its deadline, nothing else under way", "Deployment d", &play{}, &play{lists: []string{items(thing("Deployment", "d", late))}}, WaitOptions{}, ErrCannotSucceed, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := serve(t, tt.jobs, tt.deployments)
			if tt.opts.Timeout == 0 {
				tt.opts.Timeout = time.Minute
			}
			err := c.Wait(t.Context(), waited(t, c, strings.Split(tt.objects, ",")...), tt.opts)
			var wait *WaitError
			switch {
			case tt.cause == nil && err != nil, tt.cause != nil && err == nil:
				t.Errorf("got %v, want %v", err, tt.cause)
			case tt.cause == context.Canceled && !IsForbidden(err):
				t.Errorf("got %v, want a refusal", err)
			case tt.cause != nil && tt.cause != context.Canceled && (!errors.Is(err, tt.cause) || !errors.As(err, &wait)):
				t.Errorf("got %v, want %v", err, tt.cause)
			}
			if got := tt.jobs.watch.Load(); tt.watches >= 0 && got != tt.watches {
				t.Errorf("%d watches, want %d", got, tt.watches)
			}
		})
	}
}

// TestWaitRecovers checks that what is past its deadline is waited for as long as
// something else is on its way, as in Helm.
func TestWaitRecovers(t *testing.T) {
	recovered := make(chan bool)
	c := client(t, server(t, func(w http.ResponseWriter, r *http.Request) {
		kind, first, last := "Deployment", late, ready
		if strings.Contains(r.URL.Path, "/jobs") {
			kind, first, last = "Job", running, complete
		}
		if r.URL.Query().Get("watch") == "" {
			say(w, items(thing(kind, "a", first)))
			return
		}
		if kind == "Job" {
			<-recovered
		}
		say(w, event("MODIFIED", thing(kind, "a", last)))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}), nil)
	err := c.Wait(t.Context(), waited(t, c, "Job a", "Deployment a"), WaitOptions{Jobs: true, Progress: func(p Progress) {
		if p.Object.Kind == "Deployment" && p.Status == status.Current {
			close(recovered)
		}
	}})
	if err != nil {
		t.Error(err)
	}
}

// TestWaitProgress checks that each change of a status is reported once.
func TestWaitProgress(t *testing.T) {
	c := serve(t, &play{lists: []string{items()}, watches: [][]string{{event("ADDED", thing("Job", "a", running)), event("MODIFIED", thing("Job", "a", running)),
		event("MODIFIED", thing("Job", "a", complete)), "open"}}}, nil)
	var got []status.Status
	objs := waited(t, c, "Job a", "Job a") // one object, named twice
	if err := c.Wait(t.Context(), objs, WaitOptions{Jobs: true, Progress: func(p Progress) { got = append(got, p.Status) }}); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != "[NotFound InProgress Current]" {
		t.Errorf("got %v", got)
	}
}

// TestWaitCancel checks that a cancelled wait ends, and sends nothing afterwards.
func TestWaitCancel(t *testing.T) {
	s := &play{lists: []string{items()}}
	c := serve(t, s, s)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for s.watch.Load() < 2 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	if err := c.Wait(ctx, waited(t, c, "Job a", "Deployment d"), WaitOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestLargeEvent checks that an event without an end is not read into memory.
func TestLargeEvent(t *testing.T) {
	var sent atomic.Int64
	c := client(t, server(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"type":"ADDED","object":{"metadata":{"name":"`)
		for part := strings.Repeat("x", 1<<20); sent.Load() < 1<<30; sent.Add(int64(len(part))) {
			if _, err := io.WriteString(w, part); err != nil {
				return
			}
		}
	}), nil)
	objs := waited(t, c, "Job a")
	err := c.stream(t.Context(), objs[0].resource, "n", nil, "1", func(string, map[string]any) { t.Error("an event") })
	if err == nil || !strings.Contains(err.Error(), "too large") || sent.Load() > 1<<29 {
		t.Errorf("got %v after %d MiB", err, sent.Load()>>20)
	}
}

// TestWaitDeleted checks when objects count as gone.
func TestWaitDeleted(t *testing.T) {
	other := strings.Replace(thing("Job", "a", running), `"uid":"a"`, `"uid":"z"`, 1)
	for _, tt := range []struct {
		name string
		jobs *play
		left string
	}{
		{"gone", &play{lists: []string{items()}}, ""},
		{"going", &play{lists: []string{items(thing("Job", "a", running))}, watches: [][]string{{event("DELETED", thing("Job", "a", running)), "open"}}}, ""},
		{"made anew", &play{lists: []string{items(thing("Job", "a", running))}, watches: [][]string{{event("MODIFIED", other), "open"}}}, ""},
		{"the kind is gone", &play{lists: []string{"404"}}, ""},
		{"no right to list", &play{lists: []string{"403"}, gets: []string{"404"}}, ""},
		{"stays", &play{lists: []string{items(thing("Job", "a", running))}, watches: [][]string{{"open"}}}, "it still exists"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := serve(t, tt.jobs, nil)
			timeout := time.Minute
			if tt.left != "" {
				timeout = 200 * time.Millisecond
			}
			err := c.WaitDeleted(t.Context(), waited(t, c, "Job a", "Job a"), timeout)
			var left *WaitError
			if tt.left == "" && err != nil || tt.left != "" && (!errors.As(err, &left) || !strings.Contains(err.Error(), tt.left)) {
				t.Errorf("got %v", err)
			}
		})
	}
}
