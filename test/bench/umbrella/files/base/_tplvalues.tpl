{{- define "base.tplvalues.render" -}}
{{- $text := typeIs "string" .value | ternary .value (.value | toYaml) -}}
{{- if contains "{{" (toJson .value) -}}
{{- if .scope -}}
{{- tpl (cat "{{- with $.RelativeScope -}}" $text "{{- end }}") (merge (dict "RelativeScope" .scope) .context) -}}
{{- else -}}
{{- tpl $text .context -}}
{{- end -}}
{{- else -}}
{{- $text -}}
{{- end -}}
{{- end -}}

{{- define "base.tplvalues.merge" -}}
{{- $into := dict -}}
{{- range .values -}}
{{- $into = include "base.tplvalues.render" (dict "value" . "context" $.context) | fromYaml | merge $into -}}
{{- end -}}
{{- $into | toYaml }}
{{- end -}}

{{- define "base.tplvalues.overwrite" -}}
{{- $into := dict -}}
{{- range .values -}}
{{- $into = include "base.tplvalues.render" (dict "value" . "context" $.context) | fromYaml | mergeOverwrite $into -}}
{{- end -}}
{{- $into | toYaml }}
{{- end -}}
