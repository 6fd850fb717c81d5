package yaml

import (
	"testing"

	"sigs.k8s.io/yaml"
)

// benchDocument is a values file of usual size.
const benchDocument = `# The image.
image:
  repository: registry.example.com/team/app
  tag: "1.20"
  pullPolicy: IfNotPresent
replicas: 3
service: {type: ClusterIP, port: 80}
resources:
  limits:
    cpu: 500m
    memory: 128Mi
  requests:
    cpu: 250m
    memory: 64Mi
env:
- name: LOG_LEVEL
  value: 'info'
- name: QUERY
  value: "a=1&b=2"
- name: PASSWORD
  valueFrom:
    secretKeyRef:
      name: app
      key: password
      optional: true
config: |
  [server]
  listen = 0.0.0.0:8080

  [log]
  format = json
description: >-
  A text that is long enough to need
  more than one line.
affinity: {}
tolerations: []
`

func benchTree(b *testing.B) any {
	b.Helper()
	tree, ok := Decode(benchDocument)
	if !ok {
		b.Fatal("the document is left to the library")
	}
	return tree
}

func BenchmarkEncode(b *testing.B) {
	tree := benchTree(b)
	b.Run("here", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Encode(tree); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("library", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := yaml.Marshal(tree); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	b.Run("here", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, ok := Decode(benchDocument); !ok {
				b.Fatal("left to the library")
			}
		}
	})
	b.Run("library", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var tree any
			if err := yaml.Unmarshal([]byte(benchDocument), &tree); err != nil {
				b.Fatal(err)
			}
		}
	})
}
