{{/* A Job that is a hook: a list of its name, events, weight, delete policies and the root. */}}
{{- define "hook" }}
{{- $root := index . 4 }}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ index . 0 }}
  annotations:
    "helm.sh/hook": {{ index . 1 }}
    "helm.sh/hook-weight": {{ index . 2 | quote }}
    {{- with index . 3 }}
    "helm.sh/hook-delete-policy": {{ . }}
    {{- end }}
spec:
  backoffLimit: 0
  template:
    {{- if has $root.Values.fail (splitList "," (index . 1)) }}
    metadata:
      annotations: {test.hchart.sh/pod: fail}
    {{- end }}
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 0
      containers:
      - {name: hook, image: example.test/hook}
{{- end }}
