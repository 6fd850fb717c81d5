{{- define "base.metadata" -}}
{{- $root := .context -}}
name: {{ default (include "base.names.fullname" $root) .name }}
namespace: {{ include "base.names.namespace" $root | quote }}
labels: {{- include "base.labels.all" $root | nindent 2 }}
  {{- with .component }}
  app.kubernetes.io/component: {{ . }}
  {{- end }}
{{- include "base.annotations.merged" (dict "annotations" .annotations "context" $root) }}
{{- end -}}
