{{/* Whether user code runs in one-shot pods; empty for no. */}}
{{- define "service.sandboxPods" -}}
{{- if and .Values.sandbox (eq .Values.sandbox.isolation "pod") }}yes{{ end }}
{{- end }}

{{/*
The one token that exists: of an account that may make, see and delete pods of its namespace, mounted by name
and never by default.
*/}}
{{- define "service.sandboxVolume" -}}
- name: kubernetes
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken: { path: token, expirationSeconds: 3600 }
      - configMap: { name: kube-root-ca.crt, items: [{ key: ca.crt, path: ca.crt }] }
      - downwardAPI: { items: [{ path: namespace, fieldRef: { fieldPath: metadata.namespace } }] }
{{- end }}

{{/* What reaches the sandboxes, and what they reach. */}}
{{- define "service.sandboxEgress" -}}
- to: {{ toJson .Values.sandbox.apiServer.to }}
  ports: [{ port: {{ .Values.sandbox.apiServer.port }}, protocol: TCP }]
- to:
    - podSelector:
        matchLabels: { app.kubernetes.io/name: integration, app.kubernetes.io/part-of: noema }
  ports: [{ port: 7070, protocol: TCP }]
{{- end }}

{{- define "service.sandbox" -}}
{{- $name := include "service.name" .root }}
{{- $labels := include "service.labels" (dict "root" .root "component" "sandbox") }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}
  labels: {{- $labels | nindent 4 }}
automountServiceAccountToken: false
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ $name }}-sandbox
  labels: {{- $labels | nindent 4 }}
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [create, get, delete]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ $name }}-sandbox
  labels: {{- $labels | nindent 4 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ $name }}-sandbox }
subjects: [{ kind: ServiceAccount, name: {{ $name }}, namespace: {{ .root.Release.Namespace }} }]
{{- if .root.Values.global.networkPolicy.enabled }}
---
# User code: only the datasets service speaks to it, and it speaks to nobody.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ $name }}-sandbox
  labels: {{- $labels | nindent 4 }}
spec:
  podSelector: { matchLabels: { app.kubernetes.io/name: integration, app.kubernetes.io/part-of: noema } }
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        - podSelector:
            matchLabels:
              app.kubernetes.io/name: {{ .root.Chart.Name }}
              app.kubernetes.io/instance: {{ .root.Release.Name }}
      ports: [{ port: 7070, protocol: TCP }]
  egress: []
{{- with .root.Values.sandbox.network }}
---
# User code that declared the hosts that it needs, where the operator lets it: these peers, and DNS.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ $name }}-sandbox-network
  labels: {{- $labels | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: integration
      app.kubernetes.io/part-of: noema
      noema.dev/network: allowed
  policyTypes: [Ingress, Egress]
  egress:
    {{- include "service.dnsEgress" $.root | nindent 4 }}
    - to: {{ toJson . }}
{{- end }}
{{- end }}
{{- end }}
