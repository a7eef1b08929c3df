import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { expect, it } from 'vitest';
import { memoryEpochs, memoryRuns, newRun, TEAM } from '../../test/memory.js';
import { EpochService } from './epoch.service.js';

const [run, fresh] = [newRun(), newRun()];
const runs = memoryRuns();
await Promise.all([runs.insert(run), runs.insert(fresh)]);
const service = new EpochService(memoryWork, runs, memoryEpochs(run.id, 3));

it('gives an epoch by its number, and the last one for 0', async () => {
  expect((await service.get(TEAM, run.id, 2)).epoch).toBe(2);
  expect((await service.get(TEAM, run.id, 0)).epoch).toBe(3);
});

it('says whether the run has no such epoch, or none yet', async () => {
  await expect(service.get(TEAM, run.id, 4)).rejects.toThrow(/no finished epoch 4; list its epochs/);
  await expect(service.get(TEAM, fresh.id, 0)).rejects.toThrow(/no finished epoch yet/);
});

it('lists the epochs in order, page by page', async () => {
  const first = await service.list(TEAM, run.id, { pageSize: 2, pageToken: '' });
  expect(first.items.map(({ epoch }) => epoch)).toEqual([1, 2]);
  const second = await service.list(TEAM, run.id, { pageSize: 2, pageToken: first.nextPageToken });
  expect(second.items.map(({ epoch }) => epoch)).toEqual([3]);
  expect(second.nextPageToken).toBe('');
  expect(() => service.list(TEAM, fresh.id, { pageSize: 2, pageToken: first.nextPageToken })).toThrow(
    /page_token/,
  );
});

it.each([uuidv7(), 'no id'])('does not find the run %s', async (id) => {
  await expect(service.get(TEAM, id, 0)).rejects.toMatchObject({ reason: 'RUN_NOT_FOUND' });
  await expect(service.list(TEAM, id, { pageSize: 0, pageToken: '' })).rejects.toMatchObject({
    reason: 'RUN_NOT_FOUND',
  });
});
