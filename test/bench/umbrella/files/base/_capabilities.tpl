{{- define "base.capabilities.kubeVersion" -}}
{{- $global := default dict .Values.global -}}
{{- default (default .Capabilities.KubeVersion.Version .Values.kubeVersion) $global.kubeVersion -}}
{{- end -}}

{{- define "base.capabilities.has" -}}
{{- if .context.Capabilities.APIVersions.Has .version }}true{{ end -}}
{{- end -}}

{{- define "base.capabilities.atLeast" -}}
{{- if semverCompare (printf ">=%s-0" .version) (include "base.capabilities.kubeVersion" .context) }}true{{ end -}}
{{- end -}}

{{- define "base.capabilities.deployment.apiVersion" -}}
{{- $version := include "base.capabilities.kubeVersion" . -}}
{{- if and (not (empty $version)) (semverCompare "<1.14-0" $version) -}}
{{- print "extensions/v1beta1" -}}
{{- else -}}
{{- print "apps/v1" -}}
{{- end -}}
{{- end -}}

{{- define "base.capabilities.daemonset.apiVersion" -}}
{{- $version := include "base.capabilities.kubeVersion" . -}}
{{- if and (not (empty $version)) (semverCompare "<1.14-0" $version) -}}
{{- print "extensions/v1beta1" -}}
{{- else -}}
{{- print "apps/v1" -}}
{{- end -}}
{{- end -}}

{{- define "base.capabilities.statefulset.apiVersion" -}}
{{- $version := include "base.capabilities.kubeVersion" . -}}
{{- if and (not (empty $version)) (semverCompare "<1.14-0" $version) -}}
{{- print "apps/v1beta1" -}}
{{- else -}}
{{- print "apps/v1" -}}
{{- end -}}
{{- end -}}

{{- define "base.capabilities.cronjob.apiVersion" -}}
{{- $version := include "base.capabilities.kubeVersion" . -}}
{{- if and (not (empty $version)) (semverCompare "<1.21-0" $version) -}}
{{- print "batch/v1beta1" -}}
{{- else -}}
{{- print "batch/v1" -}}
{{- end -}}
{{- end -}}

{{- define "base.capabilities.job.apiVersion" -}}
{{- $version := include "base.capabilities.kubeVersion" . -}}
{{- if and (not (empty $version)) (semverCompare "<1.21-0" $version) -}}
{{- print "batch/v1beta1" -}}
{{- else -}}
{{- print "batch/v1" -}}
{{- end -}}
{{- end -}}

{{- define "base.capabilities.ingress.apiVersion" -}}
{{- $version := include "base.capabilities.kubeVersion" . -}}
{{- if and (not (empty $version)) (semverCompare "<1.19-0" $version) -}}
{{- print "networking.k8s.io/v1beta1" -}}
{{- else -}}
{{- print "networking.k8s.io/v1" -}}
{{- end -}}
{{- end -}}

{{- define "base.capabilities.networkPolicy.apiVersion" -}}
{{- $version := include "base.capabilities.kubeVersion" . -}}
{{- if and (not (empty $version)) (semverCompare "<1.7-0" $version) -}}
{{- print "extensions/v1beta1" -}}
{{- else -}}
{{- print "networking.k8s.io/v1" -}}
{{- end -}}
{{- end -}}

{{- define "base.capabilities.hpa.apiVersion" -}}
{{- $version := include "base.capabilities.kubeVersion" . -}}
{{- if and (not (empty $version)) (semverCompare "<1.23-0" $version) -}}
{{- print "autoscaling/v2beta2" -}}
{{- else -}}
{{- print "autoscaling/v2" -}}
{{- end -}}
{{- end -}}

{{- define "base.capabilities.policy.apiVersion" -}}
{{- $version := include "base.capabilities.kubeVersion" . -}}
{{- if and (not (empty $version)) (semverCompare "<1.21-0" $version) -}}
{{- print "policy/v1beta1" -}}
{{- else -}}
{{- print "policy/v1" -}}
{{- end -}}
{{- end -}}

{{- define "base.capabilities.rbac.apiVersion" -}}
{{- $version := include "base.capabilities.kubeVersion" . -}}
{{- if and (not (empty $version)) (semverCompare "<1.17-0" $version) -}}
{{- print "rbac.authorization.k8s.io/v1beta1" -}}
{{- else -}}
{{- print "rbac.authorization.k8s.io/v1" -}}
{{- end -}}
{{- end -}}

{{- define "base.capabilities.crd.apiVersion" -}}
{{- $version := include "base.capabilities.kubeVersion" . -}}
{{- if and (not (empty $version)) (semverCompare "<1.19-0" $version) -}}
{{- print "apiextensions.k8s.io/v1beta1" -}}
{{- else -}}
{{- print "apiextensions.k8s.io/v1" -}}
{{- end -}}
{{- end -}}
