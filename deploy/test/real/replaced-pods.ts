import { waitFor } from '@noema/testing';
import type { RealNode } from './real-node.js';

/** Waits for the end of the pods that an upgrade replaced: they answer open connections until then. */
export const untilReplaced = (node: RealNode, timeoutMs = 120_000): Promise<unknown> =>
  waitFor(
    async () =>
      !(await node.kubectl(['get', 'pods', '-n', 'noema', '-o', 'json'])).includes('"deletionTimestamp"'),
    { timeoutMs, intervalMs: 500, what: 'the end of the pods of before' },
  );
