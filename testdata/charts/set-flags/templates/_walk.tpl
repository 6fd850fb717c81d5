{{- define "walk" }}
{{- if kindIs "map" .v }}
{{ .path }}: map of {{ len .v }}
{{- range $k, $x := .v }}{{ include "walk" (dict "path" (printf "%s.%s" $.path $k) "v" $x) }}{{ end }}
{{- else if kindIs "slice" .v }}
{{ .path }}: list of {{ len .v }}
{{- range $i, $x := .v }}{{ include "walk" (dict "path" (printf "%s[%d]" $.path $i) "v" $x) }}{{ end }}
{{- else }}
{{ .path }}: {{ printf "%T %q" .v (toString .v) }} {{ .v | toJson }}
{{- end }}
{{- end }}
