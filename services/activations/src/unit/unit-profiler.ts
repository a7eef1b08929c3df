import { setImmediate } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { LruCache, type Port, type UnitOfWork } from '@noema/kernel';
import { DatasetCatalog } from '@noema/population';
import { Database } from '@noema/postgres';
import type { ActivationSet } from '../activation-set/activation-set.js';
import { ActivationSetArtifactStore } from '../activation-set/activation-set-artifacts.store.js';
import { ActivationShardRepository } from '../activation-set/activation-shard.repository.js';
import { MetadataStore } from './metadata.store.js';
import { profilesTooLarge } from './unit.errors.js';
import { UnitProfiles } from './unit-profiles.js';

/** Usual bins of a histogram and strongest samples of a unit. */
export const USUAL_BINS = 32;
export const USUAL_TOP = 24;

/** Bytes of the profiles that are kept, and the most of one model. */
const CACHE_BYTES = 64 * 2 ** 20;
const MAX_BYTES = 256 * 2 ** 20;
/** Numbers that are looked at before the event loop has its turn again: a few milliseconds. */
const SLICE_NUMBERS = 2 ** 19;

/**
 * Makes the profiles of all units of a set by one pass over its responses, one shard in memory at a time, and
 * caches the profiles of the most recently used sets.
 */
@Injectable()
export class UnitProfiler {
  private readonly kept = new LruCache<UnitProfiles>(CACHE_BYTES, {
    weigh: ({ byteLength }) => byteLength,
  });

  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ActivationShardRepository) private readonly shards: Pick<ActivationShardRepository, 'of'>,
    @Inject(DatasetCatalog) private readonly populations: Pick<DatasetCatalog, 'version'>,
    @Inject(MetadataStore) private readonly metadata: Port<MetadataStore>,
    @Inject(ActivationSetArtifactStore) private readonly artifacts: Port<ActivationSetArtifactStore>,
  ) {}

  /** Throws `exhausted` UNIT_PROFILES_TOO_LARGE. */
  of(teamId: string, set: ActivationSet): Promise<UnitProfiles> {
    return this.kept.get(set.id, () => this.pass(teamId, set));
  }

  private async pass(teamId: string, set: ActivationSet): Promise<UnitProfiles> {
    const { unitOfWork, shards, populations, artifacts } = this;
    const [statistics, { classNames: names }, metadata, classByRow, parts] = await Promise.all([
      artifacts.readStatistics(set.unitStatistics!),
      populations.version(teamId, set.datasetVersionId),
      this.metadata.of(teamId, set.datasetVersionId),
      set.evaluation === undefined
        ? new Int32Array(0)
        : artifacts.readEvaluation(set.evaluation).then(({ classes }) => classes),
      unitOfWork.run(teamId, () => shards.of(set.id)),
    ]);
    const units = statistics.mean.length;
    const bytes = 4 * units * (names.length + 1) * USUAL_BINS;
    if (bytes > MAX_BYTES) throw profilesTooLarge(units, names.length, bytes);
    const profiles = new UnitProfiles(statistics, {
      bins: USUAL_BINS,
      top: USUAL_TOP,
      classCount: names.length,
      classByRow,
      metadata,
    });
    const slice = Math.max(1, Math.floor(SLICE_NUMBERS / (units * (2 + metadata.length))));
    for (const { responses, firstRow, rowCount } of parts) {
      const { mean, max } = await artifacts.readResponses(responses!);
      for (let i = 0; i < rowCount; i++) {
        profiles.add(
          firstRow + i,
          mean.subarray(i * units, (i + 1) * units),
          max.subarray(i * units, (i + 1) * units),
        );
        if (i % slice === slice - 1) await setImmediate();
      }
    }
    return profiles;
  }
}
