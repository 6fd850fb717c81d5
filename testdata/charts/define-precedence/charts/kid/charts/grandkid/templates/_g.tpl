{{- define "who" }}grandkid{{ end }}
{{- define "depth" }}grandkid{{ end }}
{{- define "siblings" }}grandkid{{ end }}
