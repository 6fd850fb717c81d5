package cluster

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// EnvKubeconfig names the kubeconfig of a running cluster.
const EnvKubeconfig = "HCHART_CLUSTER"

// Need returns the cluster that runs for the tests; without one the test is skipped.
func Need(t testing.TB) *Cluster {
	t.Helper()
	file := os.Getenv(EnvKubeconfig)
	if file == "" {
		t.Skipf("no control plane: `make test-cluster` starts one and sets %s", EnvKubeconfig)
	}
	server, err := ServerOf(file)
	if err != nil {
		t.Fatalf("%s: %v", EnvKubeconfig, err)
	}
	return &Cluster{Kubeconfig: file, Dir: filepath.Dir(file), Server: server}
}

// ServerOf returns the address of the API server in a kubeconfig of this package.
func ServerOf(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	_, rest, _ := strings.Cut(string(text), "server: ")
	server, _, _ := strings.Cut(rest, "\n")
	return server, nil
}

// CreateNamespace makes a namespace that is deleted, without waiting for it, when the
// test ends.
func (c *Cluster) CreateNamespace(t testing.TB) string {
	t.Helper()
	var b [4]byte
	_, _ = rand.Read(b[:])
	name := "t-" + hex.EncodeToString(b[:])
	c.Must(t, http.MethodPost, "/api/v1/namespaces", `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"`+name+`"}}`)
	t.Cleanup(func() { _, _ = c.request(context.Background(), http.MethodDelete, "/api/v1/namespaces/"+name, "") })
	// Pods are refused until the namespace has its service account.
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := c.ready(ctx, "/api/v1/namespaces/"+name+"/serviceaccounts/default"); err != nil {
		t.Fatal(err)
	}
	return name
}

// Must sends a request as the administrator and returns the body of the answer.
func (c *Cluster) Must(t testing.TB, method, path, body string) string {
	t.Helper()
	text, err := c.request(t.Context(), method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Get sends a GET as the administrator; false if there is nothing under the path.
func (c *Cluster) Get(t testing.TB, path string) (string, bool) {
	t.Helper()
	text, err := c.request(t.Context(), http.MethodGet, path, "")
	if err != nil && strings.Contains(err.Error(), ": 404") {
		return "", false
	}
	if err != nil {
		t.Fatal(err)
	}
	return text, true
}

// UserKubeconfig writes a kubeconfig for the user "limited".
func (c *Cluster) UserKubeconfig(t testing.TB) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(file, []byte(Kubeconfig(c.Server, UserToken)), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func (c *Cluster) request(ctx context.Context, method, path, body string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.Server+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+AdminToken)
	req.Header.Set("Content-Type", "application/json")
	if method == http.MethodPatch {
		req.Header.Set("Content-Type", "application/merge-patch+json")
	}
	resp, err := client().Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	if resp.StatusCode/100 != 2 {
		return "", fmt.Errorf("%s %s: %d: %s", method, path, resp.StatusCode, text)
	}
	return string(text), nil
}
