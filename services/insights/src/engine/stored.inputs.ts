import { type ArtifactStore, readMatrix } from '@noema/artifacts';
import type { Inputs } from '@noema/insights';
import { LruCache } from '@noema/kernel';
import type { StoredInputs } from '../population/search-population.js';

/** Bytes of inputs that stay in memory. */
const CACHE_BYTES = 64 * 2 ** 20;

/** Inputs of samples, read from the files of their shards; the shards used last stay in memory. */
export function openInputs(
  store: Pick<ArtifactStore, 'get'>,
  { kind, shape, name, shards, rows }: StoredInputs,
): Inputs {
  const kept = new LruCache<Float32Array>(CACHE_BYTES, { weigh: ({ byteLength }) => byteLength });
  const size = shape.reduce((product, dim) => product * dim, 1);
  const read = (shard: number): Promise<Float32Array> =>
    kept.get(String(shard), async () =>
      readMatrix(await store.get(shards[shard]!.inputs))
        .float32(name)
        .data.slice(),
    );
  return {
    kind,
    shape,
    read: async (wanted) => {
      const values = new Float32Array(wanted.length * size);
      const byShard = new Map<number, number[]>();
      wanted.forEach((at, to) => {
        const row = rows === undefined ? at : rows[at]!;
        const shard = shards.findIndex(
          ({ firstRow, rowCount }) => row >= firstRow && row < firstRow + rowCount,
        );
        const places = byShard.get(shard);
        if (places) places.push(to);
        else byShard.set(shard, [to]);
      });
      for (const [shard, places] of byShard) {
        const data = await read(shard);
        for (const to of places) {
          const at = wanted[to]!;
          const from = ((rows === undefined ? at : rows[at]!) - shards[shard]!.firstRow) * size;
          values.set(data.subarray(from, from + size), to * size);
        }
      }
      return values;
    },
  };
}
