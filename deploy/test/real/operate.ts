import type { RealNode } from './real-node.js';

/** Runs a command of an operator in the pod of the workspace and returns what it prints. */
export const operate = async (node: RealNode, ...args: string[]): Promise<Record<string, any>> =>
  JSON.parse(
    await node.kubectl([
      ...['exec', '-n', 'noema', 'deploy/noema-workspace', '--', 'node', 'dist/src/operate.js', ...args],
    ]),
  );
