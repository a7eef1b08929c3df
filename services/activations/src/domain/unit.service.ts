import { decodePageToken, encodePageToken, type Page, pageSize, parseOrderBy, type UnitOfWork } from '@noema/kernel';
import { activationSetNotReady, layerNotFound, unitNotFound, unitQueryInvalid } from './activation-set.errors.js';
import type { ActivationLayer, ActivationSet } from './activation-set.js';
import type { ActivationSetService } from './activation-set.service.js';
import type { ActivationShards, Populations, SetArtifacts } from './activation-set.ports.js';
import { classMeans, strongestRows, type Unit, type UnitPage } from './unit.js';
import { histogram, type UnitStatistics } from './unit-statistics.js';

const ORDERS: Readonly<Record<string, (unit: Unit) => number>> = {
  unit: (u) => u.unit, mean: (u) => u.mean, standard_deviation: (u) => u.standardDeviation, loss_correlation: (u) => u.lossCorrelation,
};

/** The learned features of a set. */
export class UnitService {
  constructor(private readonly ports: {
    readonly work: UnitOfWork; readonly sets: ActivationSetService; readonly shards: ActivationShards; readonly populations: Populations; readonly artifacts: SetArtifacts;
  }) {}

  /** A page of the units of a layer. Throws `not-found`, `precondition` ACTIVATION_SET_NOT_READY. */
  async list(teamId: string, setId: string, layer: string, query: { pageSize: number; pageToken: string; orderBy: string }): Promise<Page<Unit>> {
    const { set, block, first } = await this.layerOf(teamId, setId, layer);
    const order = parseOrderBy(query.orderBy, Object.keys(ORDERS)) ?? { field: 'unit', descending: false };
    const bound = { setId, layer, orderBy: query.orderBy };
    const [from = 0] = decodePageToken(bound, query.pageToken) ?? [];
    const statistics = await this.ports.artifacts.readStatistics(set.unitStatistics!);
    const key = ORDERS[order.field]!, sign = order.descending ? -1 : 1;
    const units = Array.from({ length: block.units }, (_, unit) => unitOf(set, block, first, unit, statistics))
      .sort((a, b) => sign * (key(a) - key(b)) || a.unit - b.unit);
    const to = Number(from) + pageSize(query.pageSize);
    return { items: units.slice(Number(from), to), nextPageToken: to < units.length ? encodePageToken(bound, [to]) : '' };
  }

  /** One unit with its histogram, its strongest samples and its mean response to every class. Throws as `list`, and `invalid` UNIT_QUERY_INVALID. */
  async get(teamId: string, setId: string, layer: string, unit: number, { bins = 32, top = 24 }: { bins?: number; top?: number } = {}): Promise<UnitPage> {
    if (!(bins >= 1 && bins <= 1000)) throw unitQueryInvalid('bins', bins, '1 to 1000, or 0 for 32');
    if (!(top >= 1 && top <= 200)) throw unitQueryInvalid('top', top, '1 to 200, or 0 for 24');
    const { set, block, first } = await this.layerOf(teamId, setId, layer);
    if (!(unit >= 0 && unit < block.units)) throw unitNotFound(layer, unit, block.units);
    const { artifacts, populations } = this.ports;
    const { mean, max } = await this.column(teamId, set, first + unit);
    const rows = strongestRows(mean, top);
    const [statistics, addresses, names, evaluation] = await Promise.all([
      artifacts.readStatistics(set.unitStatistics!), populations.addresses(teamId, set.datasetVersionId, rows),
      populations.classNames(teamId, set.datasetVersionId), set.evaluation && artifacts.readEvaluation(set.evaluation),
    ]);
    return {
      ...unitOf(set, block, first, unit, statistics),
      histogram: histogram(mean, bins),
      topSamples: rows.map((row) => ({ row, address: addresses.get(row), response: mean[row]!, maxResponse: max[row]! })),
      classes: evaluation === undefined ? [] : classMeans(mean, { names, ofRow: evaluation.classes }),
    };
  }

  private async column(teamId: string, set: ActivationSet, column: number): Promise<{ mean: Float32Array; max: Float32Array }> {
    const shards = await this.ports.work.run(teamId, () => this.ports.shards.of(set.id));
    const mean = new Float32Array(set.sampleCount), max = new Float32Array(set.sampleCount);
    for (const { responses, rowCount, firstRow } of shards) {
      const block = await this.ports.artifacts.readResponses(responses!), d = block.mean.length / rowCount;
      for (let i = 0; i < rowCount; i++) {
        mean[firstRow + i] = block.mean[i * d + column]!;
        max[firstRow + i] = block.max[i * d + column]!;
      }
    }
    return { mean, max };
  }

  private async layerOf(teamId: string, setId: string, name: string): Promise<{ set: ActivationSet; block: ActivationLayer; first: number }> {
    const set = await this.ports.sets.get(teamId, setId);
    if (set.unitStatistics === undefined) throw activationSetNotReady(setId, set.state);
    let first = 0;
    for (const block of set.layers) {
      if (block.name === name) return { set, block, first };
      first += block.units;
    }
    throw layerNotFound(name, set.layers.map((layer) => layer.name));
  }
}

function unitOf({ id }: ActivationSet, { name, droppedUnits }: ActivationLayer, first: number, unit: number, statistics: UnitStatistics): Unit {
  const at = first + unit;
  return {
    activationSetId: id, layer: name, unit, dropped: droppedUnits.includes(unit),
    mean: statistics.mean[at]!, standardDeviation: statistics.standardDeviation[at]!,
    min: statistics.min[at]!, max: statistics.max[at]!, lossCorrelation: statistics.lossCorrelation[at]!,
  };
}
