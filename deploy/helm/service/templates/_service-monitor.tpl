{{- define "service.serviceMonitor" -}}
{{- $monitor := .root.Values.global.serviceMonitor }}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ include "service.name" .root }}
  labels: {{- include "service.labels" (dict "root" .root "component" "metrics") | nindent 4 }}
    {{- with $monitor.labels }}{{ toYaml . | nindent 4 }}{{ end }}
spec:
  selector:
    matchLabels:
      app.kubernetes.io/name: {{ .root.Chart.Name }}
      app.kubernetes.io/instance: {{ .root.Release.Name }}
  endpoints:
    - port: metrics
      # Our label `service` says whose queue it is, whoever tells of it.
      honorLabels: true
      path: /metrics
      interval: {{ $monitor.interval }}
{{- end }}
