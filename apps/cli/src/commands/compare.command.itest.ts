import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../program.js';

const id = (last: string): string => `0190b5a0-0000-7000-8000-00000000000${last}`;
const run = (last: string, displayName: string, more: object = {}) => ({
  id: id(last),
  displayName,
  projectId: id('1'),
  datasetVersionId: id('1'),
  task: 'TASK_MULTI_CLASS',
  epochsDone: 3,
  settings: { batchSize: 32, loss: { name: 'categorical_crossentropy' } },
  ...more,
});
const RUNS = [
  run('a', 'first'),
  run('b', 'second', { settings: { batchSize: 64, loss: { name: 'categorical_crossentropy' } } }),
  run('c', 'other-data', { datasetVersionId: id('2') }),
  run('d', 'numbers', { task: 'TASK_REGRESSION' }),
  run('e', 'unlabelled', { noLossReason: 'the dataset has no ground truth' }),
  run('f', 'strangers', { datasetVersionId: id('3') }),
];
const SAMPLES = 1200;

/** Run `second` fixes 10 samples of class odd and breaks 60 of class even, all of them in the slice. */
function evaluations(name: string) {
  return Array.from({ length: name === 'other-data' ? 400 : SAMPLES }, (_, row) => {
    const isOdd = row % 2 === 1;
    const isBroken = name === 'second' && !isOdd && row < 120;
    const isFixed = name !== 'second' && isOdd && row < 20;
    const sampleId =
      name === 'strangers' ? `stranger-${row}` : String(name === 'other-data' ? row + 1000 : row);
    return {
      row,
      sample: { split: 'SPLIT_VALIDATION', sampleId },
      task: 'TASK_MULTI_CLASS',
      trueClass: row % 2,
      // Sample 1001 has another label in the other dataset.
      trueClassName: isOdd && !(name === 'other-data' && row === 1) ? 'odd' : 'even',
      hasLoss: row !== 7,
      loss: isBroken ? 2 : 0.5,
      correct: !isBroken && !isFixed,
    };
  });
}

/** Epochs that were requested. */
let epochs: string[] = [];

/** The few RPCs of a gateway that the command calls. */
function answer({ url = '' }: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const send = (body: object): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const bitmap = new Uint8Array(SAMPLES / 8);
  bitmap.fill(255, 0, 15);
  const slice = { id: id('9'), displayName: 'first 120', bitmap: Buffer.from(bitmap).toString('base64') };
  if (pathname === '/v1/projects') return send({ projects: [{ id: id('1'), displayName: 'default' }] });
  if (pathname.endsWith('/slices')) return send({ slices: [slice] });
  if (pathname.includes('/slices/')) return send({ slice });
  const filter = searchParams.get('filter') ?? '';
  const named = RUNS.find((one) => url.includes(one.id) || filter.includes(`"${one.displayName}"`));
  if (!pathname.endsWith('/evaluations'))
    return send(pathname.endsWith('/runs') ? { runs: [named] } : { run: named });
  epochs.push(`${named!.displayName} ${/epochs\/(\d+)/.exec(pathname)![1]!}`);
  const from = Number(searchParams.get('pageToken') ?? searchParams.get('page_token') ?? 0);
  const rows = evaluations(named!.displayName);
  send({
    evaluations: rows.slice(from, from + 1000),
    nextPageToken: from + 1000 < rows.length ? String(from + 1000) : '',
  });
}

const server = createServer(answer);
beforeAll(() => new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening)));
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  epochs = [];
});
afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

async function compare(
  ...args: readonly string[]
): Promise<{ readonly out: string; readonly errors: string }> {
  const written = { out: '', errors: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((written.out += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((written.errors += String(text)), true));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const given = [
    ...args.filter((arg) => arg === '--json'),
    'compare',
    ...args.filter((arg) => arg !== '--json'),
  ];
  const program = await createProgram({ dataDir: undefined, url, key: 'nk_test', project: undefined }, given);
  await program.parseAsync(given, { from: 'user' });
  return written;
}

describe('noema compare', () => {
  it('counts the samples that changed, flags what got worse, and names the settings that differ', async () => {
    const { out } = await compare('first', 'second', '--json');
    const comparison = JSON.parse(out) as Record<string, never>;
    expect(comparison).toMatchObject({
      a: { run: 'first', epoch: 3 },
      shared: SAMPLES,
      onlyA: 0,
      onlyB: 0,
      otherTruth: 0,
      settings: [{ name: 'batch size', before: '32', now: '64' }],
    });
    // One sample has no loss, so it is not known whether it is correct.
    const counts = { correct: SAMPLES - 70, fixed: 9, broken: 60, wrong: 0 };
    expect(comparison['changes']).toMatchObject([
      { name: 'correct', n: SAMPLES - 1, counts },
      { name: 'loss', n: SAMPLES - 1, counts: { lower: 0, same: SAMPLES - 61, higher: 60 } },
    ]);
    expect(comparison['classes']).toMatchObject([
      { name: 'even', changes: [{ isFlagged: true }, { isFlagged: true }] },
      { name: 'odd', changes: [{ n: SAMPLES / 2 - 1, isFlagged: true }, { isFlagged: false }] },
    ]);
    expect(comparison['slices']).toMatchObject([{ name: 'first 120', changes: [{ n: 119 }, {}] }]);
  });

  it('prints the same as a table', async () => {
    const { out } = await compare('first', 'second');
    expect(out).toContain('1200 shared samples, 0 only in A, 0 only in B\nbatch size: 32 → 64\n');
    expect(out).toMatch(/^all +accuracy +1199 .*correct 1130, fixed 9, broken 60, wrong 0$/m);
    expect(out).toMatch(/^class even +accuracy +600 +1\.0000 \[.*\] +0\.9000 \[.*\] +-0\.1000 \[.*\*/m);
    expect(out).toMatch(/^slice first 120 +mean loss +119 /m);
  });

  it('compares epochs of one run', async () => {
    await compare('first', 'first', '--epoch', '1,2');
    expect(new Set(epochs)).toEqual(new Set(['first 1', 'first 2']));
  });

  it('pairs versions of other data by split and id, and leaves out samples with another label', async () => {
    const { out } = await compare('first', 'other-data');
    expect(out).toContain(
      '200 shared samples, 1000 only in A, 200 only in B; 1 with another ground truth are left out',
    );
  });

  it.each([
    ['another task', 'numbers', 'first, epoch 3 has the task multi-class'],
    ['no ground truth', 'unlabelled', 'the dataset has no ground truth'],
    ['no shared sample', 'strangers', 'share no sample'],
  ])('refuses runs with %s', async (_, name, message) => {
    const { errors } = await compare('first', name);
    expect(errors).toContain(message);
    expect(errors).toContain('VERSIONS_NOT_COMPARABLE');
    expect(process.exitCode).toBe(6);
  });

  it('refuses an epoch that the run does not have', async () => {
    expect((await compare('first', 'second', '--epoch', '7')).errors).toContain('first has 3 epochs');
    expect(process.exitCode).toBe(3);
  });
});
