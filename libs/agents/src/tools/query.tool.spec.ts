import { PointColumnType } from '@noema/contracts/noema/projection/v1/point';
import { describe, expect, it } from 'vitest';
import { byteLength, renderAnswer } from '../answer/render.js';
import { type ConnectService, connectPlatform } from '../platform/platform.js';
import type { AgentContext } from '../tool.js';
import { query } from './query.tool.js';

const RUN = {
  ...{ id: 'r', projectId: 'p', displayName: 'first', datasetVersionId: 'd', epochsDone: 1 },
  objectives: [{ output: 'digit' }, { output: 'size' }],
};
const INK = 'metadata.ink';
/** Has at most five significant digits, as answers have. */
const inkAt = (row: number): number => (row % 1000) / 5;
const lossAt = (row: number): number => (row % 10 === 3 ? NaN : Math.fround((row * row) % 101));

/** A platform with one run and a map of `rows` samples, each with a loss, ink and a split. */
function contextWith(rows: number): AgentContext {
  const numbers: Readonly<Record<string, (row: number) => number>> = {
    ...{ loss: lossAt, [INK]: inkAt },
    'outputs.size.loss': (row) => 2 * lossAt(row),
  };
  const column = (name: string) => {
    const read = numbers[name];
    const all = Array.from({ length: rows }, (_, row) => row);
    const typed = read === undefined ? Int32Array.from(all, (row) => row % 2) : Float32Array.from(all, read);
    return {
      name,
      type: read === undefined ? PointColumnType.CODE : PointColumnType.NUMBER,
      names: read === undefined ? ['training', 'validation'] : [],
      missing: new Uint8Array(),
      values: new Uint8Array(typed.buffer),
    };
  };
  const answers: Readonly<Record<string, (request: never) => unknown>> = {
    listProjects: () => Promise.resolve({ projects: [{ id: 'p', displayName: 'default' }] }),
    listRuns: () => Promise.resolve({ runs: [RUN] }),
    listExplorations: () => Promise.resolve({ explorations: [{ id: 'm', epoch: 1, pointCount: rows }] }),
    getDatasetVersion: () => Promise.resolve({ datasetVersion: { metadataColumns: [{ name: 'ink' }] } }),
    async *streamPoints({ columns }: { readonly columns: readonly string[] }) {
      await Promise.resolve();
      yield { chunk: { firstRow: 0, pointCount: rows, columns: columns.map(column) } };
    },
  };
  const connect = ((service: { methods: readonly { localName: string }[] }) =>
    Object.fromEntries(
      service.methods.map(({ localName }) => [localName, answers[localName]]),
    )) as unknown as ConnectService;
  return { platform: connectPlatform(connect, { allowWrites: false }), allowWrites: false, maxRows: 1e5 };
}

interface Entry {
  readonly row: number;
  readonly x: number;
  readonly y: number;
}
async function scatter(rows: number, over: Readonly<Record<string, unknown>> = {}) {
  const input = query.input.parse({ mark: 'scatter', x: INK, y: 'loss', ...over }) as Readonly<
    Record<string, unknown>
  >;
  const answer = await query.run(contextWith(rows), input, { token: '', skip: 0, source: '' });
  const result = renderAnswer(answer, { tool: 'query', input });
  expect(byteLength(result)).toBeLessThanOrEqual(12_000);
  return {
    facts: answer.facts,
    items: answer.list!.items as unknown as readonly Entry[],
    shown: result.structuredContent as { readonly empty?: { readonly reason: string } },
  };
}

describe('a scatter of the query tool', () => {
  it('lists each sample by its row and two numbers, and counts samples without a number', async () => {
    const { facts, items } = await scatter(200);
    expect(facts).toMatchObject({ n: 180, without_finite_numbers: 20, population: 200 });
    expect(facts).not.toHaveProperty('random_sample');
    const rows = Array.from({ length: 200 }, (_, row) => row).filter((row) => row % 10 !== 3);
    expect(items).toEqual(rows.map((row) => ({ row, x: inkAt(row), y: lossAt(row) })));
  });

  it('draws above 2,000 samples at random by the seed, and says of how many', async () => {
    const first = await scatter(5_000);
    expect(first.facts).toMatchObject({ n: 4_500, random_sample: { n: 2_000, seed: 0 } });
    expect(first.items.every(({ row, x, y }) => x === inkAt(row) && y === lossAt(row))).toBe(true);
    expect((await scatter(5_000, { seed: 0 })).items).toEqual(first.items);
    const other = await scatter(5_000, { seed: 7 });
    expect(other.facts).toMatchObject({ random_sample: { seed: 7 } });
    expect(other.items).not.toEqual(first.items);
  });

  it('names the group of each sample', async () => {
    const { items } = await scatter(6, { color: 'split' });
    const split = (row: number): string => (row % 2 === 0 ? 'training' : 'validation');
    expect(items).toMatchObject([0, 1, 2, 4, 5].map((row) => ({ row, color: { text: split(row) } })));
  });

  it('has the loss of the output that is named, and refuses others by name', async () => {
    const { facts, items } = await scatter(10, { output: 'size' });
    expect(facts).toMatchObject({ output: { text: 'size' } });
    expect(items.map(({ y }) => y)).toEqual((await scatter(10)).items.map(({ y }) => 2 * y));
    await expect(scatter(10, { output: 'kind' })).rejects.toThrow('no output "kind"; it has: digit, size');
  });

  it('says why it is empty, and refuses bins and a seed of another mark by name', async () => {
    const { shown } = await scatter(100, { where: 'loss < 0' });
    expect(shown.empty!.reason).toContain('loss < 0');
    await expect(scatter(10, { x: `${INK}@10` })).rejects.toThrow('leave out @');
    await expect(scatter(10, { mark: 'bar', y: 'count()', seed: 1 })).rejects.toThrow('no field "seed"');
    await expect(scatter(10, { y: 'split' })).rejects.toThrow('has no position in a scatter');
  });
});
