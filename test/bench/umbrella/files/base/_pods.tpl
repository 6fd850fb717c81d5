{{- define "base.pods.container" -}}
{{- $root := .context -}}
- name: {{ .name }}
  image: {{ include "base.images.image" (dict "image" $root.Values.image "global" $root.Values.global "chart" $root.Chart) }}
  imagePullPolicy: {{ include "base.images.pullPolicy" (dict "image" $root.Values.image) | quote }}
  {{- include "base.security.container" $root | indent 2 }}
  {{- with default $root.Values.command .command }}
  command: {{- include "base.tplvalues.render" (dict "value" . "context" $root) | nindent 4 }}
  {{- end }}
  {{- with default $root.Values.args .args }}
  args: {{- include "base.tplvalues.render" (dict "value" . "context" $root) | nindent 4 }}
  {{- end }}
  env:
    - name: POD_NAME
      valueFrom:
        fieldRef:
          fieldPath: metadata.name
    {{- include "base.env.vars" (dict "vars" $root.Values.env "extra" $root.Values.extraEnvVars "context" $root) | nindent 4 }}
  envFrom: {{- include "base.env.from" $root | nindent 4 }}
  {{- if .ports }}
  ports: {{- include "base.ports.container" $root | nindent 4 }}
  {{- end }}
  {{- if .probes }}
  {{- include "base.probes.all" $root | indent 2 }}
  {{- end }}
  {{- include "base.resources.of" (dict "resources" $root.Values.resources "preset" $root.Values.resourcesPreset) | indent 2 }}
  volumeMounts: {{- include "base.volumes.mounts" $root | nindent 4 }}
{{- end -}}

{{- define "base.pods.scheduling" -}}
{{- with .Values.nodeSelector }}
nodeSelector: {{- include "base.tplvalues.render" (dict "value" . "context" $) | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- include "base.tplvalues.render" (dict "value" . "context" $) | nindent 2 }}
{{- end }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints: {{- include "base.tplvalues.render" (dict "value" . "context" $) | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- end -}}

{{- define "base.pods.metadata" -}}
labels: {{- include "base.labels.pod" . | nindent 2 }}
  app.kubernetes.io/component: server
  tier: {{ .Values.tier }}
{{- with include "base.tplvalues.merge" (dict "values" (list .Values.podAnnotations .Values.commonAnnotations) "context" .) | fromYaml }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
