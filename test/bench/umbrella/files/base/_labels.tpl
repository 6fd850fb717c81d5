{{- define "base.labels.standard" -}}
{{- if and (hasKey . "customLabels") (hasKey . "context") -}}
{{- $default := dict "app.kubernetes.io/name" (include "base.names.name" .context) "helm.sh/chart" (include "base.names.chart" .context) "app.kubernetes.io/instance" .context.Release.Name "app.kubernetes.io/managed-by" .context.Release.Service -}}
{{- with .context.Chart.AppVersion -}}
{{- $_ := set $default "app.kubernetes.io/version" (replace "+" "_" (toString .)) -}}
{{- end -}}
{{- $custom := include "base.tplvalues.render" (dict "value" .customLabels "context" .context) | fromYaml -}}
{{- mergeOverwrite $default (default dict $custom) | toYaml }}
{{- else -}}
app.kubernetes.io/name: {{ include "base.names.name" . }}
helm.sh/chart: {{ include "base.names.chart" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Chart.AppVersion }}
app.kubernetes.io/version: {{ replace "+" "_" (toString .) | quote }}
{{- end }}
{{- end -}}
{{- end -}}

{{- define "base.labels.match" -}}
{{- if and (hasKey . "customLabels") (hasKey . "context") -}}
{{- $custom := include "base.tplvalues.render" (dict "value" .customLabels "context" .context) | fromYaml -}}
{{- $kept := pick (default dict $custom) "app.kubernetes.io/name" "app.kubernetes.io/instance" -}}
{{- merge $kept (dict "app.kubernetes.io/name" (include "base.names.name" .context) "app.kubernetes.io/instance" .context.Release.Name) | toYaml }}
{{- else -}}
app.kubernetes.io/name: {{ include "base.names.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}
{{- end -}}

{{- define "base.labels.all" -}}
{{- $global := default dict .Values.global -}}
{{- $custom := merge dict (default dict .Values.commonLabels) (default dict $global.labels) -}}
{{- include "base.labels.standard" (dict "customLabels" $custom "context" .) -}}
{{- end -}}

{{- define "base.labels.pod" -}}
{{- $custom := merge dict (default dict .Values.podLabels) (default dict .Values.commonLabels) -}}
{{- include "base.labels.standard" (dict "customLabels" $custom "context" .) -}}
{{- end -}}
