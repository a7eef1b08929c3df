import { type ArtifactStore, readMatrix } from '@noema/artifacts';
import type { Space, UnitResponses } from '@noema/insights';
import { decodeMoments, countDimensions, EXACT_UNITS, project } from '@noema/perception';
import { readVectors } from '@noema/population/files';
import type { ActivationSource } from '../peers/activations.client.js';
import { fitDepths } from './depths.js';
import type { SearchedRows } from './rows.js';

/** Places of samples in spaces, and responses of units. */
export interface Responses {
  readonly spaces: readonly Space[];
  readonly units: UnitResponses;
  readonly remarks: readonly string[];
}

/** Reads vectors and responses of a set, one shard after the other, into memory that threads share. */
export async function readResponses(
  store: Pick<ArtifactStore, 'get'>,
  set: ActivationSource,
  rows: SearchedRows,
  signal: AbortSignal,
): Promise<Responses> {
  const { layers, dimensions: width } = set;
  const unitCount = layers.reduce((sum, { units }) => sum + units, 0);
  const depths = fitDepths(decodeMoments(await store.get(set.moments)), { layers });
  const vectors = sharedFloats(rows.count * width);
  const units = sharedFloats(rows.count * unitCount);
  const placed = depths.map((depth) => ({ depth, width: countDimensions(depth.basis) }));
  const places = placed.map((one) => sharedFloats(rows.count * one.width));
  for (const { firstRow, rowCount, ...shard } of set.shards) {
    signal.throwIfAborted();
    const own = readVectors(await store.get(shard.vectors)).data;
    const responses = readMatrix(await store.get(shard.responses)).float32('mean').data;
    const inDepths = placed.map(({ depth }) => project(depth.basis, responses, firstRow));
    rows.forEach(firstRow, firstRow + rowCount, (at, row) => {
      const from = row - firstRow;
      copyRow(own, from, vectors, at, width);
      placed.forEach((one, d) => {
        copyRow(inDepths[d]!, from, places[d]!, at, one.width);
      });
      for (let u = 0; u < unitCount; u++) units[u * rows.count + at] = responses[from * unitCount + u]!;
    });
  }
  return {
    spaces: [
      { key: 'vectors', title: 'All layers', depth: undefined, width, values: vectors },
      ...placed.map(({ depth: { key, title, depth }, width: own }, d) => ({
        ...{ key, title, depth, width: own, values: places[d]! },
      })),
    ],
    units: { layers, values: units },
    remarks:
      depths.length > 0
        ? []
        : [`The network has ${unitCount} units; spaces by depth are made for at most ${EXACT_UNITS}.`],
  };
}

const sharedFloats = (length: number): Float32Array => new Float32Array(new SharedArrayBuffer(4 * length));

function copyRow(from: Float32Array, fromRow: number, to: Float32Array, toRow: number, width: number): void {
  for (let d = 0; d < width; d++) to[toRow * width + d] = from[fromRow * width + d]!;
}
