{{- define "parent.deep" }}deep/er{{ end }}
