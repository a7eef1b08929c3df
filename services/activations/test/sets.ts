import { type MatrixColumn, readMatrix } from '@noema/artifacts';
import { parseArtifactRef } from '@noema/contracts';
import type { ActivationSet, ActivationShard } from '@noema/contracts/noema/activations/v1/activation_set';
import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { untilEnded } from '@noema/testing';
import { expect } from 'vitest';
import type { Platform } from './platform.js';

/** Reads the sets of the platform that a test started. */
export function setReader(platform: () => Platform) {
  const sets = () => platform().client(ActivationSetService);
  const listSets = async (runId: string): Promise<ActivationSet[]> =>
    (await sets().listActivationSets({ projectId: platform().world.projectId, runId })).activationSets;
  /** Waits until the first set of a run has ended. */
  const ended = (runId: string): Promise<ActivationSet> =>
    untilEnded(async () => (await listSets(runId))[0], { what: `the set of run ${runId}` });
  /** Waits until a set has succeeded. */
  const succeeded = async (activationSetId: string): Promise<ActivationSet> => {
    const set = await untilEnded(
      async () => (await sets().getActivationSet({ activationSetId })).activationSet,
      { what: `set ${activationSetId}` },
    );
    expect(set.fault).toBeUndefined();
    return set;
  };
  const listShards = async (activationSetId: string): Promise<ActivationShard[]> =>
    (await sets().listActivationShards({ activationSetId })).shards;
  const matrix = async (
    ref: Parameters<typeof parseArtifactRef>[0],
    name: string,
  ): Promise<MatrixColumn<Float32Array>> =>
    readMatrix(await platform().store.get(parseArtifactRef(ref, name))).float32(name);
  /** Runs an epoch through the workers that there are. */
  const extracted = async (runId: string): Promise<ActivationSet> => {
    await platform().completeEpoch(runId);
    const set = await ended(runId);
    expect(set.fault).toBeUndefined();
    return set;
  };
  return { listSets, ended, succeeded, listShards, matrix, extracted };
}
