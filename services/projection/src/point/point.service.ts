import { setImmediate } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { SAMPLE_COLUMNS } from '@noema/population/rules';
import type { Exploration } from '../exploration/exploration.js';
import { ExplorationService } from '../exploration/exploration.service.js';
import type { NeighborGraphRecord } from '../neighbor-graph/neighbor-graph.js';
import { type PointBatches, pointBatches } from './point-batches.js';
import type { CodeColumn, NamedColumn, NumberColumn } from './point-columns.js';
import type { PointOrder } from './point-order.js';
import { batchSizeInvalid, chunkSizeInvalid, columnUnknown, rowInvalid } from './point.errors.js';
import { PointStore } from './point.store.js';

export interface PointsRequest {
  readonly explorationId: string;
  /** 0 for 2,048. */
  readonly chunkSize: number;
  readonly columns: readonly string[];
  readonly firstRow: number;
}

export interface ColumnsRequest {
  readonly explorationId: string;
  /** `*` for all; empty for the coordinates. */
  readonly columns: readonly string[];
  readonly order: PointOrder;
  /** Points of a batch; 0 for 65,536. */
  readonly batchSize: number;
}

/** Rows [from, to) of a map. */
export interface Chunk {
  readonly from: number;
  readonly to: number;
  /** x, y and, in three dimensions, z. */
  readonly axes: readonly Float32Array[];
  readonly clusters: Int32Array;
  readonly trust: Float32Array;
  readonly columns: readonly NamedColumn<NumberColumn | CodeColumn>[];
}

const MAX_CHUNK = 16_384;
const MAX_BATCH = 262_144;
const COORDINATES = ['x', 'y', 'z'];
/** Columns that say who a point is: no point is coloured by them. */
const NOT_DRAWN: readonly string[] = [SAMPLE_COLUMNS.row, SAMPLE_COLUMNS.sampleId];

/** Streams the points of a map, all of them. */
@Injectable()
export class PointService {
  constructor(
    @Inject(ExplorationService) private readonly explorations: Pick<ExplorationService, 'getReady'>,
    @Inject(PointStore) private readonly points: Pick<PointStore, 'open'>,
  ) {}

  /** Chunks in the order of the rows. */
  async *stream(
    teamId: string,
    { explorationId, chunkSize, columns, firstRow }: PointsRequest,
    signal: AbortSignal,
  ): AsyncGenerator<Chunk> {
    if (chunkSize < 0 || chunkSize > MAX_CHUNK) throw chunkSizeInvalid(chunkSize, MAX_CHUNK);
    const { exploration, graph } = await this.explorations.getReady(teamId, explorationId);
    const { pointCount: count } = exploration;
    if (firstRow < 0 || firstRow > count) throw rowInvalid(firstRow, count);
    const own = [...listAxes(exploration), 'cluster', 'trust'];
    const read = (await this.read(
      { teamId, exploration, graph },
      [...own, ...columns],
      NOT_DRAWN,
    )) as NamedColumn<NumberColumn | CodeColumn>[];
    const values = read.slice(0, own.length).map((column) => column.values);
    const [axes, clusters, trust] = [
      values.slice(0, -2) as Float32Array[],
      values.at(-2) as Int32Array,
      values.at(-1) as Float32Array,
    ];
    const step = chunkSize === 0 ? 2_048 : chunkSize;
    for (let from = firstRow; from < count && !signal.aborted; from += step)
      yield {
        from,
        to: Math.min(count, from + step),
        axes,
        clusters,
        trust,
        columns: read.slice(own.length),
      };
  }

  /**
   * Columns of all points, each once, in the requested order. Throws `invalid` COLUMN_UNKNOWN,
   * BATCH_SIZE_INVALID.
   */
  async columns(
    teamId: string,
    { explorationId, columns, order, batchSize }: ColumnsRequest,
  ): Promise<{ points: PointBatches; batchSize: number }> {
    if (batchSize < 0 || batchSize > MAX_BATCH) throw batchSizeInvalid(batchSize, MAX_BATCH);
    const { exploration, graph } = await this.explorations.getReady(teamId, explorationId);
    const names = columns.length === 0 ? listAxes(exploration) : [...new Set(columns)];
    const { pointCount: count, dimensions } = exploration;
    return {
      points: pointBatches(await this.read({ teamId, exploration, graph }, names, []), {
        count,
        dimensions,
        order,
      }),
      batchSize,
    };
  }

  private async read(
    { teamId, exploration, graph }: { teamId: string; exploration: Exploration; graph: NeighborGraphRecord },
    asked: readonly string[],
    except: readonly string[],
  ): Promise<NamedColumn[]> {
    const source = this.points.open(teamId, exploration, graph);
    const known = async (): Promise<string[]> =>
      (await source.names()).filter((name) => !except.includes(name));
    try {
      const names = asked.includes('*')
        ? new Set([...asked.filter((name) => name !== '*'), ...(await known())])
        : asked;
      const columns: NamedColumn[] = [];
      for (const name of names) {
        const column = except.includes(name) ? undefined : await source.column(name);
        if (column === undefined) throw columnUnknown(name, await known());
        columns.push({ ...column, name });
        await setImmediate(); // a column of a million points takes milliseconds
      }
      return columns;
    } finally {
      await source.close();
    }
  }
}

const listAxes = ({ dimensions }: Exploration): string[] => COORDINATES.slice(0, dimensions);
