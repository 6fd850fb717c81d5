{{- define "base.validations.required" -}}
{{- range .keys -}}
{{- if not (include "base.utils.get" (dict "key" . "context" $.context)) }}
{{ $.context.Chart.Name }}: {{ . }} is empty
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "base.validations.all" -}}
{{- $messages := list -}}
{{- $messages = append $messages (include "base.validations.required" (dict "keys" (list "image.repository" "service.type") "context" .)) -}}
{{- if and .Values.autoscaling.enabled (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) -}}
{{- $messages = append $messages "autoscaling: minReplicas is above maxReplicas" -}}
{{- end -}}
{{- $messages = without $messages "" -}}
{{- with $messages -}}
{{- printf "\nVALUES VALIDATION:\n%s" (join "\n" .) | fail -}}
{{- end -}}
{{- end -}}
