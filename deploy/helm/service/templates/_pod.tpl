{{/* PodSecurity "restricted", and a root that nobody writes to. */}}
{{- define "service.podSecurity" -}}
automountServiceAccountToken: false
{{- if and .account (include "service.sandboxPods" .account) }}
serviceAccountName: {{ include "service.name" .account }}
{{- end }}
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile: {{ default (dict "type" "RuntimeDefault") .seccompProfile | toJson }}
{{- end }}

{{- define "service.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{/* Probes ask the port of the metrics, which stays plaintext when gRPC speaks mutual TLS. */}}
{{- define "service.probes" -}}
startupProbe:
  httpGet: { path: {{ .live }}, port: {{ .port }} }
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: { path: {{ .live }}, port: {{ .port }} }
  periodSeconds: 10
  timeoutSeconds: 3
  failureThreshold: 6
readinessProbe:
  httpGet: { path: {{ .ready }}, port: {{ .port }} }
  periodSeconds: 5
  timeoutSeconds: 3
{{- end }}

{{- define "service.spread" -}}
{{- $context := . }}
{{- range .root.Values.global.spread }}
- topologyKey: {{ . }}
  maxSkew: 1
  whenUnsatisfiable: ScheduleAnyway
  labelSelector: { matchLabels: {{ include "service.selector" $context | fromYaml | toJson }} }
{{- end }}
{{- end }}

{{- define "service.placement" -}}
{{- with .nodeSelector }}
nodeSelector: {{ toJson . }}
{{- end }}
{{- with .tolerations }}
tolerations: {{ toJson . }}
{{- end }}
{{- with .affinity }}
affinity: {{ toJson . }}
{{- end }}
{{- end }}

{{/* Volumes and where they are seen; /tmp is all that can be written. */}}
{{- define "service.volumes" -}}
volumes:
  - name: tmp
    emptyDir: { sizeLimit: {{ .tmpSize }} }
  {{- with include "service.secretSources" . }}
  - name: secrets
    projected:
      defaultMode: 0440
      sources: {{- . | nindent 8 }}
  {{- end }}
  {{- with include "service.trustedCa" .root }}
  - name: trusted-ca
    secret: { secretName: {{ . }}, items: [{ key: ca.crt, path: ca.crt }], defaultMode: 0440 }
  {{- end }}
  {{- if ne .component "migration" }}
  {{- if .root.Values.global.tls.enabled }}
  - name: tls
    secret:
      secretName: {{ printf .root.Values.global.tls.secretName .root.Chart.Name }}
      defaultMode: 0440
  {{- end }}
  {{- if include "service.busTls" .root }}
  - name: bus-tls
    secret: { secretName: {{ .root.Values.global.bus.tlsSecretName }}, defaultMode: 0440 }
  {{- end }}
  {{- if include "service.sandboxPods" .root }}
  {{- include "service.sandboxVolume" .root | nindent 2 }}
  {{- end }}
  {{- end }}
{{- end }}

{{- define "service.mounts" -}}
volumeMounts:
  - { name: tmp, mountPath: /tmp }
  {{- if include "service.settings" .root | fromJson }}
  - { name: secrets, mountPath: /etc/noema/secrets, readOnly: true }
  {{- end }}
  {{- if include "service.trustedCa" .root }}
  - { name: trusted-ca, mountPath: /etc/noema/trusted-ca, readOnly: true }
  {{- end }}
  {{- if ne .component "migration" }}
  {{- if .root.Values.global.tls.enabled }}
  - { name: tls, mountPath: /etc/noema/tls, readOnly: true }
  {{- end }}
  {{- if include "service.busTls" .root }}
  - { name: bus-tls, mountPath: /etc/noema/bus-tls, readOnly: true }
  {{- end }}
  {{- if include "service.sandboxPods" .root }}
  - { name: kubernetes, mountPath: /etc/noema/kubernetes, readOnly: true }
  {{- end }}
  {{- end }}
{{- end }}

{{/* Secret with the authorities that a program trusts in addition to the public ones; empty for none. */}}
{{- define "service.trustedCa" -}}
{{- if include "service.settings" . | fromJson }}{{ .Values.global.trustedCaSecretName }}{{ end }}
{{- end }}

{{/* Whether the bus has certificates of its own; empty for no. */}}
{{- define "service.busTls" -}}
{{- $g := .Values.global }}
{{- $settings := include "service.settings" . | fromJson }}
{{- if and $g.bus.tlsSecretName (not $g.bundled.nats) (hasKey $settings "busTlsDir") }}yes{{ end }}
{{- end }}

{{- define "service.pullSecrets" -}}
{{- with .Values.global.image.pullSecrets }}
imagePullSecrets: [{{ range $i, $name := . }}{{ if $i }}, {{ end }}{ name: {{ $name }} }{{ end }}]
{{- end }}
{{- end }}
