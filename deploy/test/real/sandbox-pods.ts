import type { RealNode } from './real-node.js';

/** Values by which integrations run in pods of their own. */
export const SANDBOX_PODS = ['isolation=pod', 'runtimeClassName=plain'].flatMap((value) => [
  '--set',
  `datasets.sandbox.${value}`,
]);

/** A runtime class, by default the one of those pods: runc by another name, which isolates no kernel. */
export async function createRuntimeClass(node: RealNode, name = 'plain'): Promise<void> {
  const apiVersion = 'node.k8s.io/v1';
  const runtime = { apiVersion, kind: 'RuntimeClass', metadata: { name }, handler: 'runc' };
  await node.kubectl(['apply', '-f', '-'], runtime);
}
