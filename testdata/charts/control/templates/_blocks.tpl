{{- define "control.defined" }}defined({{ . }}){{ end }}
{{- define "control.known-block" }}known wins {{ . }}{{ end }}
{{- define "control.nested" }}{{ template "control.defined" (printf "%s!" .) }}{{ end }}
{{- define "with space" }}space{{ end }}
{{- define "ünïcode/and.dots" }}u{{ end }}
{{- define "control.multi" -}}
a: 1
b:
  - c
{{ end }}
{{- define "control.args" }}{{ index . 0 }}-{{ index . 1 }}{{ end }}
{{- define "control.true" }}true{{ end }}
{{- define "control.empty" }}{{- end }}
{{- define "control.boolish" }}{{ if .on }}true{{ end }}{{ end }}
