package cluster

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestGate: kwok deletes the pod that was deleted, and no other of its name.
func TestGate(t *testing.T) {
	var deleted []string
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch {
		case r.Method == http.MethodDelete:
			deleted = append(deleted, r.URL.Path+" "+string(body))
		case strings.HasSuffix(r.URL.Path, "/going"):
			_, _ = io.WriteString(w, `{"metadata":{"uid":"u-1","deletionTimestamp":"2026-01-01T00:00:00Z"}}`)
		default:
			_, _ = io.WriteString(w, `{"metadata":{"uid":"u-2"}}`)
		}
	}))
	defer server.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &Cluster{Server: server.URL}
	if err := c.openGate(l); err != nil {
		t.Fatal(err)
	}
	defer c.gate.Close()
	for _, tt := range []struct {
		path string
		code int
		body string
	}{
		{"/api/v1/namespaces/ns/pods/going", 200, `"uid":"u-1"`},
		{"/api/v1/namespaces/ns/pods/new", 404, ""},
		{"/api/v1/persistentvolumes/new", 200, "as it came"},
	} {
		t.Run(tt.path, func(t *testing.T) {
			deleted = nil
			req, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, "http://"+l.Addr().String()+tt.path, strings.NewReader("as it came"))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != tt.code {
				t.Errorf("got %d, want %d", resp.StatusCode, tt.code)
			}
			if got := strings.Join(deleted, "\n"); (got != "") != (tt.code == 200) || !strings.Contains(got, tt.body) {
				t.Errorf("the server deleted %q, want %q in it", got, tt.body)
			}
		})
	}
}
