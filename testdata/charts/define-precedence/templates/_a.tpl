{{- define "files" }}_a{{ end }}
{{- define "parent.deep" }}shallow _a{{ end }}
