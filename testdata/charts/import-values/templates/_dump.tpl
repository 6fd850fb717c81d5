{{- define "import-values.dump" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Chart.Name }}
data:
  values: |
    {{- .Values | toYaml | nindent 4 }}
{{- end -}}
