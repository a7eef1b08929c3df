import { beforeEach, describe, expect, it } from 'vitest';
import { memoryExplorations, neighborGraph, storeExploration } from '../../test/memory.js';
import type { Exploration } from '../exploration/exploration.js';
import type { PointColumn } from './point-columns.js';
import { type Chunk, PointService } from './point.service.js';

const N = 5_000;
const graph = neighborGraph({ sampleCount: N });
const number = (of: (row: number) => number): PointColumn => ({
  type: 'number',
  values: Float32Array.from({ length: N }, (_, row) => of(row)),
});
const index = (of: (row: number) => number): PointColumn => ({
  type: 'index',
  values: Int32Array.from({ length: N }, (_, row) => of(row)),
});
const COLUMNS: Readonly<Record<string, PointColumn>> = {
  x: number((row) => row),
  y: number((row) => -row),
  row: index((row) => row),
  cluster: { type: 'code', names: ['0', '1'], values: Int32Array.from({ length: N }, (_, row) => row % 2) },
  trust: number(() => 1),
  loss: number((row) => row / N),
};

let read: string[];
let closed: number;
let exploration: Exploration;
let service: PointService;

beforeEach(async () => {
  [read, closed] = [[], 0];
  exploration = await storeExploration(memoryExplorations(), graph);
  service = new PointService(
    { getReady: () => Promise.resolve({ exploration, graph }) },
    {
      open: () => ({
        names: () => Promise.resolve(Object.keys(COLUMNS)),
        column: (name) => {
          read.push(name);
          return Promise.resolve(COLUMNS[name]);
        },
        close: () => Promise.resolve(void closed++),
      }),
    },
  );
});

async function stream(over: object = {}, signal = new AbortController().signal): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  const request = { explorationId: exploration.id, chunkSize: 0, columns: [], firstRow: 0, ...over };
  for await (const chunk of service.stream(graph.teamId, request, signal)) chunks.push(chunk);
  return chunks;
}
const columns = (over: object = {}) =>
  service.columns(graph.teamId, {
    explorationId: exploration.id,
    columns: [],
    order: 'row',
    batchSize: 0,
    ...over,
  });

describe('a stream of points', () => {
  it('has all rows in order, 2,048 at a time', async () => {
    expect((await stream()).map(({ from, to }) => [from, to])).toEqual([
      [0, 2_048],
      [2_048, 4_096],
      [4_096, 5_000],
    ]);
    expect(closed).toBe(1);
  });

  it('starts at a row, has the requested size, and ends when its caller leaves', async () => {
    expect((await stream({ firstRow: 4_000, chunkSize: 600 })).map(({ from }) => from)).toEqual([
      4_000, 4_600,
    ]);
    expect(await stream({}, AbortSignal.abort())).toEqual([]);
  });

  it('has the requested columns, all but the names of points for *', async () => {
    const named = async (...of: string[]) =>
      (await stream({ columns: of }))[0]!.columns.map(({ name }) => name);
    expect(await named('loss')).toEqual(['loss']);
    expect(await named('*')).not.toContain('row');
    expect(await named('*')).toContain('loss');
  });

  it.each([
    ['an unknown column', { columns: ['mood'] }, 'COLUMN_UNKNOWN'],
    ['the row as a column', { columns: ['row'] }, 'COLUMN_UNKNOWN'],
    ['a row beyond the last', { firstRow: N + 1 }, 'FIRST_ROW_INVALID'],
    ['chunks of more than 16,384 points', { chunkSize: 16_385 }, 'CHUNK_SIZE_INVALID'],
  ])('is rejected for %s', async (_name, over, reason) => {
    await expect(stream(over)).rejects.toMatchObject({ reason });
  });
});

describe('columns of points', () => {
  it('are the coordinates unless a request names others, each read once', async () => {
    expect((await columns()).points.columns.map(({ name }) => name)).toEqual(['x', 'y']);
    read = [];
    await columns({ columns: ['loss', 'row', 'loss'] });
    expect(read).toEqual(['loss', 'row']);
  });

  it('are all columns for *, in the order of the map', async () => {
    const { points } = await columns({ columns: ['*'] });
    expect(points.columns.map(({ name }) => name)).toEqual(Object.keys(COLUMNS));
  });

  it('are spread over the population on request', async () => {
    const { points } = await columns({ columns: ['row'], order: 'spread', batchSize: 100 });
    const [[first]] = [...points.batches(100)].map((batch) => [...batch]) as [[Int32Array]];
    expect(first).toHaveLength(100);
    const quarters = [0, 0, 0, 0];
    for (const row of first) quarters[Math.floor((4 * row) / N)]!++;
    for (const count of quarters) expect(Math.abs(count - 25)).toBeLessThanOrEqual(2);
  });

  it('are rejected for an unknown column and for batches of more than 262,144 points', async () => {
    await expect(columns({ columns: ['mood'] })).rejects.toMatchObject({ reason: 'COLUMN_UNKNOWN' });
    expect(closed).toBe(1);
    await expect(columns({ batchSize: 262_145 })).rejects.toMatchObject({ reason: 'BATCH_SIZE_INVALID' });
  });
});
