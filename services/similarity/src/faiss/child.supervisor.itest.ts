import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { DomainError } from '@noema/kernel';
import { points } from '@noema/manifold';
import { waitFor } from '@noema/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ChildSupervisor, type Supervision } from './child.supervisor.js';
import { FaissIndex } from './faiss.index.js';
import { PREPARED_LIBRARY } from './faiss.library.js';
import type { FaissCall } from './faiss.messages.js';
import { fill, save } from './index.loading.js';
import { UnitFrame } from './unit.frame.js';

const settings = { library: PREPARED_LIBRARY, threads: 1 };
const native = existsSync(PREPARED_LIBRARY);
if (!native) console.log(`skipped, faiss child: ${PREPARED_LIBRARY} is not there; run \`make native\``);

const cloud = points(
  Float32Array.from({ length: 600 * 8 }, (_, i) => Math.sin(i * i)),
  8,
);
const frame = new UnitFrame(cloud);
const made: ChildSupervisor[] = [];
const supervise = (over: Supervision = {}, description = 'HNSW8'): ChildSupervisor => {
  const child = new ChildSupervisor(settings, (call) => fill(call, cloud.n, frame, { description }), {
    pauseMs: 20,
    ...over,
  });
  made.push(child);
  return child;
};
const ask = (child: ChildSupervisor) =>
  child.call({ op: 'search', values: frame.queries(cloud, 0, 3), k: 5 });
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** An HNSW index whose bytes are changed, given to the child with their own checksum. */
async function loadChanged(child: ChildSupervisor, change: (view: DataView) => void): Promise<unknown> {
  const call: FaissCall = (request) => child.call(request);
  const bytes = await save(call);
  change(new DataView(bytes.buffer));
  // Both at once, so that no other caller's bytes come between.
  return (
    await Promise.all([
      call({ op: 'write', bytes }),
      call({ op: 'load', sha256: createHash('sha256').update(bytes).digest('hex') }),
    ])
  )[1];
}

/**
 * Loads an index that is entered at a row far beyond its end, and searches it: the process reads what is not
 * its own.
 */
async function crash(child: ChildSupervisor): Promise<never> {
  await loadChanged(child, (view) => {
    let at = 37;
    for (const size of [8, 4, 4, 8, 4]) at += 8 + size * Number(view.getBigUint64(at, true));
    view.setInt32(at, 2 ** 30, true);
  });
  await ask(child);
  throw new Error('the child lives');
}

afterEach(async () => {
  await Promise.all(made.splice(0).map((child) => child.close()));
});

