{{- define "files" }}_z{{ end }}
{{- define "empty.override" }}from _z{{ end }}
{{- define "space.override" }}from _z{{ end }}
