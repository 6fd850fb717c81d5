{{- define "postgresql.fullname" }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end }}
{{- define "postgresql.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
