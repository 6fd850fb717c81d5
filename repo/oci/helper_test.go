package oci_test

import (
	"bytes"
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/oci"
	"github.com/hchart/hchart/repo/repotest"
)

// created is when the archives of these tests were made.
func created() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }

// serve starts a registry without TLS and returns it with its host.
func serve(t *testing.T, opts repotest.RegistryOptions) (*repotest.Registry, string) {
	t.Helper()
	reg := repotest.NewRegistry(opts)
	server := httptest.NewServer(reg)
	t.Cleanup(server.Close)
	return reg, strings.TrimPrefix(server.URL, "http://")
}

func plain() repo.Access { return repo.Access{PlainHTTP: true} }

// client returns a client that does not wait long before it tries again.
func client(opts oci.Options) *oci.Client {
	if opts.Wait == 0 {
		opts.Wait = time.Millisecond
	}
	return oci.NewClient(opts)
}

// archive packs a chart.
func archive(t *testing.T, chartYAML string) []byte {
	t.Helper()
	fsys := fstest.MapFS{
		"Chart.yaml":          {Data: []byte(chartYAML)},
		"values.yaml":         {Data: []byte("a: 1\n")},
		"templates/note.yaml": {Data: []byte("kind: ConfigMap\n")},
	}
	ch, err := chart.LoadFS(t.Context(), fsys, chart.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := chart.WriteArchive(t.Context(), ch, &buf, chart.WriteOptions{ModTime: created()}); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

const demo = "apiVersion: v2\nname: demo\nversion: 1.2.3\n"

// push pushes the demo chart to HOST/charts/demo and returns its archive.
func push(t *testing.T, c *oci.Client, host string, access repo.Access) []byte {
	t.Helper()
	data := archive(t, demo)
	if _, err := c.Push(t.Context(), host+"/charts/demo", data, nil, oci.PushOptions{Access: access, Created: created()}); err != nil {
		t.Fatal(err)
	}
	return data
}

// pull resolves and pulls.
func pull(ctx context.Context, c *oci.Client, ref, tag string, access repo.Access) ([]byte, error) {
	found, err := c.Resolve(ctx, ref, tag, access)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	_, err = c.Pull(ctx, found, &buf, false, access)
	return buf.Bytes(), err
}
