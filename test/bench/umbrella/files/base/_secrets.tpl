{{- define "base.secrets.name" -}}
{{- $name := include "base.names.fullname" .context -}}
{{- with .suffix -}}
{{- $name = printf "%s-%s" $name . | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- with .existing -}}
{{- $name = include "base.tplvalues.render" (dict "value" . "context" $.context) -}}
{{- end -}}
{{- $name -}}
{{- end -}}

{{- define "base.secrets.key" -}}
{{- $key := .key -}}
{{- with .mapping -}}
{{- with get . $.key -}}
{{- $key = . -}}
{{- end -}}
{{- end -}}
{{- $key -}}
{{- end -}}

{{- define "base.secrets.exists" -}}
{{- $found := lookup "v1" "Secret" .context.Release.Namespace .secret -}}
{{- if $found }}true{{ end -}}
{{- end -}}

{{- define "base.secrets.value" -}}
{{- $found := default dict (get (lookup "v1" "Secret" .context.Release.Namespace .secret) "data") -}}
{{- if hasKey $found .key -}}
{{- get $found .key -}}
{{- else -}}
{{- include "base.tplvalues.render" (dict "value" .value "context" .context) | b64enc -}}
{{- end -}}
{{- end -}}

{{- define "base.secrets.derived" -}}
{{- printf "%s/%s/%s" .context.Release.Namespace .context.Release.Name .key | sha256sum | trunc (int (default 24 .length)) -}}
{{- end -}}
