import { create } from '@bufbuild/protobuf';
import { InsightOutcomeSchema, InsightOutcomeState } from '@noema/contracts/noema/insights/v1/insight_search';
import { expect, it } from 'vitest';
import { describeOutcomes } from './insight-outcomes.js';

it('says once why several kinds tried nothing', () => {
  const done = { state: InsightOutcomeState.DONE, tried: 0, found: 0, confirmed: 0 };
  const { outcomes, shared } = describeOutcomes(
    [
      { ...done, title: 'Leakage', remarks: ['All samples are in one group.', 'No field gives the label.'] },
      { ...done, title: 'Overfitting', remarks: ['All samples are in one group.'] },
      { ...done, title: 'Forgotten', tried: 40, found: 3, confirmed: 2, remarks: ['40 were compared.'] },
      { ...done, title: 'Shortcut', state: InsightOutcomeState.SKIPPED, reason: 'no labels' },
    ].map((outcome) => create(InsightOutcomeSchema, outcome)),
  );
  expect(outcomes).toEqual({
    Leakage: '0 confirmed, 0 hints, of 0 tried: No field gives the label.',
    Overfitting: '0 confirmed, 0 hints, of 0 tried',
    Forgotten: '2 confirmed, 1 hint, of 40 tried',
    Shortcut: 'skipped: no labels',
  });
  expect(shared).toEqual(['All samples are in one group.']);
});
