package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/hchart/hchart/chart"
)

// world is a repository on the loopback and the chart that depends on it.
type world struct {
	options
	url    string
	server *http.Server

	mu       sync.Mutex
	index    []byte
	changed  time.Time
	archives map[string][]byte
}

// served is how many versions of each chart there are archives of: the newest.
const served = 3

func newWorld(ctx context.Context, o options) (*world, error) {
	w := &world{options: o, archives: map[string][]byte{}}
	if err := w.makeIndex(ctx); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w.url = "http://" + listener.Addr().String()
	w.server = &http.Server{Handler: w, ReadHeaderTimeout: time.Minute}
	go func() { _ = w.server.Serve(listener) }() // ends with close
	return w, nil
}

func (w *world) close() { _ = w.server.Close() }

func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	w.mu.Lock()
	data, changed := w.archives[name], time.Unix(1_700_000_000, 0)
	if name == "index.yaml" {
		data, changed = w.index, w.changed
	}
	w.mu.Unlock()
	if data == nil {
		http.NotFound(rw, r)
		return
	}
	sum := sha256.Sum256(data[max(0, len(data)-200):])
	rw.Header().Set("Etag", fmt.Sprintf("%q", hex.EncodeToString(sum[:8])))
	http.ServeContent(rw, r, name, changed, bytes.NewReader(data))
}

// change makes the index another one.
func (w *world) change() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.changed = w.changed.Add(time.Second)
	at := bytes.LastIndex(w.index, []byte("generated: "))
	w.index = fmt.Appendf(w.index[:at:at], "generated: %q\n", w.changed.Format(time.RFC3339Nano))
}

func chartName(i int) string {
	kinds := [...]string{"postgresql", "redis", "nginx", "kafka", "grafana", "minio", "etcd", "keycloak", "rabbitmq", "thanos"}
	return fmt.Sprintf("%s-%02d", kinds[i%len(kinds)], i/len(kinds))
}

// chartVersion is the version number i of a chart, from the newest; each twelfth is a
// pre-release.
func chartVersion(i, of int) string {
	n := of - i
	v := fmt.Sprintf("%d.%d.%d", 1+n/20, n%20/4, n%4)
	if i%12 == 11 {
		v += "-rc.1"
	}
	return v
}

// makeIndex writes an index as repositories have it: 1.1 kB a version.
func (w *world) makeIndex(ctx context.Context) error {
	var b bytes.Buffer
	b.WriteString("apiVersion: v1\nentries:\n")
	for i := range w.charts {
		name := chartName(i)
		fmt.Fprintf(&b, "  %s:\n", name)
		for v := range w.versions {
			version := chartVersion(v, w.versions)
			file := name + "-" + version + ".tgz"
			digest := sha256.Sum256([]byte(file))
			if v < served {
				data, err := archive(ctx, name, version)
				if err != nil {
					return err
				}
				w.archives[file] = data
				digest = sha256.Sum256(data)
			}
			w.entry(&b, name, version, file, hex.EncodeToString(digest[:]), v)
		}
	}
	b.WriteString("generated: \"2026-01-02T03:04:05Z\"\n")
	w.index, w.changed = b.Bytes(), time.Unix(1_700_000_000, 0).UTC()
	return nil
}

func (w *world) entry(b *bytes.Buffer, name, version, file, digest string, age int) {
	created := time.Unix(1_700_000_000, 0).UTC().AddDate(0, 0, -age).Format(time.RFC3339Nano)
	fmt.Fprintf(b, `  - annotations:
      category: Infrastructure
      images: |
        - name: %[1]s
          image: docker.io/example/%[1]s:%[2]s-debian-12-r%[5]d
        - name: os-shell
          image: docker.io/example/os-shell:12-debian-12-r%[5]d
      licenses: Apache-2.0
    apiVersion: v2
    appVersion: %[2]s
    created: "%[6]s"
    dependencies:
    - name: common
      repository: oci://registry.example.com/charts
      tags:
      - example-common
      version: 2.x.x
    description: %[1]s is a service that this index describes in as many words as those of public
      repositories do, so that its versions are as long as theirs.
    digest: %[4]s
    home: https://example.com
    icon: https://example.com/assets/stacks/%[1]s/img/%[1]s-stack-220x234.png
    keywords:
    - %[1]s
    - replication
    - cluster
    maintainers:
    - name: The Maintainers of %[1]s
      url: https://github.com/example/charts
    name: %[1]s
    sources:
    - https://github.com/example/charts/tree/main/example/%[1]s
    urls:
    - %[3]s
    version: %[2]s
`, name, version, file, digest, age, created)
}

// archive is a small chart.
func archive(ctx context.Context, name, version string) ([]byte, error) {
	ch := &chart.Chart{
		Metadata: &chart.Metadata{APIVersion: "v2", Name: name, Version: version, Description: "A chart for a benchmark"},
		Templates: []*chart.File{{
			Name: "templates/configmap.yaml",
			Data: []byte("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-" + name + "\n"),
		}},
	}
	var b bytes.Buffer
	err := chart.WriteArchive(ctx, ch, &b, chart.WriteOptions{})
	return b.Bytes(), err
}

// prepare writes the home and the chart of a program.
func (w *world) prepare(p *program) error {
	var b strings.Builder
	b.WriteString("apiVersion: v2\nname: large\nversion: 1.0.0\ndependencies:\n")
	for i := range w.options.dependencies {
		constraint := [...]string{"*", ">=1.0.0", "^%s", "~%s"}[i%4]
		if strings.Contains(constraint, "%s") {
			constraint = fmt.Sprintf(constraint, chartVersion(0, w.versions))
		}
		fmt.Fprintf(&b, "- name: %s\n  version: %q\n  repository: %s\n", chartName(i), constraint, w.url)
	}
	for file, text := range map[string]string{
		filepath.Join(p.chart(), "Chart.yaml"): b.String(),
		filepath.Join(p.home("config"), "repositories.yaml"): "apiVersion: \"\"\ngenerated: \"0001-01-01T00:00:00Z\"\n" +
			"repositories:\n- name: large\n  url: " + w.url + "\n",
	} {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
