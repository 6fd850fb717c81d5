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
