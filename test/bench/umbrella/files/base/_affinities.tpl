{{- define "base.affinities.topologyKey" -}}
{{- default "kubernetes.io/hostname" .topologyKey -}}
{{- end -}}

{{- define "base.affinities.nodes.soft" -}}
preferredDuringSchedulingIgnoredDuringExecution:
  - preference:
      matchExpressions:
        - key: {{ .key }}
          operator: In
          values:
            {{- range .values }}
            - {{ . | quote }}
            {{- end }}
    weight: {{ default 1 .weight }}
{{- end -}}

{{- define "base.affinities.nodes.hard" -}}
requiredDuringSchedulingIgnoredDuringExecution:
  nodeSelectorTerms:
    - matchExpressions:
        - key: {{ .key }}
          operator: In
          values:
            {{- range .values }}
            - {{ . | quote }}
            {{- end }}
{{- end -}}

{{- define "base.affinities.nodes" -}}
{{- if eq .type "soft" }}
{{- include "base.affinities.nodes.soft" . -}}
{{- else if eq .type "hard" }}
{{- include "base.affinities.nodes.hard" . -}}
{{- end -}}
{{- end -}}

{{- define "base.affinities.pods.soft" -}}
{{- $component := default "" .component -}}
preferredDuringSchedulingIgnoredDuringExecution:
  - podAffinityTerm:
      labelSelector:
        matchLabels: {{- include "base.labels.match" .context | nindent 10 }}
          {{- with $component }}
          app.kubernetes.io/component: {{ . }}
          {{- end }}
          {{- range $key, $value := .extraMatchLabels }}
          {{ $key }}: {{ $value | quote }}
          {{- end }}
      topologyKey: {{ include "base.affinities.topologyKey" . }}
    weight: {{ default 1 .weight }}
{{- end -}}

{{- define "base.affinities.pods.hard" -}}
{{- $component := default "" .component -}}
requiredDuringSchedulingIgnoredDuringExecution:
  - labelSelector:
      matchLabels: {{- include "base.labels.match" .context | nindent 8 }}
        {{- with $component }}
        app.kubernetes.io/component: {{ . }}
        {{- end }}
        {{- range $key, $value := .extraMatchLabels }}
        {{ $key }}: {{ $value | quote }}
        {{- end }}
    topologyKey: {{ include "base.affinities.topologyKey" . }}
{{- end -}}

{{- define "base.affinities.pods" -}}
{{- if eq .type "soft" }}
{{- include "base.affinities.pods.soft" . -}}
{{- else if eq .type "hard" }}
{{- include "base.affinities.pods.hard" . -}}
{{- end -}}
{{- end -}}

{{- define "base.affinities.all" -}}
{{- $v := .Values -}}
{{- if $v.affinity }}
affinity: {{- include "base.tplvalues.render" (dict "value" $v.affinity "context" .) | nindent 2 }}
{{- else }}
affinity:
  podAffinity: {{- include "base.affinities.pods" (dict "type" $v.podAffinityPreset "component" "server" "context" .) | nindent 4 }}
  podAntiAffinity: {{- include "base.affinities.pods" (dict "type" $v.podAntiAffinityPreset "component" "server" "extraMatchLabels" (dict "tier" $v.tier) "context" .) | nindent 4 }}
  nodeAffinity: {{- include "base.affinities.nodes" (dict "type" $v.nodeAffinityPreset.type "key" $v.nodeAffinityPreset.key "values" $v.nodeAffinityPreset.values) | nindent 4 }}
{{- end }}
{{- end -}}
