{{- define "who" }}parent _helpers{{ end }}
{{- define "only.parent" }}only parent, called by {{ .Chart.Name }}{{ end }}
{{- define "same.file" }}{{ end }}
{{- define "same.file" }}the empty one does not count{{ end }}
{{- define "same.file" }} {{/* nor does one of space */}} {{ end }}
{{- define "empty.override" }}{{ end }}
{{- define "space.override" }}   {{ end }}
