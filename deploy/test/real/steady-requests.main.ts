import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { SteadyReport } from './steady-requests.js';

/**
 * `node steady-requests.main.js URL KEY RATE STOP PATH…` sends RATE GET requests a second to URL, the paths in turn,
 * until the file STOP exists, and prints a SteadyReport. It sends at the rate whatever the responses take. Half of
 * the requests share connections that stay open; each of the others has one of its own.
 */
const [url = '', key = '', rate = '', stop = '', ...paths] = process.argv.slice(2);
const PATIENCE_MS = 60_000;
const EXAMPLES_OF_EACH = 3;
const agents = [new Agent({ keepAlive: true }), new Agent({ keepAlive: false })];
const latenciesMs: number[] = [];
const results: Record<string, number> = {};
const examples: string[] = [];

/** Sends one request and returns its status, or the code of its error. */
const send = (path: string, agent: Agent): Promise<string> =>
  new Promise((resolve) => {
    const headers = { authorization: `Bearer ${key}` };
    const outgoing = request(`${url}${path}`, { agent, headers, timeout: PATIENCE_MS }, (response) => {
      response.once('end', () => {
        resolve(response.complete ? String(response.statusCode) : 'INCOMPLETE');
      });
      response.once('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code ?? error.message);
      });
      response.resume();
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error(`no response in ${PATIENCE_MS} ms`)));
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      resolve(`${error.code ?? error.message}${outgoing.reusedSocket ? ' on an open connection' : ''}`);
    });
    outgoing.end();
  });

async function measure(path: string, agent: Agent): Promise<void> {
  const start = performance.now();
  const sentAt = new Date().toISOString();
  const result = await send(path, agent);
  const tookMs = performance.now() - start;
  latenciesMs.push(tookMs);
  results[result] = (results[result] ?? 0) + 1;
  if (result !== '200' && results[result] <= EXAMPLES_OF_EACH)
    examples.push(`${sentAt} ${path}: ${result} after ${tookMs.toFixed(0)} ms`);
}

const open = new Set<Promise<void>>();
const start = performance.now();
for (let sent = 0; !existsSync(stop); sent++) {
  const call = measure(paths[sent % paths.length]!, agents[Math.floor(sent / paths.length) % 2]!);
  open.add(call);
  void call.finally(() => open.delete(call));
  await delay(Math.max(0, start + ((sent + 1) * 1000) / Number(rate) - performance.now()));
}
const seconds = (performance.now() - start) / 1000;
await Promise.all(open);
for (const agent of agents) agent.destroy();
latenciesMs.sort((a, b) => a - b);
const quantile = (share: number): number =>
  Math.round(latenciesMs[Math.floor(share * latenciesMs.length)] ?? 0);
const report: SteadyReport = {
  seconds: Math.round(seconds),
  requests: latenciesMs.length,
  results,
  latencyMs: { median: quantile(0.5), p99: quantile(0.99), max: Math.round(latenciesMs.at(-1) ?? 0) },
  examples,
};
console.log(JSON.stringify(report));
