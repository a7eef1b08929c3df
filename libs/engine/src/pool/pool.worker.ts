import { parentPort, workerData } from 'node:worker_threads';
import { asDomainError } from '@noema/kernel';
import type { BackendSession } from '../backends/backend.js';
import { backends } from '../backends/backend.registry.js';
import { ExitGate } from '../backends/exit.gate.js';
import type { Tensors } from '../tensors.js';
import { CLOSE, type RunReply, type RunRequest, sendError, type WorkerSetup } from './pool.messages.js';
import { runRows } from './rows.run.js';
import { SessionCache } from './session.cache.js';

const { backend, cacheBytes, gate: cells } = workerData as WorkerSetup;
const gate = ExitGate.over(cells);
const cache = new SessionCache(backends.get(backend), cacheBytes);

async function run({ id, program, feeds, fetches, rows }: RunRequest): Promise<void> {
  try {
    const pass: BackendSession['run'] = (...given) =>
      gate.pass(async () => (await cache.open(program)).run(...given));
    const outputs: Tensors =
      rows === undefined ? await pass(feeds, fetches) : await runRows(pass, feeds, rows).then(() => ({}));
    const reply: RunReply = { id, outputs, sessions: cache.count };
    parentPort?.postMessage(reply, [
      ...new Set(Object.values(outputs).map(({ data }) => data.buffer as ArrayBuffer)),
    ]);
  } catch (error) {
    const reply: RunReply = { id, error: sendError(asDomainError(error)) };
    parentPort?.postMessage(reply);
  }
}

parentPort?.on('message', (request: RunRequest | typeof CLOSE) => {
  // A thread must not be terminated inside the runtime: the whole process would abort. So it leaves by
  // itself.
  if (request === CLOSE) parentPort?.close();
  else void run(request);
});
