package oci_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"net/http/httptest"
	"strings"
	"testing/fstest"
	"time"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/oci"
	"github.com/hchart/hchart/repo/repotest"
)

// A chart is pushed to a registry, and its versions are listed.
func Example() {
	server := httptest.NewServer(repotest.NewRegistry(repotest.RegistryOptions{}))
	defer server.Close()
	ref := strings.TrimPrefix(server.URL, "http://") + "/charts/demo"
	access := repo.Access{PlainHTTP: true}
	ctx := context.Background()

	ch, err := chart.LoadFS(ctx, fstest.MapFS{"Chart.yaml": {Data: []byte("apiVersion: v2\nname: demo\nversion: 1.2.3\n")}}, chart.LoadOptions{})
	if err != nil {
		log.Fatal(err)
	}
	when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var archive bytes.Buffer
	if err := chart.WriteArchive(ctx, ch, &archive, chart.WriteOptions{ModTime: when}); err != nil {
		log.Fatal(err)
	}

	client := oci.NewClient(oci.Options{})
	pushed, err := client.Push(ctx, ref, archive.Bytes(), nil, oci.PushOptions{Access: access, Created: when})
	if err != nil {
		log.Fatal(err)
	}
	versions, err := client.Tags(ctx, ref, access)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(pushed.Name, versions)
	// Output: demo [1.2.3]
}
