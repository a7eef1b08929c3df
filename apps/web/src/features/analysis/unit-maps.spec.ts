import type { Analysis } from '@noema/contracts/noema/explanations/v1/analysis';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { expect, it } from 'vitest';
import { analysesByRow, analysesFilter } from './unit-maps.js';

const analysis = (id: string, row: number, state: JobState) => ({ id, row, state }) as Analysis;

it('asks for the analyses of all rows at once', () => {
  expect(analysesFilter(5, [17, 3])).toBe('epoch = 5 AND (row = 17 OR row = 3)');
});

it('takes an analysis that succeeded over one that runs over one that failed, for each row', () => {
  const found = analysesByRow([
    analysis('failed', 1, JobState.FAILED),
    analysis('done', 1, JobState.SUCCEEDED),
    analysis('later', 1, JobState.RUNNING),
    analysis('given up', 2, JobState.CANCELLED),
    analysis('under way', 2, JobState.RUNNING),
    analysis('alone', 3, JobState.FAILED),
  ]);
  expect([...found].map(([row, { id }]) => [row, id])).toEqual([
    [1, 'done'],
    [2, 'under way'],
    [3, 'alone'],
  ]);
});
