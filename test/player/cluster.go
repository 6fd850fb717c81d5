package player

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
)

// Cluster reads a cluster as its administrator.
type Cluster struct {
	// Server is the address that the kubeconfig names.
	Server string

	token string
	http  *http.Client
	kinds func() ([]kind, error)
}

// kind is a kind of object that can be listed.
type kind struct {
	path, name string // "/apis/apps/v1", "deployments"
	kind       string
	namespaced bool
}

// Open reads a kubeconfig that test/cluster wrote.
func Open(kubeconfig string) (*Cluster, error) {
	text, err := os.ReadFile(kubeconfig)
	if err != nil {
		return nil, err
	}
	c := &Cluster{Server: field(text, "server: "), token: field(text, "token: ")}
	if c.Server == "" || c.token == "" {
		return nil, fmt.Errorf("%s names no server or no token", kubeconfig)
	}
	c.http = &http.Client{Transport: transport()}
	c.kinds = sync.OnceValues(c.discover)
	return c, nil
}

// transport trusts the API server whatever its certificate says.
func transport() *http.Transport {
	return &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, MaxIdleConnsPerHost: 64}
}

func field(text []byte, key string) string {
	_, rest, _ := strings.Cut(string(text), key)
	value, _, _ := strings.Cut(rest, "\n")
	return value
}

// answerError is an answer of the API server that is no success.
type answerError struct {
	method, path, body string
	code               int
}

func (e *answerError) Error() string {
	return fmt.Sprintf("%s %s: %d: %.300s", e.method, e.path, e.code, e.body)
}

// Do sends a request and decodes the answer into out, unless that is nil. A server that
// asks for patience, as it does for kinds that are new, gets ten seconds of it.
func (c *Cluster) Do(ctx context.Context, method, path, body string, out any) error {
	for try := 0; ; try++ {
		err := c.once(ctx, method, path, body, out)
		if busy, ok := errors.AsType[*answerError](err); !ok || busy.code != http.StatusTooManyRequests || try == 200 {
			return err
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

func (c *Cluster) once(ctx context.Context, method, path, body string, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.Server+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<28))
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return &answerError{method: method, path: path, code: resp.StatusCode, body: string(text)}
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

// CreateNamespace makes a namespace and waits until pods can be created in it.
func (c *Cluster) CreateNamespace(ctx context.Context, name string) error {
	err := c.Do(ctx, http.MethodPost, "/api/v1/namespaces", `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"`+name+`"}}`, nil)
	if err != nil {
		return err
	}
	for {
		err := c.Do(ctx, http.MethodGet, "/api/v1/namespaces/"+name+"/serviceaccounts/default", "", nil)
		if missing, ok := errors.AsType[*answerError](err); !ok || missing.code != http.StatusNotFound {
			return err
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

// DeleteNamespace deletes a namespace and does not wait until it is gone.
func (c *Cluster) DeleteNamespace(ctx context.Context, name string) error {
	return c.Do(ctx, http.MethodDelete, "/api/v1/namespaces/"+name, "", nil)
}

// discover asks for all kinds, each in the version that its group prefers.
func (c *Cluster) discover() ([]kind, error) {
	ctx := context.Background()
	var groups struct {
		Groups []struct {
			PreferredVersion struct{ GroupVersion string }
		}
	}
	if err := c.Do(ctx, http.MethodGet, "/apis", "", &groups); err != nil {
		return nil, err
	}
	paths := []string{"/api/v1"}
	for _, g := range groups.Groups {
		paths = append(paths, "/apis/"+g.PreferredVersion.GroupVersion)
	}
	var kinds []kind
	for _, path := range paths {
		var list struct {
			Resources []struct {
				Name, Kind string
				Namespaced bool
				Verbs      []string
			}
		}
		err := c.Do(ctx, http.MethodGet, path, "", &list)
		if missing, ok := errors.AsType[*answerError](err); ok && missing.code == http.StatusNotFound {
			continue // its definitions were deleted since
		}
		if err != nil {
			return nil, err
		}
		for _, r := range list.Resources {
			if slices.Contains(r.Verbs, "list") && slices.Contains(r.Verbs, "delete") && !strings.Contains(r.Name, "/") {
				kinds = append(kinds, kind{path: path, name: r.Name, kind: r.Kind, namespaced: r.Namespaced})
			}
		}
	}
	return kinds, nil
}
