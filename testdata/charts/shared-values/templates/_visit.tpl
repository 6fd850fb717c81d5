{{- define "visit" -}}
{{- /* each file notes that it was here and shows who was before */ -}}
{{- $_ := set .Values.global "seen" (append .Values.global.seen (.Template.Name | trimPrefix "shared-values/")) -}}
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Template.Name | replace "/" "-" | trimSuffix ".yaml" }}}
data:
  seen: {{ .Values.global.seen | toJson | quote }}
  values: {{ omit .Values "global" | toJson | quote }}
  global: {{ .Values.global | toJson | quote }}
{{- end }}
{{- define "defaults" }}{{ $_ := set . "defaulted" (.defaulted | default "once") }}{{ end }}
