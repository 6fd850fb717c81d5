package cluster

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// LogText is the log of each container whose pod says nothing else.
const LogText = "line one of the log\nline two of the log\nthe last line of the log\n"

// serveLogs answers what the API server asks the kubelets of the nodes: for the logs
// of containers. They are what the annotation test.hchart.sh/log of the pod says, or
// test.hchart.sh/log.NAME for the container NAME, or LogText.
func (c *Cluster) serveLogs(l net.Listener) error {
	cert, err := tls.LoadX509KeyPair(filepath.Join(c.Dir, "node.crt"), filepath.Join(c.Dir, "node.key"))
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", c.logs)
	c.kubelet = &http.Server{
		Handler: mux, ReadHeaderTimeout: 10 * time.Second,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{cert}},
	}
	go func() { _ = c.kubelet.ServeTLS(l, "", "") }()
	return nil
}

// playedPod is what the log of a pod depends on.
type playedPod struct {
	Metadata struct {
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
	Status struct {
		Phase          string            `json:"phase"`
		Containers     []containerStatus `json:"containerStatuses"`
		InitContainers []containerStatus `json:"initContainerStatuses"`
	} `json:"status"`
}

type containerStatus struct {
	Name      string `json:"name"`
	LastState struct {
		Terminated *struct{} `json:"terminated"`
	} `json:"lastState"`
	State struct {
		Waiting *struct {
			Reason  string `json:"reason"`
			Message string `json:"message"`
		} `json:"waiting"`
	} `json:"state"`
}

func (c *Cluster) logs(w http.ResponseWriter, r *http.Request) {
	namespace, name, container := r.PathValue("namespace"), r.PathValue("pod"), r.PathValue("container")
	pod, err := c.pod(r.Context(), namespace, name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	if waiting := pod.waiting(container); waiting != "" {
		http.Error(w, fmt.Sprintf("container %q in pod %q is waiting to start: %s", container, name, waiting), http.StatusBadRequest)
		return
	}
	if r.FormValue("follow") == "true" {
		c.awaitEnd(r.Context(), namespace, name)
	}
	writeLog(w, pod.log(container), r.FormValue)
}

func (c *Cluster) pod(ctx context.Context, namespace, name string) (*playedPod, error) {
	text, err := c.request(ctx, http.MethodGet, "/api/v1/namespaces/"+namespace+"/pods/"+name, "")
	if err != nil {
		return nil, err
	}
	var pod playedPod
	return &pod, json.Unmarshal([]byte(text), &pod)
}

// waiting says why a container has written nothing yet, if it has not.
func (p *playedPod) waiting(container string) string {
	for _, s := range append(p.Status.Containers, p.Status.InitContainers...) {
		if s.Name != container {
			continue
		}
		if s.State.Waiting == nil || s.LastState.Terminated != nil {
			return ""
		}
		return s.State.Waiting.Reason
	}
	return "ContainerCreating"
}

func (p *playedPod) log(container string) string {
	for _, key := range []string{"test.hchart.sh/log." + container, "test.hchart.sh/log"} {
		if text, ok := p.Metadata.Annotations[key]; ok {
			if text != "" && !strings.HasSuffix(text, "\n") {
				text += "\n"
			}
			return text
		}
	}
	return LogText
}

// awaitEnd waits until a pod has ended, as one who follows its log does.
func (c *Cluster) awaitEnd(ctx context.Context, namespace, name string) {
	for {
		pod, err := c.pod(ctx, namespace, name)
		if err != nil || pod.Status.Phase == "Succeeded" || pod.Status.Phase == "Failed" {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// writeLog writes what the query of a request leaves of a log.
func writeLog(w http.ResponseWriter, text string, query func(string) string) {
	lines := strings.SplitAfter(text, "\n")
	lines = lines[:len(lines)-1]
	if n, err := strconv.Atoi(query("tailLines")); err == nil && n >= 0 && n < len(lines) {
		lines = lines[len(lines)-n:]
	}
	if query("timestamps") == "true" {
		for i := range lines {
			lines[i] = "2026-01-01T00:00:00.000000000Z " + lines[i]
		}
	}
	out := strings.Join(lines, "")
	if n, err := strconv.Atoi(query("limitBytes")); err == nil && n >= 0 && n < len(out) {
		out = out[:n]
	}
	w.Header().Set("Content-Type", "text/plain")
	_, _ = w.Write([]byte(out))
}
