import { seededRandom } from '@noema/kernel';
import { tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { pointBatches } from './point-batches.js';
import type { NamedColumn } from './point-columns.js';
import { columnMessages } from './point-columns.mapper.js';

const random = seededRandom(8);
const number = (name: string, count: number, value = (): number => random()): NamedColumn => ({
  name,
  type: 'number',
  values: Float32Array.from({ length: count }, value),
});
const code = (name: string, count: number, names: number): NamedColumn => ({
  name,
  type: 'code',
  names: Array.from({ length: names }, (_, at) => `name ${at}`),
  values: Int32Array.from({ length: count }, () => Math.floor(random() * names)),
});

async function writeBytes(
  columns: NamedColumn[],
  count: number,
  { compact = true, order = 'spread' as const, size = 65_536 } = {},
): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const { body } of columnMessages(
    pointBatches(columns, { count, dimensions: 2, order }),
    size,
    compact,
  ))
    pieces.push(body!.data!);
  return pieces;
}
const readTypes = async (columns: NamedColumn[]): Promise<Record<string, string>> =>
  Object.fromEntries(
    tableFromIPC(new Uint8Array(Buffer.concat(await writeBytes(columns, 10)))).schema.fields.map(
      ({ name, type }) => [name, String(type)],
    ),
  );

it('a million points with place, loss and class take at most 11.2 bytes a point', async () => {
  const count = 1_000_000;
  const pieces = await writeBytes(
    [
      number('x', count),
      number('y', count),
      number('loss', count, () => Math.exp(-8 * random())),
      code('true_class', count, 10),
    ],
    count,
  );
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  expect(bytes / count).toBeGreaterThan(11);
  expect(bytes / count).toBeLessThanOrEqual(11.2);
  // Bytes before the first dots can be drawn: the schema, the dictionary and the first batch.
  expect(pieces[0]!.length + pieces[1]!.length).toBeLessThan(800_000);
});

describe('compact', () => {
  it('numbers stay float32 where float16 would change them: coordinates, large, whole numbers', async () => {
    expect(
      await readTypes([
        number('x', 10),
        number('loss', 10),
        number('metadata.year', 10, () => 2_049),
        number('metadata.count', 10, () => 2_048),
        number('metadata.large', 10, () => 65_505.5),
        number('metadata.half', 10, () => 3_000.5),
        number('metadata.none', 10, () => NaN),
      ]),
    ).toEqual({
      x: 'Float32',
      loss: 'Float16',
      'metadata.year': 'Float32',
      'metadata.count': 'Float16',
      'metadata.large': 'Float32',
      'metadata.half': 'Float16',
      'metadata.none': 'Float16',
    });
  });
  it('codes take the fewest bytes that leave one code free for what is missing', async () => {
    expect(
      await readTypes([0, 255, 256, 65_535, 65_536].map((names) => code(`names ${names}`, 10, names))),
    ).toEqual({
      'names 0': 'Dictionary<Uint8, Utf8>',
      'names 255': 'Dictionary<Uint8, Utf8>',
      'names 256': 'Dictionary<Uint16, Utf8>',
      'names 65535': 'Dictionary<Uint16, Utf8>',
      'names 65536': 'Dictionary<Int32, Utf8>',
    });
  });
});
