// Package umbrella writes charts for benchmarks and tests: an umbrella of many
// services, each of which vendors one library and some of which have services
// below them, and a single large chart. What it writes depends on its arguments
// alone.
//
// Of a hundred services, the chart is of the kind that is slow in practice: some
// 7,000 templates, of which few texts are distinct, and 19,000 defines, nearly
// all of which another of the same name replaces.
package umbrella

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// service is one entry of the umbrella's dependencies.
type service struct {
	chart  string // the folder in charts/
	alias  string // the name in the release, "" for the chart's own
	group  string // the tag
	nested []string
	off    bool // by its condition
}

func (s service) name() string {
	if s.alias != "" {
		return s.alias
	}
	return s.chart
}

// services plans n entries: each eighth is an alias of the one before it, a few
// are off, and below a hundred are some 120 nested services.
func services(n int) []service {
	var list []service
	for i := range n {
		if i%8 == 7 {
			canary := list[i-1]
			canary.alias = canary.chart + "-canary"
			canary.off = false
			list = append(list, canary)
			continue
		}
		list = append(list, service{
			chart:  fmt.Sprintf("svc-%03d", i+1),
			group:  [...]string{"front", "back", "batch"}[i%3],
			nested: [...][]string{{"cache"}, {"cache", "database"}, {"database"}, {"cache", "database"}, nil, {"cache", "database"}}[i%6],
			off:    i%20 == 19,
		})
	}
	return list
}

// Write writes an umbrella chart of n services to dir, which it makes.
func Write(dir string, n int) error {
	t, err := newTexts()
	if err != nil {
		return err
	}
	list := services(n)
	if err := writeFiles(dir, umbrellaFiles(list)); err != nil {
		return err
	}
	if err := t.writeLibrary(filepath.Join(dir, "charts", "base")); err != nil {
		return err
	}
	for _, s := range list {
		if s.alias != "" {
			continue
		}
		if err := t.writeService(filepath.Join(dir, "charts", s.chart), s.chart, s.nested); err != nil {
			return err
		}
	}
	return nil
}

// umbrellaFiles are the files of the umbrella itself.
func umbrellaFiles(list []service) map[string]string {
	var chart, values strings.Builder
	chart.WriteString(chartYAML("umbrella", "application"))
	chart.WriteString(dependsOnBase)
	values.WriteString("global:\n  domain: example.org\n  environment: staging\n  imageRegistry: \"\"\n" +
		"  labels: {estate: shop}\n  features: {}\ntags: {front: true, back: true, batch: true}\n")
	for i, s := range list {
		fmt.Fprintf(&chart, "  - name: %s\n    version: ~1.4.0\n    repository: \"\"\n", s.chart)
		if s.alias != "" {
			fmt.Fprintf(&chart, "    alias: %s\n", s.alias)
		}
		fmt.Fprintf(&chart, "    condition: %s.enabled,global.features.%s\n    tags: [%s]\n", s.name(), s.group, s.group)
		values.WriteString(overrides(i, s))
	}
	return map[string]string{
		"Chart.yaml":  chart.String(),
		"values.yaml": values.String(),
		// The umbrella's defines replace those of all services.
		"templates/_overrides.tpl": "{{- define \"base.warnings.resources\" -}}{{- end -}}\n",
		"templates/configmap.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-estate\ndata:\n" +
			"  charts: {{ keys .Subcharts | sortAlpha | join \",\" | quote }}\n  domain: {{ tpl .Values.global.domain . | quote }}\n",
	}
}

// overrides are what the umbrella sets for a service.
func overrides(i int, s service) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:\n  enabled: %v\n  tier: %s\n  replicaCount: %d\n", s.name(), !s.off, s.group, 1+i%4)
	fmt.Fprintf(&b, "  env:\n    SERVICE_INDEX: %d\n    PEERS: svc-%03d,svc-%03d\n", i, i, i+2)
	if i%3 == 0 {
		b.WriteString("  ingress:\n    hostname: '{{ .Release.Name }}-{{ .Chart.Name }}.{{ .Values.global.domain }}'\n")
	}
	if i%5 == 0 {
		b.WriteString("  autoscaling: {enabled: false}\n  resources:\n    requests: {cpu: 100m, memory: 256Mi}\n    limits: {memory: 512Mi}\n")
	}
	if i%6 == 0 {
		b.WriteString("  podAntiAffinityPreset: hard\n  externalCache: null\n  jobs: {report: {enabled: true}}\n")
	}
	return b.String()
}

// writeFiles writes files below dir by their slash-separated names.
func writeFiles(dir string, files map[string]string) error {
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
