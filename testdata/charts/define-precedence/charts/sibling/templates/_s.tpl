{{- define "who" }}sibling{{ end }}
{{- define "siblings" }}sibling{{ end }}
