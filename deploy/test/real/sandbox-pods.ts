import type { RealNode } from './real-node.js';

/** Values by which integrations run in pods of their own. */
export const SANDBOX_PODS = ['isolation=pod', 'runtimeClassName=plain'].flatMap((value) => [
  '--set',
  `datasets.sandbox.${value}`,
]);

/** The runtime class of those pods: runc by another name, which isolates no kernel. */
export async function createRuntimeClass(node: RealNode): Promise<void> {
  const apiVersion = 'node.k8s.io/v1';
  const runtime = { apiVersion, kind: 'RuntimeClass', metadata: { name: 'plain' }, handler: 'runc' };
  await node.kubectl(['apply', '-f', '-'], runtime);
}
