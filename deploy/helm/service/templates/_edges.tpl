{{/*
Who calls whom by gRPC: the one table behind NOEMA_SERVICES and the NetworkPolicies. A test compares it with
the imports of the sources.
*/}}
{{- define "service.edges" -}}
gateway: [workspace, datasets, training, activations, similarity, projection, explanations, quality, insights]
workspace: []
datasets: [workspace, training]
training: [workspace, datasets]
activations: [workspace, datasets, training]
similarity: [workspace, datasets, activations]
projection: [workspace, datasets, training, activations]
explanations: [workspace, datasets, training, activations]
quality: [workspace, datasets, training, insights]
insights: [workspace, datasets, training, activations, similarity]
web: []
{{- end }}

{{/* Kinds of jobs by service; a KEDA trigger for each. A test compares them with the sources. */}}
{{- define "service.kinds" -}}
datasets: [datasets.ingest]
training: [training.run, training.import, training.recording]
activations: [activations.extract]
similarity: [similarity.build]
projection: [projection.map, projection.look]
explanations:
  - explanations.analyze
  - explanations.shared-areas
  - explanations.analyze-selection
  - explanations.check-sanity
insights: [insights.search]
quality: [quality.judge]
{{- end }}
