{{/*
A variable: `row` has `key`, and `value` or `secret` + `from`. A secret is a file that the variable names, so
that nothing stands in the environment and what changes is read again.
*/}}
{{- define "service.variable" -}}
- name: {{ .name }}{{ if .row.secret }}_FILE{{ end }}
  value:
    {{- if .row.secret }} {{ printf "/etc/noema/secrets/%s/%s" .row.secret .row.from | quote }}
    {{- else }} {{ .row.value | toString | quote }}
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
{{- if $g.bundled.s3 }}
{{- $host := printf "%s-seaweedfs.%s.svc:8333" .Release.Name .Release.Namespace }}
{{- printf "s3://noema?endpoint=http://%s&region=us-east-1&path_style=true" $host }}
{{- else }}
{{- required "global.store.url is empty: name an S3 store, or set global.bundled.s3 to try things out"
  $g.store.url }}
{{- end }}
{{- end }}

{{- define "service.busUrl" -}}
{{- $g := .Values.global }}
{{- if $g.bundled.nats }}nats://{{ .Release.Name }}-nats.{{ .Release.Namespace }}.svc:4222
{{- else }}{{ $g.bus.url }}
{{- end }}
{{- end }}

{{/*
What the API, a worker or the migration is told by the chart, as JSON: rows of `key`, and `value` or
`secret` + `from`; of the settings that the service has.
*/}}
{{- define "service.rows" -}}
{{- $root := .root }}
{{- $g := $root.Values.global }}
{{- $settings := include "service.settings" $root | fromJson }}
{{- $worker := eq .component "worker" }}
{{- $migration := eq .component "migration" }}
{{- $rows := list
  (dict "key" "logLevel" "value" $g.logLevel)
  (dict "key" "services" "value" (include "service.addresses" .))
  (dict "key" "metricsAddress" "value" "0.0.0.0:9464")
  (dict "key" "httpAddress" "value" "0.0.0.0:8080")
  (dict "key" "authJwks" "secret" $g.auth.secretName "from" "jwks")
  (dict "key" "sessionSecret" "secret" $g.auth.secretName "from" "session-secret")
  (dict "key" "secretsKey" "secret" $g.auth.secretName "from" "secrets-key")
  (dict "key" "databaseUrl" "secret" $g.database.secretName "from" (printf "%s-url" $root.Chart.Name))
  (dict "key" "busUrl" "value" (include "service.busUrl" $root))
  (dict "key" "otlpEndpoint" "value" $g.telemetry.otlpEndpoint)
}}
{{- /*
Each service signs as itself alone. The workspace signs people in, and the gateway vouches for whom an
identity provider names.
*/}}
{{- $signer := printf "%s-private-key" $root.Chart.Name }}
{{- if has $root.Chart.Name (list "workspace" "gateway") }}{{ $signer = "private-key" }}{{ end }}
{{- if or (ne $root.Chart.Name "gateway") $g.oidc.issuer }}
{{- $rows = append $rows (dict "key" "authPrivateKey" "secret" $g.auth.secretName "from" $signer) }}
{{- end }}
{{- if $migration }}
{{- $rows = list
  (dict "key" "logLevel" "value" $g.logLevel)
  (dict "key" "databaseUrl" "secret" $g.database.secretName "from" (printf "%s-url" $root.Chart.Name))
  (dict "key" "databaseAdminUrl" "secret" $g.database.secretName "from" "admin-url") }}
{{- else }}
{{- if not $worker }}{{ $rows = append $rows (dict "key" "grpcAddress" "value" "0.0.0.0:8081") }}{{ end }}
{{- $busUser := ternary (printf "%s-credentials" $root.Chart.Name) "credentials"
  (or $g.bundled.nats $g.bus.userPerService) }}
{{- if or $g.bus.secretName $g.bundled.nats }}
{{- $busSecret := default "noema-bus" $g.bus.secretName }}
{{- $rows = append $rows (dict "key" "busCredentials" "secret" $busSecret "from" $busUser) }}
{{- end }}
{{- if and $g.bus.tlsSecretName (not $g.bundled.nats) }}
{{- $rows = append $rows (dict "key" "busTlsDir" "value" "/etc/noema/bus-tls") }}
{{- end }}
{{- if hasKey $settings "storeUrl" }}
{{- $rows = concat $rows (list
  (dict "key" "storeUrl" "value" (include "service.storeUrl" $root))
  (dict "key" "storeAccessKey" "secret" $g.store.secretName "from" "access-key")
  (dict "key" "storeSecretKey" "secret" $g.store.secretName "from" "secret-key")) }}
{{- end }}
{{- if $g.telemetry.otlpEndpoint }}
{{- $rows = append $rows (dict "key" "traceRatio" "value" $g.telemetry.traceRatio) }}
{{- end }}
{{- if $g.tls.enabled }}{{ $rows = append $rows (dict "key" "tlsDir" "value" "/etc/noema/tls") }}{{ end }}
{{- if $g.oidc.issuer }}
{{- $clientId := required "global.oidc.clientId is empty: name the client of this installation"
  $g.oidc.clientId }}
{{- $rows = concat $rows (list (dict "key" "oidcIssuer" "value" $g.oidc.issuer)
  (dict "key" "oidcClientId" "value" $clientId)) }}
{{- if $g.oidc.secretName }}
{{- $rows = append $rows (dict "key" "oidcClientSecret" "secret" $g.oidc.secretName "from" "client-secret") }}
{{- end }}
{{- end }}
{{- $rows = append $rows (dict "key" "publicUrl" "value" $g.publicUrl) }}
{{- if $root.Values.sandbox }}
{{- $sandbox := $root.Values.sandbox }}
{{- /* An isolation that is named goes before trust, so that the default is not named to those who trust. */}}
{{- if not (and $root.Values.config.trustedIntegrations (eq $sandbox.isolation "bubblewrap")) }}
{{- $rows = append $rows (dict "key" "integrationIsolation" "value" $sandbox.isolation) }}
{{- end }}
{{- if include "service.sandboxPods" $root }}
{{- $unset := print "datasets.sandbox.runtimeClassName is empty: "
  "a pod isolates user code only under a runtime such as gVisor or Kata" }}
{{- $rows = concat $rows (list
  (dict "key" "podRuntimeClass" "value" (required $unset $sandbox.runtimeClassName))
  (dict "key" "podImage" "value" (include "service.image" (dict "root" $root)))
  (dict "key" "podCredentialsDir" "value" "/etc/noema/kubernetes")) }}
{{- end }}
{{- end }}
{{- /* The API too: it admits jobs by the quota of GPU seconds, and records what computes them. */}}
{{- if and (hasKey $settings "engineBackend") $root.Values.worker.gpu.enabled }}
{{- $rows = append $rows (dict "key" "engineBackend" "value" "cuda") }}
{{- end }}
{{- if $worker }}
{{- if $g.keda.enabled }}
{{- $idleExitMs := int64 $root.Values.worker.scaling.idleExitMs }}
{{- $rows = append $rows (dict "key" "workerIdleExitMs" "value" $idleExitMs) }}
{{- end }}
{{- end }}
{{- end }}
{{- $told := list }}
{{- range $rows }}
{{- if and (hasKey $settings .key) (or .secret (ne (toString .value) "")) }}
{{- $told = append $told . }}
{{- end }}
{{- end }}
{{- dict "rows" $told | toJson }}
{{- end }}

