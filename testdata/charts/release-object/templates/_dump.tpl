{{- define "release-object.dump" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-{{ .Chart.Name }}
  namespace: {{ .Release.Namespace }}
data:
  name: {{ .Release.Name | quote }}
  namespace: {{ .Release.Namespace | quote }}
  service: {{ .Release.Service | quote }}
  revision: {{ .Release.Revision }} {{ kindOf .Release.Revision }} {{ typeOf .Release.Revision }}
  is-install: {{ .Release.IsInstall }}
  is-upgrade: {{ .Release.IsUpgrade }}
  xor: {{ ne .Release.IsInstall .Release.IsUpgrade }}
  absent: {{ .Release.Time | default "no time" | quote }}
  release: {{ toJson .Release | quote }}
  release-type: {{ printf "%s %s" (typeOf .Release) (kindOf .Release) | quote }}
  template: {{ toJson .Template | quote }}
  template-name: {{ .Template.Name | quote }}
  template-base: {{ .Template.BasePath | quote }}
  template-file: {{ base .Template.Name }} in {{ dir .Template.Name }}
  checksum-of-self: {{ include (print $.Template.BasePath "/_fixed.tpl") . | sha256sum | trunc 12 }}
  root-keys: {{ keys . | sortAlpha | join " " }}
  root-type: {{ printf "%s %s" (typeOf .) (kindOf .) | quote }}
  values-type: {{ printf "%s %s" (typeOf .Values) (kindOf .Values) | quote }}
  files-type: {{ printf "%s %s" (typeOf .Files) (kindOf .Files) | quote }}
  capabilities-type: {{ printf "%s %s" (typeOf .Capabilities) (kindOf .Capabilities) | quote }}
  subcharts: {{ keys .Subcharts | sortAlpha | join "," | quote }}
{{- end -}}
