import { setImmediate } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  decodePageToken,
  encodePageToken,
  type Page,
  pageSize,
  parseOrderBy,
  LruCache,
  type Port,
  type SampleAddress,
} from '@noema/kernel';
import { DatasetCatalog } from '@noema/population';
import type { ActivationLayer, ActivationSet } from '../activation-set/activation-set.js';
import { ActivationSetService } from '../activation-set/activation-set.service.js';
import { ActivationSetArtifactStore } from '../activation-set/activation-set-artifacts.store.js';
import { byStrength, type MetadataRelation, computeRelation } from './metadata-relation.js';
import { MetadataStore } from './metadata.store.js';
import { layerNotFound, unitNotFound, unitQueryInvalid } from './unit.errors.js';
import { classResponses, strongestRows, type Unit, type UnitPage } from './unit.js';
import { UnitColumns } from './unit-columns.js';
import { UnitProfiler, USUAL_BINS, USUAL_TOP } from './unit-profiler.js';
import { histogram, type UnitStatistics } from './unit-statistics.js';

const ORDERS: Readonly<Record<string, (unit: Unit) => number>> = {
  unit: (u) => u.unit,
  mean: (u) => u.mean,
  standard_deviation: (u) => u.standardDeviation,
  loss_correlation: (u) => u.lossCorrelation,
};

/** Number of samples whose addresses are requested at once. */
const ADDRESSES = 500;

/** Bytes of the classes of all rows that are kept, of the epochs used last. */
const KEPT_CLASS_BYTES = 16 * 2 ** 20;

interface UnitQuery {
  readonly pageSize: number;
  readonly pageToken: string;
  readonly orderBy: string;
}

/** A layer of a finished set, and the number of its first unit among all. */
interface LayerOfSet {
  readonly set: ActivationSet;
  readonly block: ActivationLayer;
  readonly first: number;
}

/** The learned features of a set. */
@Injectable()
export class UnitService {
  private readonly classes = new LruCache<Int32Array>(KEPT_CLASS_BYTES, {
    weigh: (classes) => classes.byteLength,
  });

  constructor(
    @Inject(ActivationSetService) private readonly sets: Pick<ActivationSetService, 'getReady'>,
    @Inject(DatasetCatalog) private readonly populations: Pick<DatasetCatalog, 'version' | 'addresses'>,
    @Inject(MetadataStore) private readonly metadata: Port<MetadataStore>,
    @Inject(ActivationSetArtifactStore) private readonly artifacts: Port<ActivationSetArtifactStore>,
    @Inject(UnitColumns) private readonly columns: Port<UnitColumns>,
    @Inject(UnitProfiler) private readonly profiler: Port<UnitProfiler>,
  ) {}

  /** A page of the units of a layer. Throws `not-found`, `precondition` ACTIVATION_SET_NOT_READY. */
  async list(teamId: string, setId: string, layer: string, query: UnitQuery): Promise<Page<Unit>> {
    return this.listPage(await this.getLayer(teamId, setId, layer), query);
  }

  /**
   * Returns a page of units, each as `get` returns it with the default bins and samples: one pass over the
   * responses serves all units of the set. Throws as `list`, and `exhausted` UNIT_PROFILES_TOO_LARGE.
   */
  async listPages(teamId: string, setId: string, layer: string, query: UnitQuery): Promise<Page<UnitPage>> {
    const asked = await this.getLayer(teamId, setId, layer);
    const { set, first } = asked;
    const { items, nextPageToken } = await this.listPage(asked, query);
    const profiles = await this.profiler.of(teamId, set);
    const found = items.map(({ unit }) => profiles.of(first + unit));
    const rows = [...new Set(found.flatMap(({ top }) => top.map(({ row }) => row)))];
    const addresses = new Map<number, SampleAddress>();
    for (let from = 0; from < rows.length; from += ADDRESSES) {
      for (const [row, address] of await this.populations.addresses(
        teamId,
        set.datasetVersionId,
        rows.slice(from, from + ADDRESSES),
      ))
        addresses.set(row, address);
    }
    const { classNames: names } = await this.populations.version(teamId, set.datasetVersionId);
    return {
      nextPageToken,
      items: items.map((unit, i) => ({
        ...unit,
        histogram: found[i]!.histogram,
        metadata: found[i]!.metadata,
        topSamples: found[i]!.top.map((sample) => ({ ...sample, address: addresses.get(sample.row) })),
        classes: found[i]!.classes.map((entry) => ({ ...entry, className: names[entry.classIndex]! })),
      })),
    };
  }

