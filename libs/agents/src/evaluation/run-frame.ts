import { type Column, type Frame } from '@noema/evaluation';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import {
  type PointChunk,
  type PointColumn,
  PointColumnType,
} from '@noema/contracts/noema/projection/v1/point';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { DomainError, SPLIT_FIELD } from '@noema/kernel';
import type { AgentContext } from '../tool.js';
import { checkRows } from '@noema/judging';

const CHUNK_SIZE = 16_384;
const UNKNOWN = 255;

/** Chunks of the points of a map, with columns. Throws `unavailable` POINTS_INCOMPLETE when the stream ends early. */
export async function readPoints(
  { platform, maxRows }: AgentContext,
  { id: explorationId, pointCount }: Pick<Exploration, 'id' | 'pointCount'>,
  columns: readonly string[],
  onChunk: (chunk: PointChunk) => void,
): Promise<void> {
  checkRows(pointCount, maxRows);
  let rows = 0;
  const request = { explorationId, chunkSize: CHUNK_SIZE, columns: [...columns] };
  for await (const { chunk } of platform.explorations.streamPoints(request)) {
    if (chunk === undefined) continue;
    rows += chunk.pointCount;
    onChunk(chunk);
  }
  if (rows < pointCount)
    throw new DomainError(
      'unavailable',
      'POINTS_INCOMPLETE',
      `the stream of points ended after ${rows} of ${pointCount}; call the tool again`,
    );
}

/** Loads columns of all samples of a run, by its map of an epoch. */
export async function loadFrame(
  context: AgentContext,
  {
    run,
    map,
    columns,
    toColumn,
  }: {
    readonly run: Run;
    readonly map: Exploration;
    readonly columns: readonly string[];
    /** The column of the map that has a column of the frame. */
    readonly toColumn: (column: string) => string;
  },
): Promise<Frame> {
  const sources = columns.map(toColumn);
  const load = async (): Promise<Map<string, Column>> => {
    const loaded = new Map<string, Column>();
    await readPoints(context, map, sources, (chunk) => {
      for (const column of chunk.columns) append(loaded, column, chunk.firstRow, map.pointCount);
    });
    return new Map(columns.map((name, at) => [name, loaded.get(sources[at]!)!]));
  };
  const bytes = 4 * columns.length * map.pointCount;
  const cached = await (context.cache?.get(['points', map.id, ...sources], load, () => bytes) ?? load());
  const stores = new Map(cached);
  const truth = stores.get('true_class');
  if (truth !== undefined) stores.set('class_name', truth);
  const row = Float64Array.from({ length: map.pointCount }, (_, i) => i);
  stores.set('row', { kind: 'number', values: row });
  return {
    version: 'current',
    run: run.displayName,
    epoch: map.epoch,
    rows: map.pointCount,
    columns: stores,
  };
}

function append(stores: Map<string, Column>, column: PointColumn, from: number, rows: number): void {
  const { name } = column;
  const store = stores.get(name) ?? createColumn(column, rows);
  stores.set(name, store);
  const view = new DataView(column.values.buffer, column.values.byteOffset, column.values.byteLength);
  const count = column.values.byteLength / 4;
  for (let i = 0; i < count; i++) {
    const isMissing = column.missing[i] === 1;
    if (store.kind === 'number') store.values[from + i] = isMissing ? NaN : view.getFloat32(4 * i, true);
    else {
      const code = isMissing ? -1 : view.getInt32(4 * i, true);
      if (store.kind === 'text') store.codes[from + i] = code;
      else store.values[from + i] = code < 0 ? UNKNOWN : Number(column.names[code] === 'true');
    }
  }
}

function createColumn({ name, type, names }: PointColumn, rows: number): Column {
  if (type !== PointColumnType.CODE) return { kind: 'number', values: new Float32Array(rows).fill(NaN) };
  if (names.every((one) => one === 'true' || one === 'false'))
    return { kind: 'boolean', values: new Uint8Array(rows).fill(UNKNOWN) };
  const codes = new Int32Array(rows).fill(-1);
  return { kind: 'text', codes, names, ...(name === 'split' && { enum: SPLIT_FIELD }) };
}
