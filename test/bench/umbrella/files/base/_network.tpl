{{- define "base.network.peers" -}}
{{- if not .policy.allowExternal }}
from:
  - podSelector:
      matchLabels: {{- include "base.labels.match" .context | nindent 8 }}
  - podSelector:
      matchLabels:
        {{ include "base.names.fullname" .context }}-client: "true"
  {{- with .policy.namespaces }}
  - namespaceSelector:
      matchExpressions:
        - key: kubernetes.io/metadata.name
          operator: In
          values: {{- toYaml . | nindent 12 }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "base.network.ports" -}}
{{- range $name, $port := .ports }}
- port: {{ $port | int }}
  protocol: {{ ternary "UDP" "TCP" (eq $name "dns") }}
{{- end }}
{{- end -}}
