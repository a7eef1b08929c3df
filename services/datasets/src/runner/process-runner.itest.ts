import { appendFile, chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readMatrix } from '@noema/artifacts';
import { temporaryDirectory } from '@noema/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DETECTION_BUNDLE, OBJECT_SCORES, scoreObjects } from '../../test/detection-bundle.js';
import { BUNDLE_ORDER, bundleSource, moduleRunner, orderOfModule } from '../../test/runner-orders.js';
import { writeModule } from '../../test/running-datasets.js';
import type { OpenOrder } from '../ingestion/ingestion.ports.js';
import { BubblewrapIsolation } from './bubblewrap.isolation.js';
import { moduleDigest } from './module-digest.js';
import type { ProcessRunner } from './process-runner.js';
import { nodeRuntime } from './runtimes/node.js';
import { TrustedIsolation } from './trusted.isolation.js';

const bubblewrap = new BubblewrapIsolation({
  roots: [],
  memoryBytes: 2 ** 30,
  cpuMs: 60_000,
  tasks: 64,
  tmpBytes: 2 ** 24,
});
const missing = await bubblewrap.require(nodeRuntime).then(
  () => undefined,
  (error: Error) => error.message,
);
if (missing !== undefined) console.warn(`skipped: the runner in bubblewrap: ${missing}`);

