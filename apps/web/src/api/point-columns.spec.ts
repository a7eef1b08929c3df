import { type StreamField, type StreamValues, encodeTexts, writeColumnStream } from '@noema/artifacts/arrow';
import { describe, expect, it } from 'vitest';
import { readColumns } from './point-columns.js';

const COUNT = 1_000;
const STRIDE = 617;
const BATCH = 300;
const FACTS = new Map([
  ['noema.order', 'spread'],
  ['noema.count', String(COUNT)],
  ['noema.stride', String(STRIDE)],
  ['noema.dimensions', '2'],
]);
const rows = Array.from({ length: COUNT }, (_, point) => (point * STRIDE) % COUNT);
const computeLoss = (row: number): number => (row % 7 === 0 ? NaN : Math.exp(-row / 50));

async function fields(): Promise<StreamField[]> {
  return [
    { name: 'x', type: 'float32' },
    { name: 'loss', type: 'float16' },
    { name: 'true_class', type: 'code', indexBits: 8, names: await encodeTexts(['zero', 'one', '<script>']) },
    {
      name: 'metadata.place',
      type: 'code',
      indexBits: 16,
      names: await encodeTexts(rows.map((_, at) => `place ${at}`)),
    },
    { name: 'cluster', type: 'code', indexBits: 32, names: await encodeTexts(['0']) },
    { name: 'sample_id', type: 'text' },
  ];
}

async function makeBatch(part: readonly number[]): Promise<StreamValues[]> {
  return [
    Float32Array.from(part, (row) => row / 3),
    Float32Array.from(part, computeLoss),
    Int32Array.from(part, (row) => (row % 4) - 1),
    Int32Array.from(part, (row) => (row === 5 ? -1 : row)),
    Int32Array.from(part, (row) => (row % 2) - 1),
    await encodeTexts(part.map((row) => `ä ${row}/"`)),
  ];
}

/** The stream of the server's encoder, joined and cut again every `cut` bytes. */
async function makeStream(cut: number, upTo = COUNT): Promise<() => AsyncGenerator<Uint8Array>> {
  const batches: StreamValues[][] = [];
  for (let from = 0; from < upTo; from += BATCH)
    batches.push(await makeBatch(rows.slice(from, from + BATCH)));
  const pieces: Uint8Array[] = [];
  for await (const piece of writeColumnStream(await fields(), FACTS, batches)) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  return async function* () {
    await Promise.resolve();
    for (let at = 0; at < bytes.length; at += cut) yield new Uint8Array(bytes.subarray(at, at + cut));
  };
}

describe('columns of points', () => {
  it.each([13, 4_096, 1 << 24])('are read from pieces of %i bytes as the server wrote them', async (cut) => {
    const { numbers, codes, texts, ...columns } = await readColumns((await makeStream(cut))());
    expect(columns).toMatchObject({ count: COUNT, loaded: COUNT, stride: STRIDE, dimensions: 2 });
    const [classes, place, cluster, ids] = [
      codes.get('true_class')!,
      codes.get('metadata.place')!,
      codes.get('cluster')!,
      texts.get('sample_id')!,
    ];
    expect(
      [classes, place, cluster].map(({ values, missing }) => [values.constructor.name, missing]),
    ).toEqual([
      ['Uint8Array', 255],
      ['Uint16Array', 65_535],
      ['Int32Array', -1],
    ]);
    expect(classes.names).toEqual(['zero', 'one', '<script>']);
    for (const point of [0, 1, 299, 300, 777, 999]) {
      const row = columns.toRow(point);
      expect(columns.toPoint(row)).toBe(point);
      expect(numbers.get('x')![point]).toBe(Math.fround(row / 3));
      expect(classes.values[point]).toBe(row % 4 === 0 ? 255 : (row % 4) - 1);
      expect(place.names[place.values[point]!]).toBe(row === 5 ? undefined : `place ${row}`);
      expect(cluster.values[point]).toBe((row % 2) - 1);
      expect(ids.at(point)).toBe(`ä ${row}/"`);
    }
    numbers.get('loss')!.forEach((loss, point) => {
      const wanted = computeLoss(rows[point]!);
      if (
        Number.isNaN(wanted)
          ? !Number.isNaN(loss)
          : Math.abs(loss - wanted) > Math.max(wanted * 2 ** -11, 2 ** -25)
      )
        expect([point, loss]).toEqual([point, wanted]);
    });
    expect(place.values[columns.toPoint(5)]).toBe(65_535);
    expect(ids.indexOf('ä 42/"')).toBe(columns.toPoint(42));
    expect([ids.indexOf('ä'), ids.at(COUNT)]).toEqual([-1, undefined]);
  });
  it('are reported as they come, what is still to come is missing', async () => {
    const seen: unknown[] = [];
    await readColumns((await makeStream(100))(), {
      onBatch: ({ loaded, numbers, codes }, from) => {
        const x = numbers.get('x')!;
        seen.push([
          from,
          loaded,
          x.length,
          Number.isNaN(x[loaded - 1]),
          loaded === COUNT || Number.isNaN(x[loaded]),
          codes.get('true_class')!.names.length,
        ]);
      },
    });
    expect(seen).toEqual([
      [0, 300, COUNT, false, true, 3],
      [300, 600, COUNT, false, true, 3],
      [600, 900, COUNT, false, true, 3],
      [900, 1_000, COUNT, false, true, 3],
    ]);
  });
  it('stop at an abort, and let go of the source', async () => {
    const leave = new AbortController();
    let closed = false;
    const source = await makeStream(100);
    async function* watched(): AsyncGenerator<Uint8Array> {
      try {
        yield* source();
      } finally {
        closed = true;
      }
    }
    const reading = readColumns(watched(), {
      signal: leave.signal,
      onBatch: () => {
        leave.abort();
      },
    });
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    expect(closed).toBe(true);
  });
  it('that end too early are a fault that may be tried again', async () => {
    await expect(readColumns((await makeStream(4_096, 600))())).rejects.toMatchObject({
      kind: 'unavailable',
      reason: 'COLUMNS_INCOMPLETE',
      message: /600 of 1000/,
    });
  });
  it('hand on the fault of their source', async () => {
    const source = await makeStream(5_000);
    async function* broken(): AsyncGenerator<Uint8Array> {
      for await (const piece of source()) {
        yield piece;
        throw new Error('gone');
      }
    }
    await expect(readColumns(broken())).rejects.toThrow('gone');
  });
  it('of a map without points are empty', async () => {
    async function* empty(): AsyncGenerator<Uint8Array> {
      yield* writeColumnStream(await fields(), new Map([['noema.count', '0']]), []);
    }
    const { count, loaded, numbers } = await readColumns(empty());
    expect([count, loaded, numbers.get('x')!.length]).toEqual([0, 0, 0]);
  });
});
