import { setImmediate } from 'node:timers/promises';
import { LruCache, type UnitOfWork } from '@noema/kernel';
import { profilesTooLarge } from '../activation-set/activation-set.errors.js';
import type { ActivationSet } from '../activation-set/activation-set.js';
import type {
  ActivationShards,
  PopulationMetadata,
  Populations,
  SetArtifacts,
} from '../activation-set/activation-set.ports.js';
import { UnitProfiles } from './unit-profiles.js';

/** Usual bins of a histogram and strongest samples of a unit. */
export const USUAL_BINS = 32;
export const USUAL_TOP = 24;

/** Bytes of the profiles that are kept, and the most of one model. */
const KEPT_BYTES = 64 * 2 ** 20;
const MAX_BYTES = 256 * 2 ** 20;
/** Numbers that are looked at before the event loop has its turn again: a few milliseconds. */
const SLICE_NUMBERS = 2 ** 19;

export interface ProfilerPorts {
  readonly work: UnitOfWork;
  readonly shards: ActivationShards;
  readonly populations: Populations;
  readonly metadata: PopulationMetadata;
  readonly artifacts: SetArtifacts;
}

/**
 * Makes the profiles of all units of a set by one pass over its responses, one shard in memory at a time, and
 * keeps those of the sets used last.
 */
export class UnitProfiler {
  private readonly kept = new LruCache<UnitProfiles>(KEPT_BYTES, {
    weightOf: ({ byteLength }) => byteLength,
  });

  constructor(private readonly ports: ProfilerPorts) {}

  /** Throws `exhausted` UNIT_PROFILES_TOO_LARGE. */
  of(teamId: string, set: ActivationSet): Promise<UnitProfiles> {
    return this.kept.get(set.id, () => this.pass(teamId, set));
  }

  private async pass(teamId: string, set: ActivationSet): Promise<UnitProfiles> {
    const { work, shards, populations, artifacts } = this.ports;
    const [statistics, { classNames: names }, metadata, classOf, parts] = await Promise.all([
      artifacts.readStatistics(set.unitStatistics!),
      populations.version(teamId, set.datasetVersionId),
      this.ports.metadata.of(teamId, set.datasetVersionId),
      set.evaluation === undefined
        ? new Int32Array(0)
        : artifacts.readEvaluation(set.evaluation).then(({ classes }) => classes),
      work.run(teamId, () => shards.of(set.id)),
    ]);
    const units = statistics.mean.length;
    const bytes = 4 * units * (names.length + 1) * USUAL_BINS;
    if (bytes > MAX_BYTES) throw profilesTooLarge(units, names.length, bytes);
    const profiles = new UnitProfiles(statistics, {
      bins: USUAL_BINS,
      top: USUAL_TOP,
      classCount: names.length,
      classOf,
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
