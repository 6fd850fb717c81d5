package main

import (
	"os"
	"path/filepath"
)

// writeChart writes the chart that is installed. changed is how many ConfigMaps are
// changed.
func writeChart(dir string) error {
	files := map[string]string{
		"Chart.yaml":  "apiVersion: v2\nname: bench\nversion: 1.0.0\n",
		"values.yaml": "changed: 0\nconfigs: 200\nservices: 50\ndeployments: 20\n",
		"templates/all.yaml": `{{- range $i := until (int .Values.configs) }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $.Release.Name }}-{{ $i }}
  labels: {app: bench, index: "{{ $i }}"}
data:
  index: "{{ $i }}"
  changed: {{ lt $i (int $.Values.changed) | quote }}
{{- end }}
{{- range $i := until (int .Values.services) }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $.Release.Name }}-{{ $i }}
  labels: {app: bench}
spec:
  selector: {app: bench, index: "{{ $i }}"}
  ports:
    - {name: http, port: 80, targetPort: 8080}
    - {name: metrics, port: 9090}
{{- end }}
{{- range $i := until (int .Values.deployments) }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $.Release.Name }}-{{ $i }}
  labels: {app: bench}
spec:
  replicas: 0
  selector:
    matchLabels: {app: bench, index: "{{ $i }}"}
  template:
    metadata:
      labels: {app: bench, index: "{{ $i }}"}
    spec:
      containers:
        - name: main
          image: example.com/bench:1
          env: [{name: INDEX, value: "{{ $i }}"}]
          ports: [{name: http, containerPort: 8080}]
{{- end }}
`,
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}
