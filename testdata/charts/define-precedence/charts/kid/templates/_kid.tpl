{{- define "who" }}kid{{ end }}
{{- define "only.child" }}only kid, called by {{ .Chart.Name }}{{ end }}
{{- define "siblings" }}kid{{ end }}
{{- define "depth" }}kid{{ end }}
text of kid
