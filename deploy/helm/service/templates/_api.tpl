{{- define "service.api" -}}
{{- $settings := include "service.settings" .root | fromJson }}
{{- $api := .root.Values.api }}
{{- $g := .root.Values.global }}
{{- $context := dict "root" .root "component" "api" "tmpSize" $api.tmpSize }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "service.name" .root }}
  labels: {{- include "service.labels" $context | nindent 4 }}
spec:
  {{- if not $api.autoscaling.enabled }}
  replicas: {{ $api.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  # Those who call find a new pod within their reconnect back-off before the next old one goes.
  minReadySeconds: 5
  strategy: { type: RollingUpdate, rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }
  selector:
    matchLabels: {{- include "service.selector" $context | nindent 6 }}
  template:
    metadata:
      labels: {{- include "service.labels" $context | nindent 8 }}
      {{- with $api.podAnnotations }}
      annotations: {{ toJson . }}
      {{- end }}
    spec:
      {{- include "service.podSecurity" (dict "account" .root "seccompProfile" $api.seccompProfile)
        | nindent 6 }}
      {{- include "service.pullSecrets" .root | nindent 6 }}
      {{- with $g.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      terminationGracePeriodSeconds: {{ $api.terminationGracePeriodSeconds }}
      topologySpreadConstraints: {{- include "service.spread" $context | nindent 8 }}
      {{- include "service.placement" $api | nindent 6 }}
      containers:
        - name: {{ .root.Chart.Name }}
          image: {{ include "service.image" (dict "root" .root) }}
          imagePullPolicy: {{ $g.image.pullPolicy }}
          {{- if $settings }}
          args: [dist/src/main.js]
          env: {{- include "service.env" $context | nindent 12 }}
          {{- end }}
          ports:
            {{- if or .http (hasKey $settings "httpAddress") }}
            - { name: http, containerPort: 8080 }
            {{- end }}
            {{- if hasKey $settings "grpcAddress" }}
            - { name: grpc, containerPort: 8081 }
            {{- end }}
            {{- if $settings }}
            - { name: metrics, containerPort: 9464 }
            {{- end }}
          {{- if .http }}
          {{- include "service.probes" (dict "live" "/healthz" "ready" "/healthz" "port" "http")
            | nindent 10 }}
          {{- else }}
          {{- include "service.probes" (dict "live" "/livez" "ready" "/readyz" "port" "metrics")
            | nindent 10 }}
          {{- end }}
          {{- if $api.preStopSeconds }}
          # Endpoints and answers of the DNS forget the pod while it still serves; then SIGTERM drains it.
          lifecycle: { preStop: { sleep: { seconds: {{ $api.preStopSeconds }} } } }
          {{- end }}
          resources: {{ toJson $api.resources }}
          {{- include "service.containerSecurity" . | nindent 10 }}
          {{- include "service.mounts" $context | nindent 10 }}
      {{- include "service.volumes" $context | nindent 6 }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ include "service.name" .root }}
  labels: {{- include "service.labels" $context | nindent 4 }}
spec:
  {{- if and (hasKey $settings "grpcAddress") (not (hasKey $settings "httpAddress")) }}
  # Headless: gRPC clients see every pod and share their calls between them.
  clusterIP: None
  {{- end }}
  selector: {{- include "service.selector" $context | nindent 4 }}
  ports:
    {{- if or .http (hasKey $settings "httpAddress") }}
    - { name: http, port: 8080, targetPort: http, appProtocol: http }
    {{- end }}
    {{- if hasKey $settings "grpcAddress" }}
    - { name: grpc, port: 8081, targetPort: grpc, appProtocol: grpc }
    {{- end }}
    {{- if $settings }}
    - { name: metrics, port: 9464, targetPort: metrics, appProtocol: http }
    {{- end }}
{{- $least := ternary $api.autoscaling.min $api.replicas $api.autoscaling.enabled }}
{{- if gt (int $least) 1 }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "service.name" .root }}
  labels: {{- include "service.labels" $context | nindent 4 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{- include "service.selector" $context | nindent 6 }}
{{- end }}
{{- if $api.autoscaling.enabled }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "service.name" .root }}
  labels: {{- include "service.labels" $context | nindent 4 }}
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ include "service.name" .root }} }
  minReplicas: {{ $api.autoscaling.min }}
  maxReplicas: {{ $api.autoscaling.max }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: { type: Utilization, averageUtilization: {{ $api.autoscaling.cpuPercent }} }
{{- end }}
{{- end }}
