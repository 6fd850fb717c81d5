{{- define "base.security.openshift" -}}
{{- if .Capabilities.APIVersions.Has "security.openshift.io/v1" }}true{{ end -}}
{{- end -}}

{{- define "base.security.render" -}}
{{- $adapted := omit .context "enabled" -}}
{{- if and (include "base.security.openshift" .root) (ne (toString .adapt) "disabled") -}}
{{- $adapted = omit $adapted "fsGroup" "runAsUser" "runAsGroup" "seLinuxOptions" -}}
{{- end -}}
{{- $adapted | toYaml -}}
{{- end -}}

{{- define "base.security.pod" -}}
{{- with .Values.podSecurityContext }}
{{- if .enabled }}
securityContext: {{- include "base.security.render" (dict "context" . "root" $ "adapt" "auto") | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "base.security.container" -}}
{{- with .Values.containerSecurityContext }}
{{- if .enabled }}
securityContext: {{- include "base.security.render" (dict "context" . "root" $ "adapt" "auto") | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}
