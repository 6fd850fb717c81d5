package manifest

import (
	"fmt"
	"strings"
	"testing"
)

// benchFile is a rendered file of n deployments, some 1.3 kB each.
func benchFile(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `---
# Source: chart/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-%d
  namespace: "demo"
  labels:
    app.kubernetes.io/name: web
    app.kubernetes.io/instance: rel
    helm.sh/chart: web-1.2.3
  annotations:
    checksum/config: 1f2e3d4c5b6a
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: web
  template:
    metadata:
      labels:
        app.kubernetes.io/name: web
    spec:
      serviceAccountName: web
      securityContext:
        runAsNonRoot: true
        fsGroup: 1000
      containers:
        - name: web
          image: "registry.example.com/web:1.2.3"
          imagePullPolicy: IfNotPresent
          args: ["--port", "8080"]
          env:
            - name: GREETING
              value: 'it''s "fine"'
            - name: SCRIPT
              value: |
                #!/bin/sh
                echo: hello
          ports:
            - name: http
              containerPort: 8080
              protocol: TCP
          livenessProbe:
            httpGet:
              path: /healthz
              port: http
          resources:
            limits: {cpu: 100m, memory: 128Mi}
            requests:
              cpu: 100m
              memory: 128Mi
          volumeMounts:
            - name: config
              mountPath: /etc/web
              readOnly: true
      volumes:
        - name: config
          configMap:
            name: web
`, i)
	}
	return b.String()
}

func BenchmarkParse(b *testing.B) {
	text := benchFile(20)
	files := map[string]string{"chart/templates/deployment.yaml": text}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(files); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkText prints what was parsed.
func BenchmarkText(b *testing.B) {
	set, err := Parse(map[string]string{"chart/templates/deployment.yaml": benchFile(20)})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if set.Text(TextOptions{}) == "" {
			b.Fatal("nothing printed")
		}
	}
}

// BenchmarkReferenceHead is what decoding costs the way Helm does it.
func BenchmarkReferenceHead(b *testing.B) {
	docs := Split(benchFile(20))
	b.SetBytes(int64(len(benchFile(20))))
	b.ReportAllocs()
	for b.Loop() {
		for _, doc := range docs {
			if _, err := referenceHead(doc); err != nil {
				b.Fatal(err)
			}
		}
	}
}
