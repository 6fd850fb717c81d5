#!/bin/sh
{{- /* a file of the chart, not a template */}}
echo {{ .Values.name | squote }} {{ include "tpl.leaf" . }}
{{ define "from.file" }}x{{ end -}}
echo "{{ template "from.file" }}"
