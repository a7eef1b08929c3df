import { create } from '@bufbuild/protobuf';
import { ActivationSetSchema } from '@noema/contracts/noema/activations/v1/activation_set';
import { ExplorationSchema } from '@noema/contracts/noema/projection/v1/exploration';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { describe, expect, it } from 'vitest';
import { buildLineage } from './lineage.js';

const set = (id: string, epoch: number) =>
  create(ActivationSetSchema, { id, epoch, state: JobState.SUCCEEDED });
const map = (
  id: string,
  epoch: number,
  more: { automatic?: boolean; method?: string; activationSetId?: string; state?: JobState } = {},
) =>
  create(ExplorationSchema, {
    id,
    epoch,
    dimensions: 2,
    state: JobState.SUCCEEDED,
    method: 'umap',
    ...more,
  });

describe('the lineage of an epoch', () => {
  it('prefers the map that was made by itself over younger ones', () => {
    const sets = [set('other', 2), set('all', 2), set('first', 1)];
    const maps = [
      map('tsne', 2, { method: 'tsne', activationSetId: 'other' }),
      map('own', 2, { automatic: true, activationSetId: 'all' }),
      map('early', 1),
    ];
    const { map: found, set: from } = buildLineage(2, { sets, maps });
    expect([found?.id, from?.id]).toEqual(['own', 'all']);
  });

  it('takes the map of the usual perception space when one of another was made by itself later', () => {
    const maps = [
      map('concept', 3, { automatic: true, activationSetId: 'concept' }),
      map('all', 3, { automatic: true, activationSetId: 'all' }),
    ];
    expect(buildLineage(3, { sets: [set('concept', 3), set('all', 3)], maps })).toMatchObject({
      map: { id: 'all' },
      set: { id: 'all' },
    });
  });

  it('has no map before one was requested, and shows one that failed', () => {
    expect(buildLineage(1, { sets: [set('a', 1)], maps: [] })).toMatchObject({
      map: undefined,
      set: { id: 'a' },
    });
    expect(buildLineage(1, { sets: [], maps: [map('bad', 1, { state: JobState.FAILED })] }).map?.id).toBe(
      'bad',
    );
  });
});
