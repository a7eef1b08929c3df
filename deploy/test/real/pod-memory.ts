import type { RealNode } from './real-node.js';

interface Summary {
  readonly pods: readonly {
    readonly podRef: { readonly name: string; readonly namespace: string };
    readonly memory?: { readonly workingSetBytes?: number };
  }[];
}

/** Memory that each pod of the installation holds (the kubelet's working set), largest first, and the sum. */
export async function podMemory(node: RealNode): Promise<string[]> {
  const summary = JSON.parse(
    await node.kubectl(['get', '--raw', '/api/v1/nodes/node1/proxy/stats/summary']),
  ) as Summary;
  const pods = summary.pods
    .filter(({ podRef }) => podRef.namespace === 'noema')
    .map(({ podRef, memory }) => ({ name: podRef.name, bytes: memory?.workingSetBytes ?? 0 }))
    .sort((a, b) => b.bytes - a.bytes);
  const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
  return [
    ...pods.map(({ name, bytes }) => `memory of ${name}: ${mib(bytes)}`),
    `memory of ${pods.length} pods: ${mib(pods.reduce((sum, { bytes }) => sum + bytes, 0))}`,
  ];
}
