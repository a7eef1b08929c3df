{{- define "service.dnsEgress" -}}
- to: {{ toJson .Values.global.networkPolicy.dns }}
  ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
{{- end }}

{{/* An edge to a server: the pod that the umbrella brings along, or the peers that the operator named. */}}
{{- define "service.outside" -}}
{{- if .bundled }}
- to:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: {{ .bundled }}
          app.kubernetes.io/instance: {{ .root.Release.Name }}
  ports: [{ port: {{ .port }}, protocol: TCP }]
{{- else }}
{{- $peer := get .root.Values.global.networkPolicy .name }}
- to: {{ toJson $peer.to }}
  ports: [{ port: {{ $peer.port }}, protocol: TCP }]
{{- end }}
{{- end }}

{{/* Default deny for the pods of one component, and exactly the edges that it uses. */}}
{{- define "service.networkPolicy" -}}
{{- $root := .root }}
{{- $g := $root.Values.global }}
{{- $name := $root.Chart.Name }}
{{- $settings := include "service.settings" $root | fromJson }}
{{- $edges := include "service.edges" $root | fromYaml }}
{{- $api := eq .component "api" }}
{{- $http := or .http (hasKey $settings "httpAddress") }}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "service.name" $root }}-{{ .component }}
  labels: {{- include "service.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels: {{- include "service.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- if and $api $http }}
    - from: {{ toJson $g.networkPolicy.ingress }}
      ports:
        - { port: http, protocol: TCP }
        {{- if hasKey $settings "grpcAddress" }}
        - { port: grpc, protocol: TCP }
        {{- end }}
    {{- if eq $name "gateway" }}
    # `helm test` asks the gateway whether all is well.
    - from:
        - podSelector:
            matchLabels:
              app.kubernetes.io/instance: {{ $root.Release.Name }}
              app.kubernetes.io/component: test
      ports: [{ port: http, protocol: TCP }]
    {{- end }}
    {{- end }}
    {{- if and $api (hasKey $settings "grpcAddress") (not $http) }}
    - from:
        {{- range $caller, $called := $edges }}
        {{- if has $name $called }}
        - podSelector:
            matchLabels:
              app.kubernetes.io/name: {{ $caller }}
              app.kubernetes.io/instance: {{ $root.Release.Name }}
        {{- end }}
        {{- end }}
      ports: [{ port: grpc, protocol: TCP }]
    {{- end }}
    {{- if $settings }}
    - from: {{ toJson $g.networkPolicy.metrics }}
      ports: [{ port: metrics, protocol: TCP }]
    {{- end }}
  {{- if $settings }}
  egress:
    {{- include "service.dnsEgress" $root | nindent 4 }}
    {{- range get $edges $name }}
    - to:
        - podSelector:
            matchLabels:
              app.kubernetes.io/name: {{ . }}
              app.kubernetes.io/instance: {{ $root.Release.Name }}
              app.kubernetes.io/component: api
      ports: [{ port: 8081, protocol: TCP }]
    {{- end }}
    {{- if include "service.sandboxPods" $root }}
    {{- include "service.sandboxEgress" $root | nindent 4 }}
    {{- end }}
    {{- if hasKey $settings "databaseUrl" }}
    {{- include "service.outside" (dict "root" $root "name" "database"
      "bundled" (ternary "postgres" "" $g.bundled.postgres) "port" 5432) | nindent 4 }}
    {{- end }}
    {{- if and (hasKey $settings "busUrl") (include "service.busUrl" $root) }}
    {{- include "service.outside" (dict "root" $root "name" "bus"
      "bundled" (ternary "nats" "" $g.bundled.nats) "port" 4222) | nindent 4 }}
    {{- end }}
    {{- if hasKey $settings "storeUrl" }}
    {{- include "service.outside" (dict "root" $root "name" "store"
      "bundled" (ternary "seaweedfs" "" $g.bundled.s3) "port" 8333) | nindent 4 }}
    {{- end }}
    {{- if and $g.oidc.issuer (hasKey $settings "oidcIssuer") }}
    {{- include "service.outside" (dict "root" $root "name" "oidc") | nindent 4 }}
    {{- end }}
    {{- if and $g.telemetry.otlpEndpoint (hasKey $settings "otlpEndpoint") }}
    {{- include "service.outside" (dict "root" $root "name" "telemetry") | nindent 4 }}
    {{- end }}
  {{- else }}
  egress: []
  {{- end }}
{{- end }}
