import type { Exploration } from './exploration.js';
import { chunkSizeInvalid, rowInvalid } from './exploration.errors.js';
import type { Explorations } from './exploration.service.js';
import type { GraphRecord } from './neighbor-graph.js';
import type { PointTable } from './point-columns.js';

/** Reads the points of a map with the columns that were asked for. Throws `invalid` COLUMN_UNKNOWN. */
export interface PointReader {
  read(teamId: string, exploration: Exploration, graph: GraphRecord, columns: readonly string[]): Promise<PointTable>;
}

export interface PointsRequest {
  readonly explorationId: string;
  /** 0 for 2,048. */
  readonly chunkSize: number;
  readonly columns: readonly string[];
  readonly firstRow: number;
}

/** Rows [from, to) of a table. */
export interface Chunk {
  readonly table: PointTable;
  readonly from: number;
  readonly to: number;
}

const MAX_CHUNK = 16_384;

/** Streams the points of a map, all of them, in the order of the rows. */
export class Points {
  constructor(private readonly explorations: Explorations, private readonly reader: PointReader) {}

  async *stream(teamId: string, { explorationId, chunkSize, columns, firstRow }: PointsRequest, signal: AbortSignal): AsyncGenerator<Chunk> {
    if (chunkSize < 0 || chunkSize > MAX_CHUNK) throw chunkSizeInvalid(chunkSize, MAX_CHUNK);
    const { exploration, graph } = await this.explorations.made(teamId, explorationId);
    if (firstRow < 0 || firstRow > exploration.pointCount) throw rowInvalid(firstRow, exploration.pointCount);
    const table = await this.reader.read(teamId, exploration, graph, columns);
    const step = chunkSize === 0 ? 2_048 : chunkSize;
    for (let from = firstRow; from < table.rows && !signal.aborted; from += step) yield { table, from, to: Math.min(table.rows, from + step) };
  }
}
