{{- define "base.annotations.common" -}}
{{- with .Values.commonAnnotations }}
annotations: {{- include "base.tplvalues.render" (dict "value" . "context" $) | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "base.annotations.merged" -}}
{{- $all := include "base.tplvalues.merge" (dict "values" (list .annotations .context.Values.commonAnnotations) "context" .context) | fromYaml -}}
{{- with $all }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
