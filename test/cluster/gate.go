package cluster

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"
)

// openGate passes on to the API server what kwok asks of it, on l. Kwok deletes a pod by
// its name, and sometimes twice: where another pod of that name was made meanwhile, as it
// is for a hook, a kubelet would leave it alone. So a pod that nobody else has deleted is
// not there for kwok, and one that somebody has is deleted by its UID.
func (c *Cluster) openGate(l net.Listener) error {
	server, err := url.Parse(c.Server)
	if err != nil {
		return err
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(server)
			r.Out.Header.Set("Authorization", "Bearer "+AdminToken) // a client keeps it to itself where there is no TLS
		},
		FlushInterval: -1, // watches
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 64,
		},
	}
	c.gate = &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete && isPod(r.URL.Path) {
			body, ok := c.deletion(r.Context(), r.URL.Path)
			if !ok {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusNotFound)
				_, _ = io.WriteString(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404}`)
				return
			}
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
			r.Header.Set("Content-Type", "application/json")
		}
		proxy.ServeHTTP(w, r)
	})}
	go func() { _ = c.gate.Serve(l) }()
	return nil
}

// isPod reports whether a path is that of a pod: /api/v1/namespaces/NAMESPACE/pods/NAME.
func isPod(path string) bool {
	parts := strings.Split(path, "/")
	return len(parts) == 7 && parts[1] == "api" && parts[5] == "pods"
}

// deletion returns the options with which kwok deletes a pod, false where the pod is not
// being deleted.
func (c *Cluster) deletion(ctx context.Context, path string) (string, bool) {
	text, err := c.request(ctx, http.MethodGet, path, "")
	if err != nil {
		return "", false
	}
	var pod struct {
		Metadata struct {
			UID               string
			DeletionTimestamp *string
		}
	}
	if json.Unmarshal([]byte(text), &pod) != nil || pod.Metadata.DeletionTimestamp == nil {
		return "", false
	}
	return `{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":0,"preconditions":{"uid":"` + pod.Metadata.UID + `"}}`, true
}
