import { expect, it } from 'vitest';
import { ReplacedEpochService } from './replaced-epoch.service.js';

const BRANCH = { runId: 'run', branch: 2, branchStart: 3 };

it('deletes what a branch replaces and cancels its jobs, in one transaction of the team', async () => {
  const done: string[] = [];
  const service = new ReplacedEpochService(
    {
      run: async (teamId: string, work: () => Promise<unknown>) => {
        done.push(`begin ${teamId}`);
        const result = await work();
        done.push('commit');
        return result;
      },
    } as ConstructorParameters<typeof ReplacedEpochService>[0],
    {
      delete: (branch) => {
        done.push(`delete ${JSON.stringify(branch)}`);
        return Promise.resolve(['a', 'b']);
      },
    },
    {
      cancel: ((teamId: string, jobId: string) => {
        done.push(`cancel ${teamId} ${jobId}`);
        return Promise.resolve();
      }) as unknown as ConstructorParameters<typeof ReplacedEpochService>[2]['cancel'],
    },
  );
  await service.delete('team', BRANCH);
  expect(done).toEqual([
    'begin team',
    `delete ${JSON.stringify(BRANCH)}`,
    'cancel team a',
    'cancel team b',
    'commit',
  ]);
});
