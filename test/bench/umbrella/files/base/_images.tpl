{{- define "base.images.registry" -}}
{{- $global := default dict .global -}}
{{- default .image.registry $global.imageRegistry -}}
{{- end -}}

{{- define "base.images.image" -}}
{{- $registry := include "base.images.registry" . -}}
{{- $repository := .image.repository -}}
{{- $separator := ternary "@" ":" (not (empty .image.digest)) -}}
{{- $end := default (default .chart.AppVersion .image.tag) .image.digest | toString -}}
{{- if $registry -}}
{{- printf "%s/%s%s%s" $registry $repository $separator $end -}}
{{- else -}}
{{- printf "%s%s%s" $repository $separator $end -}}
{{- end -}}
{{- end -}}

{{- define "base.images.pullPolicy" -}}
{{- $tag := toString (default "" .image.tag) -}}
{{- default (ternary "Always" "IfNotPresent" (eq $tag "latest")) .image.pullPolicy -}}
{{- end -}}

{{- define "base.images.pullSecrets" -}}
{{- $names := list -}}
{{- $global := default dict .context.Values.global -}}
{{- range concat (default list $global.imagePullSecrets) (default list .secrets) -}}
{{- if kindIs "map" . -}}
{{- $names = append $names .name -}}
{{- else -}}
{{- $names = append $names (include "base.tplvalues.render" (dict "value" . "context" $.context)) -}}
{{- end -}}
{{- end -}}
{{- with $names | uniq }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "base.images.version" -}}
{{- $tag := toString (default .chart.AppVersion .image.tag) -}}
{{- if regexMatch "^v?[0-9]+(\\.[0-9]+){0,2}" $tag -}}
{{- $v := semver (regexFind "[0-9]+(\\.[0-9]+){0,2}" $tag) -}}
{{- printf "%d.%d.%d" $v.Major $v.Minor $v.Patch -}}
{{- else -}}
{{- .chart.AppVersion -}}
{{- end -}}
{{- end -}}
