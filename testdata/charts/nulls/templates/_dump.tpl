{{- define "nulls.dump" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Chart.Name }}
data:
{{- range $k, $v := .Values }}
  {{ $k }}: {{ $v | toJson | quote }} # {{ kindOf $v }}
{{- end }}
  keys: {{ keys .Values | sortAlpha | join " " }}
  {{- range $k := list "string" "ownNull" "ownTable" "fromParentNull" "childNull" "table" }}
  has-{{ $k }}: {{ hasKey $.Values $k }}
  {{- end }}
  global-keys: {{ keys (.Values.global | default dict) | sortAlpha | join " " | quote }}
{{- end -}}
