import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { artifactRefMessage } from '@noema/contracts';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { ServiceClients } from '@noema/host';
import { expect, it } from 'vitest';
import { ActivationsClient } from './activations.client.js';

const withService = (service: object): ActivationsClient =>
  new ActivationsClient({ of: () => service } as unknown as ServiceClients);

it('reads the number of positions of each layer, which is 1 without positions', async () => {
  const moments = artifactRefMessage({
    ...{
      uri: 'team/project/moments',
      sha256: 'a'.repeat(64),
      sizeBytes: 8,
      mediaType: 'application/octet-stream',
    },
  });
  const client = withService({
    getActivationSet: () =>
      Promise.resolve({
        activationSet: {
          ...{ dimensions: 2, moments },
          layers: [
            { name: 'conv', unitCount: 3, positionDims: [4, 5] },
            { name: 'dense', unitCount: 2, positionDims: [] },
          ],
        },
      }),
    listActivationShards: () => Promise.resolve({ shards: [], nextPageToken: '' }),
  });
  expect((await client.readSet('team', 'set')).layers).toEqual([
    { name: 'conv', units: 3, positions: 20 },
    { name: 'dense', units: 2, positions: 1 },
  ]);
});

it.each<[JobState[], unknown]>([
  [[], 'absent'],
  [[JobState.FAILED, JobState.CANCELLED], 'failed'],
  [[JobState.FAILED, JobState.RUNNING], 'coming'],
  [[JobState.SUCCEEDED, JobState.RUNNING], { id: 'set 0' }],
])('of sets with the states %j says %j', async (states, outlook) => {
  const client = withService({
    listActivationSets: () =>
      Promise.resolve({
        activationSets: states.map((state, at) => ({
          ...{ id: `set ${at}`, referenceSetId: '', state },
          createTime: timestampFromDate(new Date(at)),
        })),
      }),
  });
  expect(await client.findSet('team', { projectId: 'p', runId: 'r', epoch: 1 })).toEqual(outlook);
});
