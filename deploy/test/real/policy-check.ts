import { waitFor } from '@noema/testing';
import type { RealNode } from './real-node.js';

const SPACE = 'policies';
const security = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: 65532,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};
const pod = (name: string, container: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: SPACE, labels: { app: name } },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    containers: [{ name, imagePullPolicy: 'Never', securityContext: security, ...container }],
  },
});
const client = (name: string) =>
  pod(name, { image: 'ghcr.io/noema/gateway:0.1.0', args: ['--eval', 'setInterval(() => {}, 1e6)'] });
const SERVER = pod('server', {
  image: 'docker.io/library/nats:2.15.1-alpine',
  args: ['--port=4222', '--http_port=8222'],
  readinessProbe: { httpGet: { path: '/healthz', port: 8222 }, periodSeconds: 1 },
});
const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'server', namespace: SPACE },
  spec: { selector: { app: 'server' }, ports: [{ port: 4222 }] },
};
const POLICY = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'server', namespace: SPACE },
  spec: {
    podSelector: { matchLabels: { app: 'server' } },
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: { matchLabels: { app: 'friend' } } }], ports: [{ port: 4222 }] }],
  },
};
const TRY = `const socket = require('node:net').connect({ host: 'server', port: 4222 }, () => end('open'));
const end = (answer) => { console.log(answer); process.exit(); };
const named = ({ code }) => (code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? code : 'refused');
socket.setTimeout(5000, () => end('refused')).once('error', (error) => end(named(error)));`;

/** Waits until a client finds the server by name and is let through, or is refused. */
async function becomes(node: RealNode, name: string, expected: 'open' | 'refused'): Promise<void> {
  await waitFor(
    async () => {
      const seen = (await node.kubectl(['exec', '-n', SPACE, name, '--', 'node', '--eval', TRY])).trim();
      if (seen !== expected) throw new Error(`the connection of ${name} is ${seen}, not ${expected}`);
      return true;
    },
    { timeoutMs: 120_000, intervalMs: 500, what: `the connection of ${name}` },
  );
}

/** A server and two clients: both reach it by its name; once a NetworkPolicy names one, the other is refused. */
export async function policyCheck(node: RealNode): Promise<void> {
  await node.kubectl(['create', 'namespace', SPACE]);
  const objects = [SERVER, SERVICE, client('friend'), client('stranger')];
  await node.kubectl(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items: objects });
  const ready = ['wait', '-n', SPACE, '--for=condition=Ready', 'pods', '--all', '--timeout=300s'];
  await node.kubectl(ready);
  await becomes(node, 'friend', 'open');
  await becomes(node, 'stranger', 'open');
  await node.kubectl(['apply', '-f', '-'], POLICY);
  await becomes(node, 'stranger', 'refused');
  await becomes(node, 'friend', 'open');
  await node.kubectl(['delete', 'namespace', SPACE, '--wait=false']);
}
