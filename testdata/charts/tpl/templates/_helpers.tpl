{{- define "tpl.greet" -}}
greetings, {{ .Values.name }} from {{ .Template.Name }}
{{- end }}
{{- define "tpl.leaf" }}leaf of file{{ end }}
{{- define "tpl.calls-leaf" }}calls({{ include "tpl.leaf" . }}){{ end }}
{{- define "tpl.calls-leaf-by-template" }}calls({{ template "tpl.leaf" . }}){{ end }}
{{- define "tpl.runs-tpl" }}runs({{ tpl .Values.runsInside . }}){{ end }}
{{- /* what many charts call common.tplvalues.render */}}
{{- define "tpl.render" }}
{{- if typeIs "string" .value }}
  {{- tpl .value .context }}
{{- else }}
  {{- tpl (.value | toYaml) .context }}
{{- end }}
{{- end }}
{{- define "tpl.recursive" -}}
{{ . }}{{ if gt (int .) 0 }},{{ include "tpl.recursive" (sub (int .) 1) }}{{ end }}
{{- end }}
