{{- define "myapp.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "myapp.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- $name := include "myapp.name" . }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "myapp.selectorLabels" -}}
app.kubernetes.io/name: {{ include "myapp.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "myapp.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "myapp.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "myapp.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "myapp.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "myapp.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "myapp.databaseHost" -}}
{{ .Release.Name }}-postgresql
{{- end }}

{{/*
A probe out of values: {"name": "liveness", "probe": {…}}. Nothing when it is
absent or disabled.
*/}}
{{- define "myapp.probe" }}
{{- if and .probe .probe.enabled }}
{{ .name }}Probe:
  {{- omit .probe "enabled" | toYaml | nindent 2 }}
{{- end }}
{{- end }}

{{/* Environment of the application and of the migration. */}}
{{- define "myapp.env" }}
{{- range $name, $value := .Values.env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- if .Values.postgresql.enabled }}
- name: DATABASE_HOST
  value: {{ include "myapp.databaseHost" . }}
- name: DATABASE_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "myapp.databaseHost" . }}
      key: password
{{- end }}
{{- with .Values.cache }}
- name: CACHE_URL
  value: {{ printf "redis://%s-redis:%v" $.Release.Name .port | quote }}
{{- end }}
{{- end }}
