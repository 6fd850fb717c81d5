package cluster

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

// await waits until what is under a path contains a text, and returns it.
func await(t *testing.T, c *Cluster, path, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		text, err := c.request(ctx, http.MethodGet, path, "")
		if err == nil && strings.Contains(text, want) {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s never contained %s; at last it was %s (%v)", path, want, text, err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// TestPlays checks that pods go where their annotation sends them.
func TestPlays(t *testing.T) {
	c := Need(t)
	ns := c.CreateNamespace(t)
	for _, tt := range []struct {
		name, annotations, restart string
		want                       []string
		log                        string // "-" for none yet
	}{
		{"ready", ``, "Always", []string{`"phase":"Running"`, `"ready":true`}, LogText},
		{"completed", ``, "Never", []string{`"phase":"Succeeded"`, `"exitCode":0`}, LogText},
		{"after", `"test.hchart.sh/after":"300ms"`, "Never", []string{`"phase":"Succeeded"`}, LogText},
		{"failed", `"test.hchart.sh/pod":"fail","test.hchart.sh/exit-code":"3"`, "Never", []string{`"phase":"Failed"`, `"exitCode":3`}, LogText},
		{"crashing", `"test.hchart.sh/pod":"crash"`, "Always", []string{`"reason":"CrashLoopBackOff"`, `"restartCount":6`, `"exitCode":7`}, LogText},
		{"pulling", `"test.hchart.sh/pod":"pull"`, "Always", []string{`"phase":"Pending"`, `"reason":"ImagePullBackOff"`}, "-"},
		{"unready", `"test.hchart.sh/pod":"unready"`, "Always", []string{`"phase":"Running"`, `"ready":false`}, LogText},
		{"init", `"test.hchart.sh/pod":"init-fail"`, "Always", []string{`"phase":"Pending"`, `"reason":"CrashLoopBackOff"`}, "-"},
		{"never", `"test.hchart.sh/pod":"never"`, "Always", []string{`"phase":"Pending"`, `"nodeName":"node-`}, "-"},
		{"talking", `"test.hchart.sh/log":"said\nso"`, "Never", []string{`"phase":"Succeeded"`}, "said\nso\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := "/api/v1/namespaces/" + ns + "/pods"
			init := ""
			if tt.name == "init" {
				init = `"initContainers":[{"name":"i","image":"i"}],`
			}
			c.Must(t, http.MethodPost, path, `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"`+tt.name+`","annotations":{`+tt.annotations+`}},
"spec":{`+init+`"restartPolicy":"`+tt.restart+`","containers":[{"name":"c","image":"i"}]}}`)
			for _, want := range tt.want {
				await(t, c, path+"/"+tt.name, want)
			}
			if tt.log == "-" {
				_, err := c.request(t.Context(), http.MethodGet, path+"/"+tt.name+"/log", "")
				if err == nil || !strings.Contains(err.Error(), "is waiting to start") {
					t.Errorf("the log of a pod that has not started: %v", err)
				}
			} else if log := c.Must(t, http.MethodGet, path+"/"+tt.name+"/log", ""); log != tt.log {
				t.Errorf("log %q, want %q", log, tt.log)
			}
			c.Must(t, http.MethodDelete, path+"/"+tt.name, "")
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			for {
				if _, there := c.Get(t, path+"/"+tt.name); !there {
					break
				}
				if ctx.Err() != nil {
					t.Fatal("the pod does not go")
				}
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
}

// TestLogQuery checks the parameters of a request for a log.
func TestLogQuery(t *testing.T) {
	c := Need(t)
	ns := c.CreateNamespace(t)
	path := "/api/v1/namespaces/" + ns + "/pods"
	c.Must(t, http.MethodPost, path, `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},
"spec":{"restartPolicy":"Never","containers":[{"name":"a","image":"i"},{"name":"b","image":"i"}]}}`)
	await(t, c, path+"/p", `"phase":"Succeeded"`)
	for query, want := range map[string]string{
		"container=a":              LogText,
		"container=b&tailLines=1":  "the last line of the log\n",
		"container=a&limitBytes=8": "line one",
		"container=a&follow=true":  LogText,
	} {
		if got := c.Must(t, http.MethodGet, path+"/p/log?"+query, ""); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

// TestControllers checks that what charts rely on happens: workloads become ready, jobs
// complete, claims get volumes and give them back, load balancers get addresses.
func TestControllers(t *testing.T) {
	c := Need(t)
	ns := c.CreateNamespace(t)
	spec := `"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}`
	for _, tt := range []struct{ path, body, want string }{
		{"/apis/apps/v1/namespaces/" + ns + "/deployments", `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"x"},"spec":{"replicas":3,` + spec + `}}`, `"availableReplicas":3`},
		{"/apis/apps/v1/namespaces/" + ns + "/daemonsets", `{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"x"},"spec":{` + spec + `}}`, `"numberReady":3`},
		{"/apis/apps/v1/namespaces/" + ns + "/statefulsets", `{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"x"},"spec":{"replicas":2,` + strings.ReplaceAll(spec, `"b"`, `"s"`) + `,
"volumeClaimTemplates":[{"metadata":{"name":"d"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}]}}`, `"readyReplicas":2`},
		{"/apis/batch/v1/namespaces/" + ns + "/jobs", `{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"x"},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}`, `"type":"Complete"`},
		{"/api/v1/namespaces/" + ns + "/services", `{"apiVersion":"v1","kind":"Service","metadata":{"name":"x"},"spec":{"type":"LoadBalancer","ports":[{"port":80}]}}`, `"ip":"192.0.2.1"`},
	} {
		c.Must(t, http.MethodPost, tt.path, tt.body)
		await(t, c, tt.path+"/x", tt.want)
	}
	c.Must(t, http.MethodDelete, "/apis/batch/v1/namespaces/"+ns+"/jobs/x?propagationPolicy=Foreground", "")
	claim := c.Must(t, http.MethodGet, "/api/v1/namespaces/"+ns+"/persistentvolumeclaims/d-x-0", "")
	_, rest, _ := strings.Cut(claim, `"volumeName":"`)
	volume, _, _ := strings.Cut(rest, `"`)
	c.Must(t, http.MethodDelete, "/apis/apps/v1/namespaces/"+ns+"/statefulsets/x", "")
	c.Must(t, http.MethodDelete, "/api/v1/namespaces/"+ns+"/persistentvolumeclaims", "")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		_, claimThere := c.Get(t, "/api/v1/persistentvolumes/"+volume)
		_, jobThere := c.Get(t, "/apis/batch/v1/namespaces/"+ns+"/jobs/x")
		if !claimThere && !jobThere {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("left behind: volume %v, job %v", claimThere, jobThere)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
