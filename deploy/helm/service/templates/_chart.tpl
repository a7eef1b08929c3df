{{/*
Everything of one service. What it has follows from its settings: a schema is migrated, shards need workers.
`http` is for a server of static files.
*/}}
{{- define "service.chart" -}}
{{- $root := .root }}
{{- $http := default false .http }}
{{- $g := $root.Values.global }}
{{- $settings := include "service.settings" $root | fromJson }}
{{- $worker := hasKey $settings "workerLeaseMs" }}
{{ include "service.api" (dict "root" $root "http" $http) }}
{{- if $worker }}
---
{{ include "service.worker" (dict "root" $root) }}
{{- end }}
{{- if include "service.sandboxPods" $root }}
---
{{ include "service.sandbox" (dict "root" $root) }}
{{- end }}
{{- if and (hasKey $settings "databaseUrl") $root.Values.migration.enabled }}
---
{{ include "service.migration" (dict "root" $root) }}
{{- end }}
{{- if $g.networkPolicy.enabled }}
---
{{ include "service.networkPolicy" (dict "root" $root "component" "api" "http" $http) }}
{{- if $worker }}
---
{{ include "service.networkPolicy" (dict "root" $root "component" "worker") }}
{{- end }}
{{- end }}
{{- if and $g.serviceMonitor.enabled $settings }}
---
{{ include "service.serviceMonitor" (dict "root" $root) }}
{{- end }}
{{- end }}
