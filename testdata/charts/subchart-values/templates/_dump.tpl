{{- define "dump" -}}
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Template.Name | dir | dir | replace "/" "-" }}}
data:
  chart: {{ .Chart.Name }} {{ .Chart.Version }}
  values: |
    {{- .Values | toYaml | nindent 4 }}
  {{- range $name, $sub := .Subcharts }}
  sub-{{ $name }}: {{ $sub.Chart.Name }} {{ $sub.Values | toJson | quote }} {{ keys $sub | sortAlpha | join " " }} {{ $sub.Release.Name }}
  {{- end }}
{{- end }}