{{/* The environment: what the chart knows, then `config`. */}}
{{- define "service.env" -}}
{{- $settings := include "service.settings" .root | fromJson }}
{{- range (include "service.rows" . | fromJson).rows }}
{{ include "service.variable" (dict "name" (get $settings .key) "row" .) }}
{{- end }}
{{- if include "service.trustedCa" .root }}
- { name: NODE_EXTRA_CA_CERTS, value: /etc/noema/trusted-ca/ca.crt }
{{- end }}
{{- if ne .component "migration" }}
{{- range $key, $value := .root.Values.config }}
{{- if kindIs "float64" $value }}{{ $value = int64 $value }}{{ end }}
{{ include "service.variable" (dict "name" (get $settings $key) "row" (dict "value" $value)) }}
{{- end }}
{{- end }}
{{- end }}

{{/* The Secrets behind those rows as one volume, a folder for each: only the keys that this pod needs. */}}
{{- define "service.secretSources" -}}
{{- $sources := dict }}
{{- range (include "service.rows" . | fromJson).rows }}
{{- if .secret }}
{{- $_ := set $sources .secret (append (get $sources .secret | default list) .from) }}
{{- end }}
{{- end }}
{{- range $secret, $keys := $sources }}
- secret: { name: {{ $secret }}, items: [
    {{- range $i, $key := $keys }}{{ if $i }}, {{ end -}}
    { key: {{ $key }}, path: {{ $secret }}/{{ $key }} }
    {{- end }}] }
{{- end }}
{{- end }}