  /**
   * One unit with its histogram, its strongest samples, its responses to every class and its relation to the
   * metadata. Throws as `list`, and `invalid` UNIT_QUERY_INVALID.
   */
  async get(
    teamId: string,
    setId: string,
    layer: string,
    unit: number,
    { bins = USUAL_BINS, top = USUAL_TOP }: { bins?: number; top?: number } = {},
  ): Promise<UnitPage> {
    if (!(bins >= 1 && bins <= 1000))
      throw unitQueryInvalid('bins', bins, `1 to 1000, or 0 for ${USUAL_BINS}`);
    if (!(top >= 1 && top <= 200)) throw unitQueryInvalid('top', top, `1 to 200, or 0 for ${USUAL_TOP}`);
    const { set, block, first } = await this.getLayer(teamId, setId, layer);
    if (!(unit >= 0 && unit < block.units)) throw unitNotFound(layer, unit, block.units);
    const { artifacts, populations } = this;
    const { mean, max } = await this.columns.of(teamId, set, first + unit);
    const rows = strongestRows(mean, top);
    const [statistics, addresses, { classNames: names }, ofRow, metadata] = await Promise.all([
      artifacts.readStatistics(set.unitStatistics!),
      populations.addresses(teamId, set.datasetVersionId, rows),
      populations.version(teamId, set.datasetVersionId),
      this.readClasses(set),
      this.relations(teamId, set, mean),
    ]);
    const drawn = histogram(mean, bins);
    return {
      ...toUnit(set, block, first, unit, statistics),
      histogram: drawn,
      topSamples: rows.map((row) => ({
        row,
        address: addresses.get(row),
        response: mean[row]!,
        maxResponse: max[row]!,
      })),
      classes: classResponses(mean, drawn, { names, ofRow }),
      metadata,
    };
  }

  private async listPage({ set, block, first }: LayerOfSet, query: UnitQuery): Promise<Page<Unit>> {
    const order = parseOrderBy(query.orderBy, Object.keys(ORDERS)) ?? { field: 'unit', descending: false };
    const bound = { setId: set.id, layer: block.name, orderBy: query.orderBy };
    const [from = 0] = decodePageToken(bound, query.pageToken, ['count']) ?? [];
    const statistics = await this.artifacts.readStatistics(set.unitStatistics!);
    const key = ORDERS[order.field]!;
    const sign = order.descending ? -1 : 1;
    const units = Array.from({ length: block.units }, (_, unit) =>
      toUnit(set, block, first, unit, statistics),
    ).sort((a, b) => sign * (key(a) - key(b)) || a.unit - b.unit);
    const to = Number(from) + pageSize(query.pageSize);
    return {
      items: units.slice(Number(from), to),
      nextPageToken: to < units.length ? encodePageToken(bound, [to]) : '',
    };
  }

  /** The class of every row, −1 where there is none; no row when the epoch was not evaluated. */
  private readClasses({ evaluation }: ActivationSet): Promise<Int32Array> {
    if (evaluation === undefined) return Promise.resolve(new Int32Array(0));
    return this.classes.get(
      evaluation.sha256,
      async () => (await this.artifacts.readEvaluation(evaluation)).classes,
    );
  }

  private async relations(
    teamId: string,
    { datasetVersionId }: ActivationSet,
    responses: Float32Array,
  ): Promise<MetadataRelation[]> {
    const found: MetadataRelation[] = [];
    for (const column of await this.metadata.of(teamId, datasetVersionId)) {
      const relation = computeRelation(responses, column);
      if (relation !== undefined) found.push(relation);
      await setImmediate();
    }
    return found.sort(byStrength);
  }

  private async getLayer(teamId: string, setId: string, name: string): Promise<LayerOfSet> {
    const set = await this.sets.getReady(teamId, setId);
    let first = 0;
    for (const block of set.layers) {
      if (block.name === name) return { set, block, first };
      first += block.units;
    }
    throw layerNotFound(
      name,
      set.layers.map((layer) => layer.name),
    );
  }
}

function toUnit(
  { id }: ActivationSet,
  { name, droppedUnits }: ActivationLayer,
  first: number,
  unit: number,
  statistics: UnitStatistics,
): Unit {
  const at = first + unit;
  return {
    activationSetId: id,
    layer: name,
    unit,
    dropped: droppedUnits.includes(unit),
    mean: statistics.mean[at]!,
    standardDeviation: statistics.standardDeviation[at]!,
    min: statistics.min[at]!,
    max: statistics.max[at]!,
    lossCorrelation: statistics.lossCorrelation[at]!,
  };
}