describe.skipIf(!native)('RELIABILITY 19: the child', () => {
  it(
    'crashes in faiss: what waits is answered unavailable, the next call finds a new child with the same ' +
      'index',
    async () => {
      const child = supervise();
      const before = await ask(child);
      const results = await Promise.allSettled([crash(child), crash(child)]);
      for (const result of results)
        expect(result).toMatchObject({
          status: 'rejected',
          reason: { kind: 'unavailable', reason: 'FAISS_DIED', metadata: { how: 'SIGSEGV' } },
        });
      expect(await ask(child)).toEqual(before);
      expect(child.starts).toBe(2);
    },
  );

  it(
    'is killed in the middle of a search, as when memory runs out: that search fails unavailable, the ' +
      'next one is right',
    async () => {
      const child = supervise();
      const index = new FaissIndex(child, cloud, frame, 400);
      const before = await index.search(cloud, 5, { firstRow: 0 });
      const [pid] = child.pids;
      process.kill(pid!, 'SIGSTOP'); // so that it surely has not answered when it dies
      const searching = index.search(cloud, 5, { firstRow: 0 });
      process.kill(pid!, 'SIGKILL');
      await expect(searching).rejects.toMatchObject({
        kind: 'unavailable',
        reason: 'FAISS_DIED',
        metadata: { how: 'SIGKILL' },
      });
      expect(await index.search(cloud, 5, { firstRow: 0 })).toEqual(before);
    },
  );

  it('hangs: it is killed after its time and replaced', async () => {
    const answerMs = 600_000;
    const child = supervise({ answerMs });
    const before = await ask(child);
    const [hung] = child.pids;
    process.kill(hung!, 'SIGSTOP');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const asked = ask(child);
      const silent = expect(asked).rejects.toMatchObject({
        kind: 'unavailable',
        reason: 'FAISS_SILENT',
        metadata: { op: 'search' },
      });
      await vi.advanceTimersByTimeAsync(answerMs);
      await silent;
    } finally {
      vi.useRealTimers();
    }
    expect(await ask(child)).toEqual(before);
    expect(alive(hung!)).toBe(false);
  });

  it('waits longer after every abort in a row', async () => {
    const child = supervise({ pauseMs: 150 });
    const pauses: number[] = [];
    await child.ready();
    for (let aborts = 1; aborts <= 3; aborts++) {
      process.kill(child.pids[0]!, 'SIGKILL');
      await waitFor(() => child.pids.length === 0);
      const start = performance.now();
      await child.ready();
      pauses.push(performance.now() - start);
    }
    expect(pauses[0]).toBeGreaterThanOrEqual(149);
    expect(pauses[1]).toBeGreaterThanOrEqual(299);
    expect(pauses[2]).toBeGreaterThanOrEqual(599);
  });

  it('grew: a fresh one takes its place and no call fails', async () => {
    const child = supervise({ growthBytes: -1 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask(child)));
    answers.push(await ask(child), await ask(child));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(child.starts).toBeGreaterThanOrEqual(3);
    await waitFor(() => child.pids.length === 0, { what: 'the worn children to end' });
  });

  it('refuses what is no question, and bytes that faiss does not understand, and lives', async () => {
    const child = supervise();
    const refused = { kind: 'internal', reason: 'FAISS_REFUSED' };
    await expect(
      child.call({ op: 'search', values: frame.queries(cloud, 0, 1), k: 601 }),
    ).rejects.toMatchObject(refused);
    await expect(child.call({ op: 'search', values: new Float32Array(9), k: 1 })).rejects.toMatchObject(
      refused,
    );
    // It says that it holds 2^38 probabilities: more than its bytes can hold, so nothing is allocated for
    // them.
    const claim = loadChanged(child, (view) => {
      view.setBigUint64(37, 2n ** 38n, true);
    });
    await expect(claim).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('read error') as string,
    });
    await child.call({ op: 'write', bytes: Uint8Array.of(1, 2, 3) });
    await expect(child.call({ op: 'load', sha256: 'x' })).rejects.toThrow(/changed on their way/);
    const untrained = new ChildSupervisor(settings, (call) =>
      fill(call, cloud.n, frame, { description: 'IVF4,Flat' }),
    );
    await expect(untrained.ready()).rejects.toThrow(/not trained/);
    expect(child.starts).toBe(1);
    await untrained.close();
  });

  it('is closed after the search that runs, and answers no call then', async () => {
    const child = supervise();
    const index = new FaissIndex(child, cloud, frame, 1);
    const searching = index.search(cloud, 5);
    const closing = index.close();
    await expect(index.search(cloud, 5)).rejects.toMatchObject({
      kind: 'unavailable',
      reason: 'INDEX_CLOSED',
    });
    expect((await searching).rows[0]).toBe(0);
    await closing;
    expect(child.pids).toEqual([]);
    await expect(ask(child)).rejects.toBeInstanceOf(DomainError);
  });

  it('ends with its parent', async () => {
    const orphan = fork(fileURLToPath(new URL('./faiss.child.js', import.meta.url)), [PREPARED_LIBRARY], {
      serialization: 'advanced',
      execArgv: [],
    });
    orphan.disconnect();
    expect(await once(orphan, 'exit')).toEqual([0, null]);
  });
});

it('a file that is no library is an answer, not a crash', async () => {
  const child = new ChildSupervisor({ library: fileURLToPath(import.meta.url), threads: 1 }, (call) =>
    fill(call, cloud.n, frame, { description: 'Flat' }),
  );
  await expect(child.ready()).rejects.toMatchObject({
    kind: 'unavailable',
    reason: 'FAISS_DIED',
    metadata: { last_words: expect.stringContaining('Node.js v') },
  });
  await child.close();
});
