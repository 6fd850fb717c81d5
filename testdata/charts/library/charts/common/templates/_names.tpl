{{- define "common.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- define "common.labels" -}}
app.kubernetes.io/name: {{ include "common.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- with .Values.common }}{{ with .prefix }}
prefix: {{ . }}{{ end }}{{ end }}
{{- end }}
{{- /* deep-merges a chart's template over the library's, as many libraries do */}}
{{- define "common.util.merge" -}}
{{- $top := first . -}}
{{- $overrides := fromYaml (include (index . 1) $top) | default (dict) -}}
{{- $base := fromYaml (include (index . 2) $top) | default (dict) -}}
{{- toYaml (merge $overrides $base) -}}
{{- end }}
{{- define "common.configmap.base" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "common.name" . }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
data: {base: "yes", overridden: "no"}
{{- end }}
{{- define "common.configmap" }}{{ include "common.util.merge" (append . "common.configmap.base") }}{{ end }}
