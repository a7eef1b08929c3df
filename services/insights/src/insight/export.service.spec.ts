import { expect, it } from 'vitest';
import { ExportService } from './export.service.js';
import type { Member, OpenInsight } from './member.service.js';

/** An insight about two groups of copies in data with 40 rows of training, 10 of test, and 50 without labels. */
const service = new ExportService(
  {
    open: () =>
      Promise.resolve({
        members: {
          rows: Int32Array.of(90, 12, 45, 41, 30, 7, 8, 5),
          groups: Int32Array.of(0, 0, 0, 0, 1, 1, 1, -1),
          scores: undefined,
          suggested: undefined,
        },
        verdicts: new Map([[8, 'right']]),
      } as unknown as OpenInsight),
    splits: () =>
      Promise.resolve([
        { split: 'training', firstRow: 0, count: 40 },
        { split: 'test', firstRow: 40, count: 10 },
        { split: 'unlabeled', firstRow: 50, count: 50 },
      ]),
    describe: (_teamId, { members }, positions) =>
      Promise.resolve(positions.map((at) => ({ row: members.rows[at]!, group: -1 }) as Member)),
  },
  {
    summarise: () => {
      throw new Error('no verdicts');
    },
  },
);
const listRows = async (action: 'deduplicate' | 'prune') => {
  const { columns, rows } = await service.export('team', 'insight', action, { pageSize: 0, pageToken: '' });
  return rows.map((cells) => Number(cells[columns.indexOf('row')]));
};

it('keeps a copy of test before one of training and one without a label, and what is no copy', async () => {
  expect(await listRows('deduplicate')).toEqual([90, 12, 45, 30]);
});

it('does not take all copies of a sample out of the data', async () => {
  await expect(listRows('prune')).rejects.toMatchObject({ reason: 'ACTION_NOT_POSSIBLE' });
});