describe.each([
  ['no isolation', new TrustedIsolation(), false],
  ['bubblewrap', bubblewrap, missing !== undefined],
] as const)('with %s', (_name, isolation, skipped) => {
  describe.skipIf(skipped)('the runner', () => {
    let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
    let runner: ProcessRunner;
    const { signal } = new AbortController();
    beforeEach(async () => {
      directory = await temporaryDirectory();
      await chmod(directory.path, 0o755);
    });
    afterEach(async () => {
      await runner.close();
      await directory.remove();
    });

    async function makeOrder(x: string): Promise<OpenOrder> {
      const modulePath = await writeModule(
        directory.path,
        'made',
        `
let ran = 0;
export const integration = defineIntegration({
  name: 'made', preprocess: () => { ran++; return { training: { length: 200, data: null } }; },
  inputs: { x: ${x} }, groundTruths: { y: ({ index }) => index }, metadata: { ran: () => ran },
});`,
      );
      return orderOfModule(modulePath, 100);
    }

    it('keeps the process that has loaded the data for the next shards, and reports its progress', async () => {
      runner = moduleRunner(isolation);
      const order = await makeOrder('({ index }) => [index, 0]');
      const plan = await runner.plan(order, signal);
      expect(plan).toMatchObject({
        sampleCount: 200,
        inputs: [{ name: 'x', dims: [2] }],
        splits: [{ split: 'training', count: 200, firstRow: 0 }],
      });
      const seen: number[] = [];
      const shards = [];
      for (const firstRow of [0, 100])
        shards.push(
          await runner.encode(order, plan, { firstRow, rowCount: 100 }, signal, (done) => {
            seen.push(done);
          }),
        );
      expect([...readMatrix(shards[1]!.inputs).float32('x').data.subarray(0, 4)]).toEqual([100, 0, 101, 0]);
      expect(seen.filter((done) => done === 64 || done === 100)).toEqual([64, 100, 64, 100]);
      expect(new Set(shards.flatMap(({ samples }) => samples.metadata[0]!.values))).toEqual(new Set([1]));
    });

    it.skipIf(isolation.name !== 'none')(
      'encodes the next shard before it is requested, and one only',
      async () => {
        runner = moduleRunner(isolation, { idleMs: 60_000 });
        const order = await makeOrder('({ index }) => { log(index); return [index, 0]; }');
        const log = join(directory.path, 'rows.txt');
        await appendFile(
          order.modulePath,
          `\nimport { appendFileSync } from 'node:fs';\n` +
            `const log = (index) => index % 50 === 49 && appendFileSync(${JSON.stringify(log)}, index + ' ');`,
        );
        const whole = { ...order, digest: await moduleDigest(order.modulePath) };
        const plan = await runner.plan(whole, signal);
        const encode = (firstRow: number) =>
          runner.encode(whole, plan, { firstRow, rowCount: 50 }, signal, () => undefined);
        const rows = () => readFile(log, 'utf8');
        const first = await encode(0);
        await expect.poll(rows).toBe('49 99 ');
        const second = await encode(50);
        await expect.poll(rows).toBe('49 99 149 ');
        // another worker has the third: the guess was wrong, and there is no other
        const fourth = await encode(150);
        expect(await rows()).toBe('49 99 149 199 ');
        expect((await encode(100)).samples.sampleIds[0]).toBe('100');
        expect(await rows()).toBe('49 99 149 199 149 ');
        expect([first, second, fourth].map(({ samples }) => samples.sampleIds[0])).toEqual([
          '0',
          '50',
          '150',
        ]);
      },
    );

    it('the same rows have the same digest however often they are encoded', async () => {
      runner = moduleRunner(isolation, { idleMs: 0 });
      const order = await makeOrder('({ index }) => [index, 0]');
      const plan = await runner.plan(order, signal);
      const rows = { firstRow: 0, rowCount: 100 };
      const [one, two] = [
        await runner.encode(order, plan, rows, signal, () => undefined),
        await runner.encode(order, plan, rows, signal, () => undefined),
      ];
      expect(one.digest).toBe(two.digest);
      expect(
        (await runner.encode(order, plan, { firstRow: 100, rowCount: 100 }, signal, () => undefined)).digest,
      ).not.toBe(one.digest);
    });

    it('computes metrics of objects with the functions of the SDK', async () => {
      runner = moduleRunner(isolation, { code: bundleSource(DETECTION_BUNDLE) });
      const plan = await runner.plan(BUNDLE_ORDER, signal);
      expect(await scoreObjects(runner, plan, signal)).toEqual(OBJECT_SCORES);
    });

    it('stops an integration that is silent too long', async () => {
      runner = moduleRunner(isolation, { stallMs: 1_000 });
      await expect(runner.plan(await makeOrder('() => { for (;;); }'), signal)).rejects.toMatchObject({
        kind: 'timeout',
        reason: 'INTEGRATION_STALLED',
      });
    });

    it.each([
      ['aborts', 'process.abort()'],
      ['is killed, as when memory is out', "process.kill(process.pid, 'SIGKILL')"],
    ])(
      'RELIABILITY 19: a child that %s answers unavailable, and the next call has a new one',
      async (_how, death) => {
        runner = moduleRunner(isolation);
        const order = await makeOrder(`({ index }) => { if (index === 150) ${death}; return [index, 0]; }`);
        const plan = await runner.plan(order, signal);
        const encode = (firstRow: number) =>
          runner.encode(order, plan, { firstRow, rowCount: 100 }, signal, () => undefined);
        await encode(0);
        await expect(encode(100)).rejects.toMatchObject({
          kind: 'unavailable',
          reason: 'INTEGRATION_CRASHED',
        });
        expect((await encode(0)).digest).toMatch(/^[0-9a-f]{64}$/);
      },
    );

    it('user code that writes into the channel of its process does no harm', async () => {
      runner = moduleRunner(isolation);
      const noise = `process.send?.({ kind: 'done' }); process.stdout.write('{}'); process.stderr.write('\\0');`;
      const order = await makeOrder(`({ index }) => { ${noise} return index; }`);
      expect(await runner.plan(order, signal)).toMatchObject({ sampleCount: 200 });
    });

    it('a wrong answer is located at the handler that gave it', async () => {
      runner = moduleRunner(isolation);
      const order = await makeOrder(`() => 'no tensor'`);
      await expect(runner.plan(order, signal)).rejects.toMatchObject({
        reason: 'TENSOR_INVALID',
        metadata: { file: order.modulePath, handler: 'x', sample_id: '0' },
      });
    });

    it('says what a process wrote before it died, without the trace that node adds', async () => {
      runner = moduleRunner(isolation);
      const ended: unknown = await runner
        .plan(await makeOrder(`() => { console.error('no more paper'); process.abort(); }`), signal)
        .catch((error: unknown) => error);
      expect(String(ended)).toContain('It wrote last: no more paper');
      expect(String(ended)).not.toMatch(/0x[0-9a-f]{4}|stack trace/i);
    });

    it('stops at once when its signal aborts', async () => {
      runner = moduleRunner(isolation);
      const order = await makeOrder('({ index }) => { if (index > 0) for (;;); return 1; }');
      const plan = await runner.plan(order, signal);
      const stop = new AbortController();
      const encoding = runner.encode(
        order,
        plan,
        { firstRow: 0, rowCount: 10 },
        stop.signal,
        () => undefined,
      );
      stop.abort(new Error('enough'));
      await expect(encoding).rejects.toThrow('enough');
    });

    it('refuses to go on when the module, or a file that it imports, has changed', async () => {
      runner = moduleRunner(isolation);
      await writeFile(join(directory.path, 'helper.mjs'), 'export const one = 1;');
      const order = await makeOrder('({ index }) => index');
      await appendFile(order.modulePath, "\nimport { one } from './helper.mjs';\nexport { one };");
      const whole = { ...order, digest: await moduleDigest(order.modulePath) };
      await expect(runner.plan(order, signal)).rejects.toMatchObject({ reason: 'INTEGRATION_CHANGED' });
      const plan = await runner.plan(whole, signal);
      await writeFile(join(directory.path, 'helper.mjs'), 'export const one = 2;');
      await expect(
        runner.encode(whole, plan, { firstRow: 0, rowCount: 1 }, signal, () => undefined),
      ).rejects.toMatchObject({ kind: 'precondition', reason: 'INTEGRATION_CHANGED' });
    });
  });
});
