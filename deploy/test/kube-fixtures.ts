const machine = (
  name: string,
  zone: string,
  more: Readonly<Record<string, string>> = {},
  labels: Readonly<Record<string, string>> = {},
  taint?: string,
) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: {
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      'topology.kubernetes.io/zone': zone,
      ...labels,
    },
    annotations: { 'kwok.x-k8s.io/node': 'fake' },
  },
  spec: taint === undefined ? {} : { taints: [{ key: taint, value: 'true', effect: 'NoSchedule' }] },
  status: {
    allocatable: { cpu: '32', memory: '256Gi', pods: '110', ...more },
    capacity: { cpu: '32', memory: '256Gi', pods: '110', ...more },
  },
});

const volume = (index: number) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: `volume-${index}` },
  spec: {
    capacity: { storage: '100Gi' },
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Retain',
    hostPath: { path: `/volume-${index}` },
  },
});

/**
 * Objects of a cluster before Noema is installed: nodes with and without GPUs, whole and sliced, volumes,
 * classes of runtimes and priorities.
 */
export const FIXTURES = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    machine('plain-a', 'a'),
    machine('plain-b', 'b'),
    machine(
      'gpu-a',
      'a',
      { 'nvidia.com/gpu': '8' },
      { 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3' },
      'nvidia.com/gpu',
    ),
    machine(
      'mig-b',
      'b',
      { 'nvidia.com/mig-1g.10gb': '7' },
      { 'nvidia.com/mig.strategy': 'mixed' },
      'nvidia.com/gpu',
    ),
    ...[1, 2, 3].map(volume),
    ...['nvidia', 'gvisor'].map((name) => ({
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: { name },
      handler: name,
    })),
    ...(
      [
        ['noema-api', 1000],
        ['noema-worker', 100],
      ] as const
    ).map(([name, value]) => ({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value,
    })),
  ],
};

/** A namespace that lets in nothing but restricted pods, and complains about templates of others. */
export const restrictedNamespace = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name,
    labels: Object.fromEntries(
      ['enforce', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']),
    ),
  },
});

/** Makes kwok end the pods of `helm test` successfully, as it ends the pods of Jobs. */
export const COMPLETED_TESTS = JSON.stringify({
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Stage',
  metadata: { name: 'test-complete' },
  spec: {
    resourceRef: { apiGroup: 'v1', kind: 'Pod' },
    selector: {
      matchLabels: { 'app.kubernetes.io/component': 'test' },
      matchExpressions: [
        { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' },
        { key: '.status.phase', operator: 'In', values: ['Running'] },
      ],
    },
    next: {
      statusTemplate: [
        '{{ $now := Now }}{{ $root := . }}',
        'containerStatuses:',
        '{{ range $index, $item := .spec.containers }}',
        '- image: {{ $item.image | Quote }}',
        '  name: {{ $item.name | Quote }}',
        '  ready: false',
        '  restartCount: 0',
        '  started: false',
        '  state:',
        '    terminated:',
        '      exitCode: 0',
        '      finishedAt: {{ $now | Quote }}',
        '      reason: Completed',
        '      startedAt: {{ $now | Quote }}',
        '{{ end }}',
        'phase: Succeeded',
      ].join('\n'),
    },
  },
});
