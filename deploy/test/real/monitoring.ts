import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { waitFor } from '@noema/testing';
import { PrometheusClient } from './prometheus.js';
import type { RealNode } from './real-node.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
/** Builds Prometheus and its operator once. */
const BUILD = join(ROOT, 'tools/kube.sh');
/** Objects of the operator's own installation (`tools/kube.sh metrics`). */
const OBJECTS = join(ROOT, '.tools/kube/metrics-objects/');
/** The namespace that the chart's NetworkPolicies let in by default. */
const NAMESPACE = 'monitoring';
/** Label by which the commands of docs/operations.md let Prometheus find monitors and rules. */
const SELECTOR = { matchLabels: { release: 'prometheus' } };
const VERSION = 'v3.14.0';

export async function buildMonitoring(): Promise<void> {
  await promisify(execFile)(BUILD, ['metrics'], { maxBuffer: 2 ** 24 });
}

/**
 * Installs the Prometheus operator and one Prometheus that also scrapes the kubelet, as kube-prometheus-stack does, and
 * waits until Prometheus is ready.
 */
export async function startMonitoring(node: RealNode): Promise<PrometheusClient> {
  await node.kubectl(['create', 'namespace', NAMESPACE]);
  // The definitions are larger than the annotation of a client-side apply.
  const apply = ['apply', '--server-side', '--namespace', NAMESPACE, '--filename'];
  await node.kubectl([...apply, OBJECTS]);
  await node.kubectl(['wait', '--for=condition=Established', 'crd/prometheuses.monitoring.coreos.com']);
  await node.kubectl([...apply, '-'], { apiVersion: 'v1', kind: 'List', items: OWN });
  const inSpace = (...args: string[]): Promise<string> => node.kubectl(['-n', NAMESPACE, ...args]);
  await inSpace('rollout', 'status', 'deploy/prometheus-operator', '--timeout=300s');
  await inSpace('wait', '--for=condition=Available', 'prometheus/prometheus', '--timeout=300s');
  const address = await waitFor(
    () => inSpace('get', 'pod', 'prometheus-prometheus-0', '-o', 'jsonpath={.status.podIP}'),
    { what: 'the address of Prometheus' },
  );
  return new PrometheusClient(node, `http://${address}:9090`);
}

const monitor = (name: string, spec: object) => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'ServiceMonitor',
  metadata: { name, namespace: NAMESPACE, labels: SELECTOR.matchLabels },
  spec,
});

const OWN = [
  {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'Prometheus',
    metadata: { name: 'prometheus', namespace: NAMESPACE },
    spec: {
      version: VERSION,
      serviceAccountName: 'prometheus',
      ...{ serviceMonitorSelector: SELECTOR, serviceMonitorNamespaceSelector: {} },
      ...{ ruleSelector: SELECTOR, ruleNamespaceSelector: {} },
      securityContext: { runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 },
      resources: { requests: { cpu: '50m', memory: '128Mi' } },
    },
  },
  monitor('kubelet', {
    selector: { matchLabels: { 'app.kubernetes.io/name': 'kubelet' } },
    namespaceSelector: { matchNames: ['kube-system'] },
    endpoints: [
      {
        port: 'https-metrics',
        scheme: 'https',
        honorLabels: true,
        bearerTokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
        tlsConfig: { insecureSkipVerify: true },
      },
    ],
  }),
];
