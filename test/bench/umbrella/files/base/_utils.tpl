{{- define "base.utils.get" -}}
{{- $value := .context.Values -}}
{{- range splitList "." .key -}}
{{- if kindIs "map" $value -}}
{{- $value = get $value . -}}
{{- end -}}
{{- end -}}
{{- printf "%v" (default "" $value) -}}
{{- end -}}

{{- define "base.utils.fieldToEnv" -}}
{{- splitList "-" .field | join "_" | upper -}}
{{- end -}}

{{- define "base.utils.secretRef" -}}
secretKeyRef:
  name: {{ .secret }}
  key: {{ .key }}
{{- end -}}

{{- define "base.utils.checksum" -}}
{{- include (print .context.Template.BasePath .path) .context | sha256sum -}}
{{- end -}}

{{- define "base.utils.flatten" -}}
{{- $prefix := .prefix -}}
{{- range $key, $value := .map }}
{{- if kindIs "map" $value }}
{{- include "base.utils.flatten" (dict "prefix" (printf "%s%s." $prefix $key) "map" $value) }}
{{- else if kindIs "slice" $value }}
{{ printf "%s%s" $prefix $key }}={{ join "," $value }}
{{- else }}
{{ printf "%s%s" $prefix $key }}={{ $value }}
{{- end }}
{{- end }}
{{- end -}}
