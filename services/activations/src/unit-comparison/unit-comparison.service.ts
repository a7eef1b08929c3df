import { setImmediate } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { type RowSelection, selectRows, type UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { ActivationSetService } from '../activation-set/activation-set.service.js';
import { ActivationSetArtifactStore } from '../activation-set/activation-set-artifacts.store.js';
import { ActivationShardRepository } from '../activation-set/activation-shard.repository.js';
import { layerNotFound, unitQueryInvalid } from '../unit/unit.errors.js';
import { UnitComparison, type UnitDifference } from './unit-comparison.js';

/** Numbers that are compared before the event loop has its turn again: a few milliseconds. */
const SLICE_NUMBERS = 2 ** 20;

export interface ComparisonQuery {
  readonly selection: RowSelection | undefined;
  /** Empty for all. */
  readonly layers: readonly string[];
  readonly top?: number;
  /** Stops the comparison between two slices. */
  readonly signal: AbortSignal;
}

/** Units in the order of their effect, and how many rows were compared with how many. */
export interface ComparedUnits {
  readonly units: readonly (UnitDifference & { readonly layer: string; readonly unit: number })[];
  readonly selectedCount: number;
  readonly restCount: number;
}

/** Compares the responses of the units to some rows with their responses to the rest. */
@Injectable()
export class UnitComparisonService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ActivationSetService) private readonly sets: Pick<ActivationSetService, 'getReady'>,
    @Inject(ActivationShardRepository) private readonly shards: Pick<ActivationShardRepository, 'of'>,
    @Inject(ActivationSetArtifactStore)
    private readonly artifacts: Pick<ActivationSetArtifactStore, 'readStatistics' | 'readResponses'>,
  ) {}

  /**
   * The units that answer most differently to the selected rows and to the rest, the largest effect first;
   * none when all rows are selected. One shard is in memory at a time. Throws `not-found`, `precondition`
   * ACTIVATION_SET_NOT_READY, `invalid` UNIT_QUERY_INVALID and what `selectRows` throws.
   */
  async compare(
    teamId: string,
    setId: string,
    { selection, layers, top = 24, signal }: ComparisonQuery,
  ): Promise<ComparedUnits> {
    if (!(top >= 1 && top <= 1000)) throw unitQueryInvalid('top', top, '1 to 1000, or 0 for 24');
    const { artifacts, shards, sets, unitOfWork } = this;
    const set = await sets.getReady(teamId, setId);
    const known = set.layers.map(({ name }) => name);
    const asked = new Set(layers);
    const strange = [...asked].find((name) => !known.includes(name));
    if (strange !== undefined) throw layerNotFound(strange, known);
    const rows = selectRows(selection, set.sampleCount);
    const isSelected = new Uint8Array(set.sampleCount);
    for (const row of rows) isSelected[row] = 1;
    const { mean: shift } = await artifacts.readStatistics(set.unitStatistics!);
    const width = shift.length;
    const comparison = new UnitComparison(shift);
    const slice = Math.max(1, Math.floor(SLICE_NUMBERS / width));
    for (const { responses, firstRow, rowCount } of await unitOfWork.run(teamId, () => shards.of(set.id))) {
      const { mean } = await artifacts.readResponses(responses!);
      for (let from = 0; from < rowCount; from += slice) {
        const to = Math.min(rowCount, from + slice);
        comparison.add(
          mean.subarray(from * width, to * width),
          isSelected.subarray(firstRow + from, firstRow + to),
        );
        await setImmediate();
        signal.throwIfAborted();
      }
    }
    const named = set.layers.flatMap(({ name, units }) =>
      Array.from({ length: units }, (_, unit) => ({ layer: name, unit })),
    );
    const units = comparison
      .differences()
      .map((difference) => ({ ...difference, ...named[difference.column]! }));
    const wanted = units.filter(({ layer }) => asked.size === 0 || asked.has(layer)).slice(0, top);
    return { units: wanted, selectedCount: rows.length, restCount: set.sampleCount - rows.length };
  }
}
