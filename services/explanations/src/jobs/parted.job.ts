import type { JobKind, Json, ShardContext } from '@noema/jobs';
import type { StepControl } from '../analysis/analysis.executor.js';
import type { Slice } from './slice.js';

export interface Payload {
  readonly id: string;
  /** Shards of the first stage; absent in jobs of versions that did not cut them, which have one. */
  readonly shards?: number;
}

/** Returns the signal of a shard, and what reports its progress in a unit. */
export const toStepControl = (context: ShardContext<Payload>, unit: string): StepControl => ({
  signal: context.signal,
  progress: (done, total, message) => {
    context.progress(done, total, unit, message);
  },
});

export interface PartedWork<Part> {
  /** Name of the first stage. */
  readonly stage: string;
  readonly unit: string;
  /** Computes the part of one slice. */
  readonly make: (teamId: string, id: string, slice: Slice, control: StepControl) => Promise<Part>;
  /** Returns what makes the parts of all slices, in their order, visible. */
  readonly publish: (
    teamId: string,
    id: string,
    parts: readonly Part[],
    control: StepControl,
  ) => Promise<{ commit: () => Promise<void> }>;
}

/**
 * Returns a kind of job whose shards each compute one part, so that other jobs get their turn in between. A
 * job of one shard publishes in that shard.
 */
export const partedJob = <Part>(
  kind: string,
  { stage, unit, make, publish }: PartedWork<Part>,
): JobKind<Payload> => ({
  kind,
  stages: [
    {
      name: stage,
      run: async (context) => {
        const { teamId, payload } = context.job;
        const { id, shards = 1 } = payload;
        const control = toStepControl(context, unit);
        const part = await make(teamId, id, { index: context.index, of: shards }, control);
        if (shards > 1) return { result: part as Json };
        const { commit } = await publish(teamId, id, [part], control);
        return { result: null, commit };
      },
    },
    {
      name: 'publish',
      shards: ({ payload: { shards = 1 } }) => (shards > 1 ? 1 : 0),
      run: async (context) => {
        // A worker of the version before knows no parts: it has published the whole in its shard.
        if (context.results.includes(null)) return { result: null };
        const { teamId, payload } = context.job;
        const parts = context.results as readonly Part[];
        const { commit } = await publish(teamId, payload.id, parts, toStepControl(context, unit));
        return { result: null, commit };
      },
    },
  ],
});
