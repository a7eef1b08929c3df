import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RealNode } from './real-node.js';

const PROGRAM = fileURLToPath(new URL('./steady-requests.main.js', import.meta.url));

/** Requests that were sent at a steady rate, and how they ended. */
export interface SteadyReport {
  readonly seconds: number;
  readonly requests: number;
  /** Number of requests by HTTP status, or by the code of the error. */
  readonly results: Readonly<Record<string, number>>;
  readonly latencyMs: { readonly median: number; readonly p99: number; readonly max: number };
  /** The first requests without status 200. */
  readonly examples: readonly string[];
}

/** The paths, and the rate at which they are requested. */
export interface SteadyOptions {
  readonly url: string;
  readonly key: string;
  readonly perSecond: number;
  readonly paths: readonly string[];
}

/** Sends requests from the node until the returned function is called, which resolves to the report. */
export function startRequests(
  node: RealNode,
  { url, key, perSecond, paths }: SteadyOptions,
): () => Promise<SteadyReport> {
  const stop = join(node.directory, `requests-${Date.now()}.stop`);
  // It keeps its rate when the machine has more to do than it can.
  const running = node.run('nice', [
    '-n',
    '-10',
    'node',
    PROGRAM,
    url,
    key,
    String(perSecond),
    stop,
    ...paths,
  ]);
  running.catch(() => undefined);
  return async () => {
    await writeFile(stop, '');
    return JSON.parse(await running) as SteadyReport;
  };
}

/** Number of requests that had no status 200. */
export const failedRequests = ({ requests, results }: SteadyReport): number =>
  requests - (results['200'] ?? 0);

/** A line for people. */
export const describeRequests = ({ seconds, requests, results, latencyMs }: SteadyReport): string =>
  `${requests} requests in ${seconds} s: ${Object.entries(results)
    .map(([result, count]) => `${result} ${count}`)
    .join(
      ', ',
    )}; median ${latencyMs.median} ms, 99 % within ${latencyMs.p99} ms, longest ${latencyMs.max} ms`;
