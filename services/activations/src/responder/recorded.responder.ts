import { Inject, Injectable } from '@nestjs/common';
import type { ArtifactStore } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import { LruCache } from '@noema/kernel';
import { type RecordedResponses, readRecordedResponses, readResponseMatrices } from '@noema/population/files';
import type { RecordedLayer } from '@noema/population/rules';
import type { ActivationShard, EpochOfRun, Responses } from '../activation-set/activation-set.js';
import {
  recordedLayersMissing,
  recordedLayerUnknown,
  recordedRowsDiffer,
  recordedShardMissing,
  recordedUnitsDiffer,
} from './responder.errors.js';
import type { Responder, RespondingLayer, ResponseControl } from './responder.js';

/** Every shard of a set needs the same list of files; a worker rarely computes more sets concurrently. */
const CACHED_LISTS = 2;

/** Reads the responses that a client recorded. */
@Injectable()
export class RecordedResponder implements Responder {
  readonly engine = 'recorded';
  private readonly lists = new LruCache<RecordedResponses>(CACHED_LISTS);

  constructor(@Inject(ARTIFACT_STORE) private readonly store: Pick<ArtifactStore, 'get'>) {}

  /**
   * As `Responder`. Throws `invalid` LAYER_UNKNOWN for a name that the client did not record, `data-loss`
   * RECORDED_LAYERS_MISSING.
   */
  async findLayers(epoch: EpochOfRun): Promise<RespondingLayer[]> {
    const { layers } = await this.read(epoch);
    const names = layers.map(({ name }) => name);
    const unknown = epoch.followed.find((name) => !names.includes(name));
    if (unknown !== undefined) throw recordedLayerUnknown(unknown, names);
    return layers
      .filter((layer) => isFollowed(epoch, layer))
      .map(({ name, kind, units, positionDims }) => ({ name, kind, units, positionDims }));
  }

  /**
   * As `Responder`. Throws `data-loss` RECORDED_SHARD_MISSING, RECORDED_ROWS_DIFFER, RECORDED_UNITS_DIFFER
   * where the file does not match the dataset version or the layers.
   */
  async respond(
    epoch: EpochOfRun,
    { index: shard, rowCount }: ActivationShard,
    { signal, progress }: ResponseControl,
  ): Promise<Responses> {
    const { layers, shards } = await this.read(epoch);
    signal.throwIfAborted();
    const ref = shards[shard];
    if (ref === undefined) throw recordedShardMissing(epoch, shard, shards.length);
    const { mean, max, rows } = readResponseMatrices(await this.store.get(ref));
    signal.throwIfAborted();
    if (rows !== rowCount) throw recordedRowsDiffer(epoch, { shard, rows, expected: rowCount });
    const expected = rows * layers.reduce((sum, { units }) => sum + units, 0);
    for (const [column, { length: numbers }] of Object.entries({ mean, max }))
      if (numbers !== expected) throw recordedUnitsDiffer(epoch, { shard, column, numbers, expected });
    progress(rows);
    if (layers.every((layer) => isFollowed(epoch, layer))) return { mean, max };
    const columns = followedColumns(epoch, layers);
    return { mean: takeColumns(mean, rows, columns), max: takeColumns(max, rows, columns) };
  }

  private async read(epoch: EpochOfRun): Promise<RecordedResponses> {
    const ref = epoch.recorded!;
    const list = await this.lists.get(ref.sha256, async () =>
      readRecordedResponses(await this.store.get(ref)),
    );
    if (list.layers.length === 0) throw recordedLayersMissing(epoch);
    return list;
  }
}

const isFollowed = ({ followed }: EpochOfRun, { name }: RecordedLayer): boolean =>
  followed.length === 0 || followed.includes(name);

/** Returns the columns of the followed layers in the order of the file. */
function followedColumns(epoch: EpochOfRun, layers: readonly RecordedLayer[]): number[] {
  let first = 0;
  return layers.flatMap((layer) => {
    const columns = Array.from({ length: layer.units }, (_, unit) => first + unit);
    first += layer.units;
    return isFollowed(epoch, layer) ? columns : [];
  });
}

function takeColumns(matrix: Float32Array, rows: number, columns: readonly number[]): Float32Array {
  const width = matrix.length / rows;
  const taken = new Float32Array(rows * columns.length);
  for (let row = 0; row < rows; row++)
    for (let to = 0; to < columns.length; to++)
      taken[row * columns.length + to] = matrix[row * width + columns[to]!]!;
  return taken;
}
