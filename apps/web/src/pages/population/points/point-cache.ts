import type { BatchListener, ColumnRequest, PointColumns } from '../../../api/point-columns.js';
import { spreadOrder } from '../../../api/spread-order.js';
import type { TextColumn } from '../../../api/point-stores.js';
import { isOfEvaluation } from '../../../parts/output-column.js';
import { ColumnDomains, OF_DATA } from './column-domains.js';
import { type Column, isChange, isDerived } from './column.js';
import type { PlacedRows } from './placed-rows.js';

/**
 * Identifies points: the points of a map, an epoch, a dataset version; behind them the points of other data,
 * where such were placed in the map.
 */
export interface PointScope {
  readonly explorationId: string;
  readonly runId: string;
  readonly epoch: number;
  readonly datasetVersionId: string;
  readonly placed?: PlacedRows | undefined;
  /** The versions that the columns of changes compare. */
  readonly compared?: ComparedScopes | undefined;
}

/** A version of a comparison. */
export interface ComparedScope extends PointScope {
  /** Names of the outputs of its model. */
  readonly outputs: readonly string[];
}

/**
 * Two versions, one of them of the data of the map, and the columns that both have, by the names of a model with one
 * output.
 */
export interface ComparedScopes {
  readonly a: ComparedScope;
  readonly b: ComparedScope;
  /** Output that is compared; empty for the first one of each version with the losses of all. */
  readonly output: string;
  readonly hasCorrectness: boolean;
  readonly hasClasses: boolean;
  readonly numbers: readonly string[];
  /** Column of the ground truth, where it can be compared. */
  readonly truth: string | undefined;
}

/**
 * Which row of the data each point is: the same for all maps of one dataset version in which no others were
 * placed.
 */
export type PointOrder = Pick<PointColumns, 'count' | 'stride' | 'toRow' | 'toPoint'>;

type Entry = { readonly value: Column | TextColumn; readonly sizeBytes: number };
type Load = (request: ColumnRequest) => Promise<PointColumns>;
/** Computes columns that no map carries, in the order of the points. */
type Derive = (cache: PointCache, scope: PointScope, names: readonly string[]) => Promise<readonly Column[]>;

/** A stream on its way, to which others listen as well; who comes late hears of all that has come at once. */
class SharedStream {
  private readonly listeners: BatchListener[] = [];
  private columns: PointColumns | undefined;

  readonly onBatch: BatchListener = (columns, from) => {
    this.columns = columns;
    for (const listener of this.listeners) listener(columns, from);
  };

  join(listener: BatchListener): void {
    if (this.columns !== undefined) listener(this.columns, 0);
    this.listeners.push(listener);
  }
}

/** Columns that differ between maps; all other columns are of the epoch or of the data. */
const OF_MAP = new Set(['x', 'y', 'z', 'cluster', 'trust']);
const AXES = new Set(['x', 'y', 'z']);

/**
 * Columns of points, loaded once for what they belong to; what was not used for longest goes when they take
 * too much memory.
 */
export class PointCache {
  private readonly entries = new Map<string, Entry>();
  private readonly coming = new Map<
    string,
    { readonly loading: Promise<unknown>; readonly stream: SharedStream }
  >();
  private readonly orders = new Map<string, PointOrder>();
  private sizeBytes = 0;
  /** How often each column was dropped. */
  private readonly drops = new Map<string, number>();
  /** Ranges of the columns over the epochs. */
  readonly domains = new ColumnDomains();

  /**
   * `load` asks the API; `maxBytes` bounds what is kept; `derive` computes columns that no map
   * carries.
   */
  constructor(
    private readonly load: Load,
    private readonly maxBytes = 256 * 2 ** 20,
    private readonly derive: Derive = () => Promise.resolve([]),
  ) {}

  /** A column if it has been loaded. */
  find(scope: PointScope, name: string): Column | undefined {
    const value = this.touch(formatKey(scope, name));
    return value !== undefined && 'kind' in value ? value : undefined;
  }

  /** A column of texts if it has been loaded. */
  findTexts(scope: PointScope, name: string): TextColumn | undefined {
    const value = this.touch(formatKey(scope, name));
    return value !== undefined && 'at' in value ? value : undefined;
  }

  /** Which row each point is; known once anything of the data has been loaded. */
  findOrder(scope: PointScope): PointOrder | undefined {
    return this.orders.get(formatDataKey(scope));
  }

