{{- define "chart-object.dump" }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Chart.Name }}-chart
data:
  dump: |
    kind: {{ kindOf .Chart }} {{ typeOf .Chart }}
    name: {{ .Chart.Name | quote }}
    version: {{ .Chart.Version | quote }}
    version-label: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 }}
    appVersion: {{ .Chart.AppVersion | quote }} {{ kindOf .Chart.AppVersion }}
    apiVersion: {{ .Chart.APIVersion | quote }}
    apiVersion-miscased: {{ .Chart.ApiVersion | quote }}
    appversion-miscased: {{ .Chart.appVersion | quote }}
    typo: {{ .Chart.Verison }}
    typo-default: {{ .Chart.Verison | default "none" }}
    typo-nested: {{ (.Chart.Nope).Deeper | default "nil-safe" }}
    type: {{ .Chart.Type | quote }}
    is-root: {{ .Chart.IsRoot }}
    deprecated: {{ .Chart.Deprecated }} {{ kindOf .Chart.Deprecated }}
    description: {{ .Chart.Description | quote }}
    home: {{ .Chart.Home | quote }}
    icon: {{ .Chart.Icon | quote }}
    kubeVersion: {{ .Chart.KubeVersion | quote }}
    condition: {{ .Chart.Condition | quote }}
    tags: {{ .Chart.Tags | quote }}
    keywords: {{ .Chart.Keywords | join "," | quote }} {{ typeOf .Chart.Keywords }}
    sources: {{ .Chart.Sources | toJson | quote }}
    has-annotation: {{ index (.Chart.Annotations | default dict) "example.org/string" | empty | not }}
    annotations: {{ .Chart.Annotations | toJson | quote }} {{ typeOf .Chart.Annotations }}
    {{- range $k, $v := .Chart.Annotations }}
    annotation.{{ $k | replace "/" "." }}: {{ $v | quote }}
    {{- end }}
    {{- range $i, $m := .Chart.Maintainers }}
    maintainer.{{ $i }}: {{ printf "%s <%s> %s" $m.Name $m.Email $m.URL | quote }}
    {{- end }}
    maintainers: {{ .Chart.Maintainers | toJson | quote }}
    {{- range .Chart.Dependencies }}
    dependency.{{ .Name }}: {{ printf "%s %s %v %v %q" .Version .Repository .Tags .Enabled .Condition | quote }}
    {{- end }}
    keys: {{ keys .Chart | sortAlpha | join "," | quote }}
    index: {{ index .Chart "Name" | quote }} {{ index .Chart "nothing" | quote }}
    json: {{ .Chart | toJson | quote }}
  yaml: |
    {{- .Chart | toYaml | nindent 4 }}
{{- end }}
