{{- define "base.ingress.backend" -}}
{{- $version := include "base.capabilities.ingress.apiVersion" .context -}}
{{- if eq $version "networking.k8s.io/v1" -}}
service:
  name: {{ .service }}
  port:
    {{- if kindIs "string" .port }}
    name: {{ .port }}
    {{- else }}
    number: {{ .port | int }}
    {{- end }}
{{- else -}}
serviceName: {{ .service }}
servicePort: {{ .port }}
{{- end -}}
{{- end -}}

{{- define "base.ingress.managedCertificate" -}}
{{- if or (hasKey .annotations "cert-manager.io/cluster-issuer") (hasKey .annotations "cert-manager.io/issuer") (hasKey .annotations "kubernetes.io/tls-acme") }}true{{ end -}}
{{- end -}}

{{- define "base.ingress.host" -}}
{{- include "base.tplvalues.render" (dict "value" .host "context" .context) | lower | trimSuffix "." -}}
{{- end -}}

{{- define "base.ingress.tls" -}}
{{- $hosts := list -}}
{{- range .hosts -}}
{{- $hosts = append $hosts (include "base.ingress.host" (dict "host" .host "context" $.context)) -}}
{{- end }}
- hosts:
    {{- range $hosts | uniq | sortAlpha }}
    - {{ . | quote }}
    {{- end }}
  secretName: {{ printf "%s-tls" (first $hosts) }}
{{- end -}}
