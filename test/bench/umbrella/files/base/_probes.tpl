{{- define "base.probes.handler" -}}
{{- if eq .kind "http" -}}
httpGet:
  path: {{ default "/" .path }}
  port: {{ .port }}
{{- else if eq .kind "exec" -}}
exec:
  command: {{- toYaml .command | nindent 4 }}
{{- else -}}
tcpSocket:
  port: {{ .port }}
{{- end -}}
{{- end -}}

{{- define "base.probes.one" -}}
{{- if .custom }}
{{ .name }}: {{- include "base.tplvalues.render" (dict "value" .custom "context" .context) | nindent 2 }}
{{- else if .probe.enabled }}
{{ .name }}: {{- omit .probe "enabled" "kind" "path" "command" "port" | toYaml | nindent 2 }}
  {{- include "base.probes.handler" (merge (dict "port" (default "http" .probe.port)) (pick .probe "kind" "path" "command")) | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "base.probes.all" -}}
{{- $v := .Values -}}
{{- range $name := list "livenessProbe" "readinessProbe" "startupProbe" }}
{{- include "base.probes.one" (dict "name" $name "probe" (get $v $name) "custom" (get $v (printf "custom%s" (title $name))) "context" $) }}
{{- end }}
{{- end -}}
