{{- define "base.storage.class" -}}
{{- $global := default dict .context.Values.global -}}
{{- $class := default .persistence.storageClass $global.storageClass -}}
{{- if $class -}}
{{- ternary "storageClassName: \"\"" (printf "storageClassName: %s" $class) (eq $class "-") -}}
{{- end -}}
{{- end -}}

{{- define "base.storage.claim" -}}
accessModes:
  {{- range default (list "ReadWriteOnce") .persistence.accessModes }}
  - {{ . | quote }}
  {{- end }}
resources:
  requests:
    storage: {{ default "8Gi" .persistence.size | quote }}
{{ include "base.storage.class" . }}
{{- end -}}
