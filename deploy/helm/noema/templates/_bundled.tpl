{{/*
A server that is brought along for trying things out: one replica, its volume, a Service,
and who may reach it.
*/}}
{{- define "noema.bundled" -}}
{{- $root := .root }}
{{- $name := printf "%s-%s" $root.Release.Name .name }}
{{- $labels := dict "app.kubernetes.io/name" .name "app.kubernetes.io/instance" $root.Release.Name
  "app.kubernetes.io/component" "bundled" }}
{{- $values := get $root.Values .name }}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ $name }}
  labels: {{ toJson (merge
    (dict "app.kubernetes.io/part-of" "noema" "app.kubernetes.io/managed-by" $root.Release.Service)
    $labels) }}
spec:
  serviceName: {{ $name }}
  replicas: 1
  selector: { matchLabels: {{ toJson $labels }} }
  template:
    metadata:
      labels: {{ toJson $labels }}
      {{- with .checksum }}
      annotations: { noema.dev/config: {{ . | quote }} }
      {{- end }}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
        runAsGroup: 65532
        fsGroup: 65532
        seccompProfile: { type: RuntimeDefault }
      terminationGracePeriodSeconds: 60
      containers:
        - name: {{ .name }}
          image: {{ $values.image }}
          {{- with .command }}
          command: {{ toJson . }}
          {{- end }}
          args: {{ toJson .args }}
          env: {{ toJson .env }}
          ports:
            - { name: server, containerPort: {{ .port }} }
          readinessProbe: { tcpSocket: { port: server }, periodSeconds: 3 }
          livenessProbe: { tcpSocket: { port: server }, periodSeconds: 10, failureThreshold: 6 }
          resources: {{ toJson $values.resources }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: { drop: [ALL] }
          volumeMounts:
            - { name: data, mountPath: /data }
            - { name: tmp, mountPath: /tmp }
            {{- with .run }}
            - { name: tmp, mountPath: {{ . }}, subPath: run }
            {{- end }}
            {{- with .config }}
            - { name: config, mountPath: {{ . }}, readOnly: true }
            {{- end }}
      volumes:
        - name: tmp
          emptyDir: { sizeLimit: 1Gi }
        {{- if .config }}
        - name: config
          configMap: { name: {{ $name }} }
        {{- end }}
  volumeClaimTemplates:
    - metadata: { name: data, labels: {{ toJson $labels }} }
      spec:
        accessModes: [ReadWriteOnce]
        {{- with $values.storageClassName }}
        storageClassName: {{ . }}
        {{- end }}
        resources: { requests: { storage: {{ $values.size }} } }
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $name }}
  labels: {{ toJson $labels }}
spec:
  selector: {{ toJson $labels }}
  ports:
    - { name: server, port: {{ .port }}, targetPort: server }
{{- if $root.Values.global.networkPolicy.enabled }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ $name }}
  labels: {{ toJson $labels }}
spec:
  podSelector: { matchLabels: {{ toJson $labels }} }
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        {{- range .callers }}
        - podSelector:
            matchLabels:
              app.kubernetes.io/name: {{ . }}
              app.kubernetes.io/instance: {{ $root.Release.Name }}
        {{- end }}
      ports: [{ port: server, protocol: TCP }]
  egress: []
{{- end }}
{{- end }}
