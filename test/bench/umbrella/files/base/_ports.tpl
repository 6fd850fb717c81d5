{{- define "base.ports.container" -}}
{{- range $name, $port := .Values.containerPorts }}
- name: {{ $name | trunc 15 }}
  containerPort: {{ $port | int }}
  protocol: {{ ternary "UDP" "TCP" (has $name (default list $.Values.udpPorts)) }}
{{- end }}
{{- end -}}

{{- define "base.ports.service" -}}
{{- $nodePorts := default dict .Values.service.nodePorts -}}
{{- range $name, $port := .Values.service.ports }}
- name: {{ $name }}
  port: {{ $port | int }}
  targetPort: {{ $name }}
  {{- if and (has $.Values.service.type (list "NodePort" "LoadBalancer")) (get $nodePorts $name) }}
  nodePort: {{ get $nodePorts $name }}
  {{- else if eq $.Values.service.type "ClusterIP" }}
  nodePort: null
  {{- end }}
{{- end }}
{{- end -}}
