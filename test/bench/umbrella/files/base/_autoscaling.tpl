{{- define "base.autoscaling.metric" -}}
- type: Resource
  resource:
    name: {{ .name }}
    target:
      type: Utilization
      averageUtilization: {{ .target | int }}
{{- end -}}

{{- define "base.autoscaling.metrics" -}}
{{- range $name := list "cpu" "memory" }}
{{- with get $.Values.autoscaling (printf "target%s" (upper $name)) }}
{{ include "base.autoscaling.metric" (dict "name" $name "target" .) }}
{{- end }}
{{- end }}
{{- end -}}
