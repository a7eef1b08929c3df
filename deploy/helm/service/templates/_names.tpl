{{/* Everything of a service is named after the release and the chart: `noema-datasets`. */}}
{{- define "service.name" -}}
{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" }}
{{- end }}

{{/* Labels by which selectors find pods; `component` is api, worker or migration. */}}
{{- define "service.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "service.labels" -}}
{{ include "service.selector" . }}
app.kubernetes.io/part-of: noema
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* By digest when there is one, else by tag; never `latest`. */}}
{{- define "service.image" -}}
{{- $image := .root.Values.image }}
{{- $shared := .root.Values.global.image }}
{{- $name := printf "%s/%s%s" $shared.registry (default .root.Chart.Name $image.name) (default "" .variant) }}
{{- if and $image.digest (not .variant) }}{{ $name }}@{{ $image.digest }}
{{- else }}{{ $name }}:{{ coalesce $image.tag $shared.tag .root.Chart.AppVersion }}
{{- end }}
{{- end }}

{{/* The settings that the service has, `{key: variable}`, as its schema says; written by `make charts`. */}}
{{- define "service.settings" -}}
{{ .Files.Get "settings.json" }}
{{- end }}
