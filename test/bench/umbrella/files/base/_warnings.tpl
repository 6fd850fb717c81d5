{{- define "base.warnings.rollingTag" -}}
{{- $tag := toString (default "" .image.tag) -}}
{{- if or (eq $tag "latest") (not (regexMatch "[0-9]" $tag)) }}
WARNING: {{ .image.repository }}:{{ $tag }} is a tag that moves; use one that does not in production.
{{- end }}
{{- end -}}

{{- define "base.warnings.resources" -}}
{{- if and (empty .Values.resources) (ne .Values.resourcesPreset "none") }}
WARNING: resources are those of the preset {{ .Values.resourcesPreset | quote }}; set your own in production:
  {{- range $section := list "resources" "metrics.resources" }}
  - {{ $section }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "base.errors.replacedImage" -}}
{{- $registry := default "" (default dict .Values.global).imageRegistry -}}
{{- if and $registry (not (hasPrefix "registry." $registry)) (not (default dict (default dict .Values.global).security).allowInsecureImages) }}
ERROR: images come from {{ $registry }}, which is not one of ours.
{{- end }}
{{- end -}}
