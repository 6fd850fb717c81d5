{{- define "large.fullname" -}}
{{- printf "%s-%s" .root.Release.Name .name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- define "large.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}
{{- define "large.pod" -}}
metadata:
  labels: {{- include "large.labels" . | nindent 4 }}
  {{- with merge dict (default dict .component.annotations) .root.Values.podAnnotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with .root.Values.podSecurityContext }}
  securityContext: {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ .name }}
      image: "{{ .root.Values.registry }}/{{ .component.image }}:{{ default .root.Chart.AppVersion .component.tag }}"
      {{- with .component.args }}
      args: {{- tpl (toYaml .) $.root | nindent 8 }}
      {{- end }}
      env:
        {{- range $key, $value := merge dict (default dict .component.env) .root.Values.env }}
        - name: {{ $key }}
          value: {{ $value | quote }}
        {{- end }}
      ports:
        {{- range $port, $number := .component.ports }}
        - name: {{ $port }}
          containerPort: {{ $number }}
        {{- end }}
      resources: {{- toYaml (default .root.Values.resources .component.resources) | nindent 8 }}
{{- end -}}
