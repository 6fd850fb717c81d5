package umbrella

import (
	"fmt"
	"strings"
)

// The size of the large chart.
const (
	components = 60
	dashboards = 25
	panels     = 150 // of a dashboard, some 200 bytes each
)

// WriteLarge writes one large chart without subcharts to dir: few templates that
// range over many components, and big files that templates include.
func WriteLarge(dir string) error {
	templates, err := readFiles("files/large")
	if err != nil {
		return err
	}
	templates["Chart.yaml"] = chartYAML("large", "application")
	templates["values.yaml"] = largeValues()
	for i := range dashboards {
		templates[fmt.Sprintf("dashboards/board-%02d.json", i)] = dashboard(i)
	}
	return writeFiles(dir, templates)
}

func largeValues() string {
	var b strings.Builder
	b.WriteString(`# Values of the large chart.
registry: registry.example.org/large
commonLabels: {team: platform, estate: shop}
podAnnotations: {prometheus.io/scrape: "true"}
podSecurityContext: {runAsNonRoot: true, fsGroup: 1001, seccompProfile: {type: RuntimeDefault}}
resources:
  requests: {cpu: 100m, memory: 128Mi}
  limits: {memory: 256Mi}
env:
  LOG_LEVEL: info
  LOG_FORMAT: json
  TRACING: "off"
patience: {Down: 5m, Slow: 15m, Errors: 10m, Saturated: 30m}
components:
`)
	for i := range components {
		fmt.Fprintf(&b, "  # What part %02d of the chart is made of.\n  part-%02d:\n    image: part-%02d\n    replicas: %d\n    stateful: %v\n", i, i, i, 1+i%3, i%7 == 0)
		fmt.Fprintf(&b, "    args: [\"--name={{ .Release.Name }}-%02d\", --verbose]\n    ports: {http: %d, metrics: %d}\n", i, 8000+i, 9000+i)
		fmt.Fprintf(&b, "    annotations: {example.org/part: \"%d\"}\n    env:\n      PART: \"%d\"\n      UPSTREAM: http://part-%02d:%d\n", i, i, (i+1)%components, 8000+(i+1)%components)
		if i%4 == 0 {
			b.WriteString("    resources: {requests: {cpu: 500m, memory: 1Gi}}\n")
		}
	}
	return b.String()
}

func dashboard(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "{\n  \"title\": \"Board %d\",\n  \"panels\": [\n", n)
	for i := range panels {
		comma := ","
		if i == panels-1 {
			comma = ""
		}
		fmt.Fprintf(&b, "    {\n      \"id\": %d,\n      \"type\": \"timeseries\",\n      \"title\": \"Rate %d\",\n"+
			"      \"targets\": [{\"expr\": \"sum(rate(http_requests_total{job=\\\"part-%02d\\\", code=~\\\"5..\\\"}[5m])) by (pod)\"}]\n    }%s\n",
			i, i, (n+i)%components, comma)
	}
	b.WriteString("  ]\n}\n")
	return b.String()
}