  /**
   * Loads the columns that are not there yet, in one stream; `onBatch` hears of it, or of the one stream that
   * brings all of them already. Columns of changes are computed, and left out of a map without two versions.
   * Throws what the API throws.
   */
  async want(
    scope: PointScope,
    names: readonly string[],
    options: Pick<ColumnRequest, 'onBatch' | 'signal'> = {},
  ): Promise<void> {
    const missing = [...new Set(names)].filter((name) => !this.entries.has(formatKey(scope, name)));
    const derived = missing.filter(
      (name) => isDerived(name) && (scope.compared !== undefined || !isChange(name)),
    );
    const absent = missing.filter((name) => !isDerived(name));
    const before = absent
      .map((name) => this.coming.get(formatKey(scope, name)))
      .filter((one) => one !== undefined);
    const waiting = before.map(({ loading }) => loading);
    const asked = absent.filter((name) => !this.coming.has(formatKey(scope, name)));
    if (asked.length === 0 && new Set(before).size === 1 && options.onBatch !== undefined)
      before[0]!.stream.join(options.onBatch);
    if (asked.length > 0) {
      const stream = new SharedStream();
      if (options.onBatch !== undefined) stream.join(options.onBatch);
      const loading = this.load({
        explorationId: scope.explorationId,
        columns: asked,
        ...options,
        onBatch: stream.onBatch,
      }).then((columns) => {
        this.keep(scope, columns);
      });
      const one = { loading, stream };
      for (const name of asked) this.coming.set(formatKey(scope, name), one);
      const done = (): void => {
        for (const name of asked) this.coming.delete(formatKey(scope, name));
      };
      waiting.push(loading.finally(done));
    }
    if (derived.length > 0) waiting.push(this.putDerived(scope, derived));
    await Promise.all(waiting);
  }

  /** Drops a column of all maps, so that it is loaded again. */
  forget(name: string): void {
    this.drops.set(name, (this.drops.get(name) ?? 0) + 1);
    for (const [key, { sizeBytes }] of this.entries)
      if (key.endsWith(` ${name}`)) {
        this.entries.delete(key);
        this.sizeBytes -= sizeBytes;
      }
  }

  private async putDerived(scope: PointScope, names: readonly string[]): Promise<void> {
    const before = new Map(this.drops);
    const columns = await this.derive(this, scope, names);
    // A column that was dropped meanwhile may be of before, so that it is computed again.
    const isOld = ({ name }: Column): boolean => this.drops.get(name) !== before.get(name);
    for (const column of columns.filter((one) => !isOld(one)))
      this.put(formatKey(scope, column.name), column, column.values.byteLength);
    const old = columns.filter(isOld).map(({ name }) => name);
    if (old.length > 0) await this.putDerived(scope, old);
  }

  private keep(scope: PointScope, { numbers, codes, texts, count, stride }: PointColumns): void {
    this.orders.set(formatDataKey(scope), { count, stride, ...spreadOrder(count, stride) });
    for (const [name, values] of numbers) {
      const column = { name, kind: 'number', values } as const;
      this.put(formatKey(scope, name), column, values.byteLength);
      if (!AXES.has(name))
        this.domains.add(
          domainKey(scope, name),
          isOfEvaluation(name) || (OF_MAP.has(name) && scope.placed === undefined) ? scope.epoch : OF_DATA,
          column,
        );
    }
    for (const [name, { values, missing, names }] of codes)
      this.put(formatKey(scope, name), { name, kind: 'code', values, missing, names }, values.byteLength);
    for (const [name, column] of texts) this.put(formatKey(scope, name), column, 0);
  }

  private put(key: string, value: Column | TextColumn, sizeBytes: number): void {
    this.entries.delete(key);
    this.entries.set(key, { value, sizeBytes });
    this.sizeBytes += sizeBytes;
    for (const [oldest, entry] of this.entries) {
      if (this.sizeBytes <= this.maxBytes || this.entries.size <= 16) return;
      this.entries.delete(oldest);
      this.sizeBytes -= entry.sizeBytes;
    }
  }

  private touch(key: string): Column | TextColumn | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }
}

/** The owner of the rows: a dataset version, or the map in which others were placed. */
const formatDataKey = ({ explorationId, datasetVersionId, placed }: PointScope): string =>
  placed === undefined ? datasetVersionId : explorationId;

function formatKey(scope: PointScope, name: string): string {
  const { explorationId, runId, epoch, placed, compared } = scope;
  if (compared !== undefined && isChange(name)) {
    const [a, b] = [compared.a, compared.b].map((one) => `${one.runId} ${one.epoch}`);
    return `${formatDataKey(scope)} ${a} ${b} ${compared.output} ${name}`;
  }
  return OF_MAP.has(name) || placed !== undefined
    ? `${explorationId} ${name}`
    : isOfEvaluation(name)
      ? `${runId} ${epoch} ${name}`
      : `${formatDataKey(scope)} ${name}`;
}

/** Whether a column is another one for every map. */
export const isOfMap = (name: string): boolean => OF_MAP.has(name);

/** Under which key the domain of a column is kept: one for all epochs of a run. */
export const domainKey = (scope: PointScope, name: string): string =>
  isOfEvaluation(name) || (OF_MAP.has(name) && scope.placed === undefined)
    ? `${scope.runId} ${name}`
    : `${formatDataKey(scope)} ${name}`;
