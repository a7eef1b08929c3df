{{/* One variable, when the service has that setting: `key`, and `value` or `secret` + `from`. */}}
{{- define "service.variable" -}}
{{- $name := get .settings .key }}
{{- if and $name (or .secret (ne (toString .value) "")) }}
- name: {{ $name }}
  {{- if .secret }}
  valueFrom: { secretKeyRef: { name: {{ .secret }}, key: {{ .from }} } }
  {{- else }}
  value: {{ .value | toString | quote }}
  {{- end }}
{{- end }}
{{- end }}

{{/* Where the services are that this one calls: headless names, so that clients see every pod. */}}
{{- define "service.addresses" -}}
{{- $root := .root }}
{{- $list := list }}
{{- range get (include "service.edges" $root | fromYaml) $root.Chart.Name }}
{{- $list = append $list (printf "%s=%s-%s.%s.svc:8081" . $root.Release.Name . $root.Release.Namespace) }}
{{- end }}
{{- join "," $list }}
{{- end }}

{{- define "service.storeUrl" -}}
{{- $g := .Values.global }}
{{- if $g.bundled.s3 }}s3://noema?endpoint=http://{{ .Release.Name }}-seaweedfs.{{ .Release.Namespace }}.svc:8333&region=us-east-1&path_style=true
{{- else }}{{ required "global.store.url is empty: name an S3 store, or set global.bundled.s3 to try things out" $g.store.url }}
{{- end }}
{{- end }}

{{- define "service.busUrl" -}}
{{- $g := .Values.global }}
{{- if $g.bundled.nats }}nats://{{ .Release.Name }}-nats.{{ .Release.Namespace }}.svc:4222{{ else }}{{ $g.bus.url }}{{ end }}
{{- end }}

{{/* The environment of the API or of a worker: what the chart knows, then `config`. Secrets come by reference only. */}}
{{- define "service.env" -}}
{{- $root := .root }}
{{- $g := $root.Values.global }}
{{- $settings := include "service.settings" $root | fromJson }}
{{- $worker := eq .component "worker" }}
{{- $rows := list
  (dict "key" "logLevel" "value" $g.logLevel)
  (dict "key" "services" "value" (include "service.addresses" .))
  (dict "key" "metricsAddress" "value" "0.0.0.0:9464")
  (dict "key" "httpAddress" "value" "0.0.0.0:8080")
  (dict "key" "authJwks" "secret" $g.auth.secretName "from" "jwks")
  (dict "key" "authPrivateKey" "secret" $g.auth.secretName "from" "private-key")
  (dict "key" "sessionSecret" "secret" $g.auth.secretName "from" "session-secret")
  (dict "key" "secretsKey" "secret" $g.auth.secretName "from" "secrets-key")
  (dict "key" "databaseUrl" "secret" $g.database.secretName "from" (printf "%s-url" $root.Chart.Name))
  (dict "key" "busUrl" "value" (include "service.busUrl" $root))
  (dict "key" "otlpEndpoint" "value" $g.telemetry.otlpEndpoint)
}}
{{- if not $worker }}{{ $rows = append $rows (dict "key" "grpcAddress" "value" "0.0.0.0:8081") }}{{ end }}
{{- if and $g.bundled.postgres (not $worker) }}{{ $rows = append $rows (dict "key" "databaseAdminUrl" "secret" $g.database.secretName "from" "admin-url") }}{{ end }}
{{- if and $g.bus.secretName (not $g.bundled.nats) }}{{ $rows = append $rows (dict "key" "busCredentials" "secret" $g.bus.secretName "from" "credentials") }}{{ end }}
{{- if hasKey $settings "storeUrl" }}
{{- $rows = concat $rows (list
  (dict "key" "storeUrl" "value" (include "service.storeUrl" $root))
  (dict "key" "storeAccessKey" "secret" $g.store.secretName "from" "access-key")
  (dict "key" "storeSecretKey" "secret" $g.store.secretName "from" "secret-key")) }}
{{- end }}
{{- if $g.telemetry.otlpEndpoint }}{{ $rows = append $rows (dict "key" "traceRatio" "value" $g.telemetry.traceRatio) }}{{ end }}
{{- if $g.tls.enabled }}{{ $rows = append $rows (dict "key" "tlsDir" "value" "/etc/noema/tls") }}{{ end }}
{{- if $g.oidc.issuer }}
{{- $rows = concat $rows (list (dict "key" "oidcIssuer" "value" $g.oidc.issuer)
  (dict "key" "oidcClientId" "value" (required "global.oidc.clientId is empty: name the client of this installation" $g.oidc.clientId))) }}
{{- if $g.oidc.secretName }}{{ $rows = append $rows (dict "key" "oidcClientSecret" "secret" $g.oidc.secretName "from" "client-secret") }}{{ end }}
{{- end }}
{{- $rows = append $rows (dict "key" "publicUrl" "value" $g.publicUrl) }}
{{- if $worker }}
{{- if $root.Values.worker.gpu.enabled }}{{ $rows = append $rows (dict "key" "engineBackend" "value" "cuda") }}{{ end }}
{{- if $g.keda.enabled }}{{ $rows = append $rows (dict "key" "workerIdleExitMs" "value" (int64 $root.Values.worker.scaling.idleExitMs)) }}{{ end }}
{{- end }}
{{- range $rows }}{{ include "service.variable" (set . "settings" $settings) }}{{ end }}
{{- range $key, $value := $root.Values.config }}
{{- if kindIs "float64" $value }}{{ $value = int64 $value }}{{ end }}
{{ include "service.variable" (dict "settings" $settings "key" $key "value" $value) | trim }}
{{- end }}
{{- end }}
