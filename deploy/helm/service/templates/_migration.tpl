{{/*
Runs before a version starts, under the lock that the migration takes in the database; it alone knows the role
that may create schemas. A bundled database starts with the release, so there it is a Job of each revision,
which waits until the database answers, and services start again until it has run.
*/}}
{{- define "service.migration" -}}
{{- $migration := .root.Values.migration }}
{{- $g := .root.Values.global }}
{{- $settings := include "service.settings" .root | fromJson }}
{{- $context := dict "root" .root "component" "migration" "tmpSize" "64Mi" }}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ include "service.name" .root }}-migration
    {{- if $g.bundled.postgres }}-{{ .root.Release.Revision }}{{ end }}
  labels: {{- include "service.labels" $context | nindent 4 }}
  {{- if not $g.bundled.postgres }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "0"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
  {{- end }}
spec:
  activeDeadlineSeconds: {{ $migration.deadlineSeconds }}
  backoffLimit: {{ $migration.retries }}
  ttlSecondsAfterFinished: 86400
  template:
    metadata:
      labels: {{- include "service.labels" $context | nindent 8 }}
    spec:
      {{- include "service.podSecurity" dict | nindent 6 }}
      {{- include "service.pullSecrets" .root | nindent 6 }}
      restartPolicy: Never
      {{- include "service.placement" .root.Values.api | nindent 6 }}
      containers:
        - name: migration
          image: {{ include "service.image" (dict "root" .root) }}
          imagePullPolicy: {{ $g.image.pullPolicy }}
          args: [dist/src/migrate.js]
          env: {{- include "service.env" $context | nindent 12 }}
          resources: {{ toJson $migration.resources }}
          {{- include "service.containerSecurity" . | nindent 10 }}
          {{- include "service.mounts" $context | nindent 10 }}
      {{- include "service.volumes" $context | nindent 6 }}
{{- if $g.networkPolicy.enabled }}
---
# A hook too: it has to be there before the Job.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "service.name" .root }}-migration
  labels: {{- include "service.labels" $context | nindent 4 }}
  {{- if not $g.bundled.postgres }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-5"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
  {{- end }}
spec:
  podSelector:
    matchLabels: {{- include "service.selector" $context | nindent 6 }}
  policyTypes: [Ingress, Egress]
  egress:
    {{- include "service.dnsEgress" .root | nindent 4 }}
    {{- include "service.outside" (dict "root" .root "name" "database"
      "bundled" (ternary "postgres" "" $g.bundled.postgres) "port" 5432) | nindent 4 }}
{{- end }}
{{- end }}
