{{- define "base.volumes.list" -}}
- name: config
  configMap:
    name: {{ include "base.names.fullname" . }}
- name: tmp
  emptyDir: {}
{{- if .Values.persistence.enabled }}
- name: data
  persistentVolumeClaim:
    claimName: {{ default (include "base.names.fullname" .) .Values.persistence.existingClaim }}
{{- else }}
- name: data
  emptyDir: {}
{{- end }}
{{- with .Values.extraVolumes }}
{{ include "base.tplvalues.render" (dict "value" . "context" $) }}
{{- end }}
{{- end -}}

{{- define "base.volumes.mounts" -}}
{{- range $name, $path := dict "config" "/etc/app" "tmp" "/tmp" "data" (default "/data" .Values.persistence.mountPath) }}
- name: {{ $name }}
  mountPath: {{ $path }}
  {{- if eq $name "config" }}
  readOnly: true
  {{- end }}
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ include "base.tplvalues.render" (dict "value" . "context" $) }}
{{- end }}
{{- end -}}
