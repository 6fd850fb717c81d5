{{- define "base.env.value" -}}
{{- if kindIs "map" .value -}}
valueFrom: {{- include "base.tplvalues.render" (dict "value" .value "context" .context) | nindent 2 }}
{{- else -}}
value: {{ include "base.tplvalues.render" (dict "value" (toString .value) "context" .context) | quote }}
{{- end -}}
{{- end -}}

{{- define "base.env.vars" -}}
{{- range $name, $value := .vars }}
- name: {{ $name }}
  {{- include "base.env.value" (dict "value" $value "context" $.context) | nindent 2 }}
{{- end }}
{{- range .extra }}
- name: {{ .name }}
  {{- include "base.env.value" (dict "value" (default .value .valueFrom) "context" $.context) | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "base.env.from" -}}
- configMapRef:
    name: {{ include "base.names.fullname" . }}
- secretRef:
    name: {{ include "base.secrets.name" (dict "existing" .Values.auth.existingSecret "context" .) }}
{{- with .Values.extraEnvVarsCM }}
- configMapRef:
    name: {{ include "base.tplvalues.render" (dict "value" . "context" $) }}
{{- end }}
{{- end -}}
