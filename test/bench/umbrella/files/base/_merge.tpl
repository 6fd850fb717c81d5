{{- define "base.merge.maps" -}}
{{- $into := dict -}}
{{- range .maps -}}
{{- $into = merge $into (deepCopy (default dict .)) -}}
{{- end -}}
{{- toYaml $into -}}
{{- end -}}

{{- define "base.merge.lists" -}}
{{- $into := list -}}
{{- range .lists -}}
{{- $into = concat $into (default list .) -}}
{{- end -}}
{{- $into | uniq | toYaml -}}
{{- end -}}

{{- define "base.merge.component" -}}
{{- $defaults := deepCopy (pick .context.Values "resources" "nodeSelector" "tolerations" "podLabels") -}}
{{- mergeOverwrite $defaults (default dict .component) | toYaml -}}
{{- end -}}
