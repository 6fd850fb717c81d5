{{- define "notes.body" }}Body with {{ .Release.Name }}{{ end }}
