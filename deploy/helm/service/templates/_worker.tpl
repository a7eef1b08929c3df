{{/* The pod of a worker, the same in a Deployment and in a ScaledJob. */}}
{{- define "service.workerPod" -}}
{{- $worker := .root.Values.worker }}
{{- $gpu := $worker.gpu }}
{{- $g := .root.Values.global }}
metadata:
  labels: {{- include "service.labels" . | nindent 4 }}
  {{- with $worker.podAnnotations }}
  annotations: {{ toJson . }}
  {{- end }}
spec:
  {{- include "service.podSecurity" (dict "seccompProfile" $worker.seccompProfile "account" .root)
    | nindent 2 }}
  {{- include "service.pullSecrets" .root | nindent 2 }}
  restartPolicy: {{ .restartPolicy }}
  {{- with $g.workerPriorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with ternary (default $worker.runtimeClassName $gpu.runtimeClassName) $worker.runtimeClassName
    $gpu.enabled }}
  runtimeClassName: {{ . }}
  {{- end }}
  terminationGracePeriodSeconds: {{ $worker.terminationGracePeriodSeconds }}
  topologySpreadConstraints: {{- include "service.spread" . | nindent 4 }}
  {{- $nodes := ternary (merge (deepCopy $gpu.nodeSelector) $worker.nodeSelector) $worker.nodeSelector
    $gpu.enabled }}
  {{- $taints := ternary (concat $worker.tolerations $gpu.tolerations) $worker.tolerations $gpu.enabled }}
  {{- $placement := dict "nodeSelector" $nodes "tolerations" $taints "affinity" $worker.affinity }}
  {{- include "service.placement" $placement | nindent 2 }}
  containers:
    - name: worker
      image: {{ include "service.image" (dict "root" .root "variant" (ternary "-cuda" "" $gpu.enabled)) }}
      imagePullPolicy: {{ $g.image.pullPolicy }}
      args: [dist/src/worker.js]
      # The status of the pod has the reason why it does not start, such as a GPU that is missing.
      terminationMessagePolicy: FallbackToLogsOnError
      env: {{- include "service.env" . | nindent 8 }}
      ports:
        - { name: metrics, containerPort: 9464 }
      {{- include "service.probes" (dict "live" "/livez" "ready" "/readyz" "port" "metrics") | nindent 6 }}
      {{- $resources := deepCopy $worker.resources }}
      {{- if $gpu.enabled }}
      {{- range list "limits" "requests" }}
      {{- $of := default dict (get $resources .) }}
      {{- $resources = set $resources . (set $of $gpu.resourceName (int $gpu.count)) }}
      {{- end }}
      {{- end }}
      resources: {{ toJson $resources }}
      {{- include "service.containerSecurity" . | nindent 6 }}
      {{- include "service.mounts" . | nindent 6 }}
  {{- include "service.volumes" . | nindent 2 }}
{{- end }}

{{- define "service.worker" -}}
{{- $worker := .root.Values.worker }}
{{- $g := .root.Values.global }}
{{- $name := printf "%s-worker" (include "service.name" .root) }}
{{- $settings := include "service.settings" .root | fromJson }}
{{- if and $worker.gpu.enabled (not (hasKey $settings "engineBackend")) }}
{{- fail (printf "%s.worker.gpu.enabled: this service runs nothing on a device" .root.Chart.Name) }}
{{- end }}
{{- $context := dict "root" .root "component" "worker" "tmpSize" $worker.tmpSize
  "restartPolicy" (ternary "Never" "Always" $g.keda.enabled) }}
{{- if $g.keda.enabled }}
apiVersion: keda.sh/v1alpha1
kind: ScaledJob
metadata:
  name: {{ $name }}
  labels: {{- include "service.labels" $context | nindent 4 }}
spec:
  minReplicaCount: {{ $worker.scaling.min }}
  maxReplicaCount: {{ $worker.scaling.max }}
  pollingInterval: {{ $worker.scaling.pollingIntervalSeconds }}
  successfulJobsHistoryLimit: 0
  failedJobsHistoryLimit: 5
  # An upgrade lets running workers finish; new ones come from the new template.
  rollout: { strategy: gradual, propagationPolicy: foreground }
  # Wanted are the workers that are busy and one more for every few shards that wait;
  # those that run are taken off.
  scalingStrategy: { strategy: default, multipleScalersCalculation: sum }
  triggers:
    {{- $url := printf "http://%s.%s.svc:9464/metrics"
      (include "service.name" .root) .root.Release.Namespace }}
    {{- $queue := "noema_queue_shards{service=%q,kind=%q,state=%q}" }}
    {{- $running := default 1 $.root.Values.config.workerConcurrency }}
    {{- range $kind := get (include "service.kinds" .root | fromYaml) .root.Chart.Name }}
    {{- range $state, $target := dict "queued" $worker.scaling.shardsPerWorker "running" $running }}
    - type: metrics-api
      metadata:
        url: {{ $url }}
        format: prometheus
        valueLocation: {{ printf $queue $.root.Chart.Name $kind $state | squote }}
        targetValue: {{ $target | toString | quote }}
    {{- end }}
    {{- end }}
  jobTargetRef:
    backoffLimit: 0
    parallelism: 1
    completions: 1
    ttlSecondsAfterFinished: 3600
    template: {{- include "service.workerPod" $context | nindent 6 }}
{{- else }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  labels: {{- include "service.labels" $context | nindent 4 }}
spec:
  replicas: {{ $worker.replicas }}
  revisionHistoryLimit: 5
  strategy: { type: RollingUpdate, rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } }
  selector:
    matchLabels: {{- include "service.selector" $context | nindent 6 }}
  template: {{- include "service.workerPod" $context | nindent 4 }}
{{- end }}
---
# For scraping only: nobody calls a worker.
apiVersion: v1
kind: Service
metadata:
  name: {{ $name }}
  labels: {{- include "service.labels" $context | nindent 4 }}
spec:
  clusterIP: None
  selector: {{- include "service.selector" $context | nindent 4 }}
  ports:
    - { name: metrics, port: 9464, targetPort: metrics, appProtocol: http }
{{- end }}
