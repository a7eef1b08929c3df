import { FileArtifactStore, writeMatrix } from '@noema/artifacts';
import { temporaryDirectory } from '@noema/testing';
import { afterAll, expect, it } from 'vitest';
import { LabelStore } from './label.store.js';

const directory = await temporaryDirectory();
const store = new FileArtifactStore(directory.path);
afterAll(() => directory.remove());

const CLASSES = ['a', 'b', 'c'];

/** The classes of a dataset version with one shard a list of rows. */
async function readClasses(...shards: readonly (readonly number[])[][]): Promise<number[]> {
  const stored = await Promise.all(
    shards.map(async (rows, i) => {
      const column = {
        name: 'y',
        rows: rows.length,
        dims: [rows[0]!.length],
        data: Float32Array.from(rows.flat()),
      };
      return {
        rowCount: rows.length,
        groundTruths: await store.put(
          `team/project/dataset-versions/v/truths-${i}-${rows.length}.arrow`,
          writeMatrix([column]),
          'x/y',
        ),
      };
    }),
  );
  const labels = new LabelStore(store, {
    version: () => Promise.resolve({ classNames: CLASSES }),
    shards: () => Promise.resolve(stored),
  } as never);
  return [...(await labels.read('team', 'v', shards.flat().length)).classes];
}

it('reads one-hot rows, soft rows and class numbers; rows without ground truth have no class', async () => {
  expect(
    await readClasses(
      [
        [0, 1, 0],
        [0.2, 0.2, 0.6],
      ],
      [[NaN, NaN, NaN]],
    ),
  ).toEqual([1, 2, -1]);
  expect(await readClasses([[2], [0]])).toEqual([2, 0]);
});

it('names no class at all where some sample has several labels, or none', async () => {
  expect(await readClasses([[0, 1, 0]], [[1, 0, 1]])).toEqual([-1, -1]);
  expect(
    await readClasses([
      [0, 1, 0],
      [0, 0, 0],
    ]),
  ).toEqual([-1, -1]);
});
