import { DomainError } from '@noema/kernel/domain-error';
import { PointOrder } from '@noema/contracts/noema/projection/v1/exploration_service';
import { ArrowReader } from './arrow/arrow-reader.js';
import { explorations } from './clients.js';
import {
  type CodeColumn,
  CodeStore,
  NumberStore,
  type PointStore,
  type TextColumn,
  TextStore,
} from './point-stores.js';
import { spreadOrder } from './spread-order.js';
import { readPieces } from './streamed-bytes.js';

/**
 * Columns of all points, by *point*: the position in the order of the stream, which is spread over the whole
 * population, so that the first points that come are a fair part of it. The arrays have their full length
 * from the start and fill up; what has not come yet is missing.
 */
export interface PointColumns {
  /** Points of the map. */
  readonly count: number;
  /** Points that have come; the first ones of every array. */
  readonly loaded: number;
  /** 2 or 3. */
  readonly dimensions: number;
  /** Row of point i is i · stride mod count. */
  readonly stride: number;
  toRow(point: number): number;
  toPoint(row: number): number;
  /** float32 [count] by name, NaN for none. */
  readonly numbers: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
  /** Codes by name. */
  readonly codes: ReadonlyMap<string, CodeColumn>;
  /** Texts by name, such as `sample_id`. */
  readonly texts: ReadonlyMap<string, TextColumn>;
}

/** Called when further points have come: points `from` to `columns.loaded` are new. */
export type BatchListener = (columns: PointColumns, from: number) => void;

export interface ColumnRequest {
  readonly explorationId: string;
  /** `x`, `y`, `z`, `loss`, `true_class`, `metadata.<name>`, …; `*` for all. */
  readonly columns: readonly string[];
  readonly signal?: AbortSignal | undefined;
  readonly onBatch?: BatchListener | undefined;
  /** Rows in order, and numbers with all digits. Default: spread over the population, in few bytes. */
  readonly isExact?: boolean;
}

/**
 * Loads columns of a map as they come. Throws the fault of the API; `unavailable` COLUMNS_INCOMPLETE when the
 * stream ends too early.
 */
export function loadColumns({
  explorationId,
  columns,
  signal,
  onBatch,
  isExact = false,
}: ColumnRequest): Promise<PointColumns> {
  const answers = explorations.streamPointColumns(
    {
      explorationId,
      columns: [...columns],
      order: isExact ? PointOrder.ROW : PointOrder.SPREAD,
      compact: !isExact,
    },
    { signal },
  );
  return readColumns(readPieces(answers), { signal, onBatch });
}

/** Reads the Arrow IPC stream of the points of a map, cut into pieces at any byte. */
export async function readColumns(
  pieces: AsyncIterable<Uint8Array>,
  { signal, onBatch }: Pick<ColumnRequest, 'signal' | 'onBatch'> = {},
): Promise<PointColumns> {
  const reader = new ArrowReader();
  let made: ReturnType<typeof createStores> | undefined;
  for await (const piece of pieces) {
    for (const batch of reader.push(piece)) {
      signal?.throwIfAborted();
      made ??= createStores(reader);
      const from = made.columns.loaded;
      for (const [i, column] of batch.columns.entries()) made.stores[i]!.append(column, from);
      made.add(batch.length);
      onBatch?.(made.columns, from);
      await breath();
    }
  }
  if (reader.schema !== undefined) made ??= createStores(reader);
  const { count, loaded } = made?.columns ?? { count: 'an unknown number', loaded: 0 };
  if (made === undefined || loaded !== count)
    throw new DomainError(
      'unavailable',
      'COLUMNS_INCOMPLETE',
      `the stream of points ended after ${loaded} of ${count}; load it again`,
    );
  return made.columns;
}

function createStores(reader: ArrowReader): {
  columns: PointColumns;
  stores: readonly PointStore[];
  add(points: number): void;
} {
  const { fields, metadata } = reader.schema!;
  const fact = (name: string): number => Number(metadata.get(`noema.${name}`) ?? 0);
  const [count, stride] = [fact('count'), fact('stride') || 1];
  const [numbers, codes, texts] = [
    new Map<string, Float32Array<ArrayBuffer>>(),
    new Map<string, CodeColumn>(),
    new Map<string, TextColumn>(),
  ];
  const stores = fields.map(({ name, type, dictionary }): PointStore => {
    if (dictionary !== undefined)
      return keep(
        codes,
        name,
        new CodeStore(count, type.kind === 'int' ? type.bits : 32, () => reader.getNames(dictionary)),
      );
    if (type.kind === 'text') return keep(texts, name, new TextStore());
    const store = new NumberStore(count);
    numbers.set(name, store.values);
    return store;
  });
  let loaded = 0;
  const columns: PointColumns = {
    count,
    dimensions: fact('dimensions'),
    stride,
    numbers,
    codes,
    texts,
    ...spreadOrder(count, stride),
    get loaded() {
      return loaded;
    },
  };
  return {
    columns,
    stores,
    add: (points) => {
      loaded += points;
    },
  };
}

function keep<Column, Store extends Column>(map: Map<string, Column>, name: string, store: Store): Store {
  map.set(name, store);
  return store;
}

/** Lets the browser draw and answer before the next batch. */
const breath = (): Promise<void> => {
  const { scheduler } = globalThis as { scheduler?: { yield?: () => Promise<void> } };
  return (
    scheduler?.yield?.() ??
    new Promise((resolve) => {
      setTimeout(resolve, 0);
    })
  );
};
