{{/* Names and parts of @NAME@. */}}
{{- define "@NAME@.name" -}}{{ include "base.names.name" . }}{{- end -}}
{{- define "@NAME@.fullname" -}}{{ include "base.names.fullname" . }}{{- end -}}
{{- define "@NAME@.secretName" -}}{{ include "base.secrets.name" (dict "existing" .Values.auth.existingSecret "context" .) }}{{- end -}}
{{- define "@NAME@.cacheHost" -}}
{{- $cache := default dict .Values.cache -}}
{{- if $cache.enabled -}}
{{- include "base.names.dependency" (dict "name" "cache" "values" $cache "context" .) -}}
{{- else -}}
{{- default "localhost" (default dict .Values.externalCache).host -}}
{{- end -}}
{{- end -}}
{{- define "@NAME@.url" -}}
{{- $scheme := ternary "https" "http" .Values.ingress.tls -}}
{{- printf "%s://%s%s" $scheme (include "base.ingress.host" (dict "host" .Values.ingress.hostname "context" .)) .Values.ingress.path -}}
{{- end -}}
{{- define "@NAME@.settings" -}}
name: {{ include "@NAME@.fullname" . }}
url: {{ include "@NAME@.url" . }}
cache: {{ include "@NAME@.cacheHost" . }}
log: {{ include "base.tplvalues.render" (dict "value" .Values.log "context" .) | nindent 2 }}
{{- end -}}
