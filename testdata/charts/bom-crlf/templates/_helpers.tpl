{{- define "mark" }}
  from a file with a mark
{{ end }}