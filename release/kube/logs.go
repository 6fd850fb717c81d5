package kube

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
)

// LogOptions are the options of Logs.
type LogOptions struct {
	// Tail is how many lines are wanted from the end, all if it is 0.
	Tail int
	// Previous asks for the container before the last restart.
	Previous bool
}

// Logs returns the log of a container, which the caller closes.
func (c *Client) Logs(ctx context.Context, namespace, pod, container string, opts LogOptions) (io.ReadCloser, error) {
	query := url.Values{"container": {container}}
	if opts.Tail > 0 {
		query.Set("tailLines", strconv.Itoa(opts.Tail))
	}
	if opts.Previous {
		query.Set("previous", "true")
	}
	path := "/api/v1/namespaces/" + namespace + "/pods/" + pod + "/log?" + query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.Do(req)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// Pod names a pod and its containers.
type Pod struct {
	Namespace, Name string
	Containers      []string
}

// Pods returns the pods of an object that Resolve has seen: those of a Job, or a Pod
// itself. It is no error that there are none.
func (c *Client) Pods(ctx context.Context, o *Object) ([]Pod, error) {
	query := url.Values{}
	switch o.Kind {
	case "Job":
		query.Set("labelSelector", "job-name="+o.Name)
	case "Pod":
		query.Set("fieldSelector", "metadata.name="+o.Name)
	default:
		return nil, nil
	}
	var l objectList
	if err := c.call(ctx, http.MethodGet, "/api/v1/namespaces/"+o.Namespace+"/pods", query, nil, &l); err != nil {
		return nil, err
	}
	var pods []Pod
	for _, item := range l.Items {
		p := Pod{Namespace: o.Namespace}
		p.Name, _ = lookup(item, "metadata", "name").(string)
		for _, key := range []string{"initContainers", "containers"} {
			containers, _ := lookup(item, "spec", key).([]any)
			for _, container := range containers {
				name, _ := lookup(container, "name").(string)
				p.Containers = append(p.Containers, name)
			}
		}
		pods = append(pods, p)
	}
	return pods, nil
}
