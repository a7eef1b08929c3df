import { benjaminiYekutieli } from '@noema/evaluation';
import type { Finding } from '../../finding/finding.js';
import type { InsightKind, Need } from '../insight-kind.js';
import { explainMissing } from '../needs.js';
import { describeReach } from '../duplicates/duplicates.kind.js';
import { tellNumbersApart } from '../duplicates/numbers-apart.js';
import { sharePairs } from '../duplicates/pairs.js';
import { describeSharedValues, testSharedValues } from './group-values.js';
import { describeNearTimes, testNearTimes } from './near-times.js';
import { describeTargetField, testTargetFields } from './target-fields.js';
import { findTwins } from './twins.js';

/** Information that passes from training to held-out samples, or from metadata to the label. */
export const leakageKind: InsightKind = {
  key: 'leakage',
  title: 'Leakage',
  summary:
    'Held-out samples that training has seen: copies, members of one group, neighbors in time; and metadata that ' +
    'give the label.',
  reference:
    'Kaufman et al., Leakage in data mining, ACM TKDD 2012; Barz & Denzler, Do we train on test data?, 2020',
  parameters: [],
  facts: {},
  version: 14,
  numbers: {
    leaked: { title: 'Leaked samples', unit: 'count' },
    heldOut: { title: 'Held-out samples', unit: 'count' },
    equal: { title: 'Equal copies', unit: 'count' },
    similar: { title: 'Changed copies', unit: 'count' },
    sharedValues: { title: 'Values in both splits', unit: 'count' },
    accuracy: { title: 'Accuracy', unit: 'share' },
    accuracyWithoutLeaked: { title: 'Accuracy without leaked samples', unit: 'share' },
    gain: { title: 'Gain by leaked samples', unit: 'points' },
    gainLow: { title: 'Gain, from', unit: 'points' },
    gainHigh: { title: 'Gain, to', unit: 'points' },
    loss: { title: 'Mean loss', unit: 'value' },
    lossWithoutLeaked: { title: 'Mean loss without leaked samples', unit: 'value' },
    lossGain: { title: 'Loss hidden by leaked samples', unit: 'value' },
    lossGainLow: { title: 'Hidden loss, from', unit: 'value' },
    lossGainHigh: { title: 'Hidden loss, to', unit: 'value' },
    nearness: { title: 'Nearness to the next training sample', unit: 'share' },
    area: { title: 'Area under the ROC curve of the field', unit: 'value' },
    information: { title: 'Information of the label in the field', unit: 'share' },
  },
  needs: [],
  async search(population, context) {
    const { seed, q } = context;
    const findings: Finding[] = [];
    const remarks: string[] = [];
    let tried = 0;
    const explain = (...needs: Need[]) => explainMissing(needs, population, 'that');
    const noTwins = explain('training', 'held-out', 'inputs');
    if (noTwins !== undefined) remarks.push(`Copies in two splits were not searched: ${noTwins}`);
    else {
      const pairs = tellNumbersApart(population, await sharePairs(population, context));
      const twins = findTwins(population, pairs, seed);
      if (twins !== undefined) findings.push(twins);
      tried += pairs.tried;
      remarks.push(...describeReach(pairs), ...pairs.remarks);
    }
    const noGroups = explain('training', 'held-out', 'metadata', 'spaces');
    if (noGroups !== undefined) remarks.push(`Groups in two splits were not searched: ${noGroups}`);
    else {
      if (population.labels === undefined)
        remarks.push(
          'Groups in two splits were searched by the named group field alone: without one class for each sample, a ' +
            'field that goes along with the ground truth looks like a group.',
        );
      const shared = testSharedValues(population, seed);
      const near = testNearTimes(population, population.spaces[0]!, seed);
      const adjusted = benjaminiYekutieli([...shared, ...near].map(({ pValue }) => pValue ?? 0));
      tried += shared.length + near.length;
      near.forEach((one, at) => {
        const qValue = adjusted[shared.length + at]!;
        if (qValue <= q) findings.push(describeNearTimes(population, one, qValue));
      });
      shared.forEach((one, at) => {
        const qValue = adjusted[at]!;
        if (qValue <= q) findings.push(describeSharedValues(population, one, { qValue, seed }));
      });
    }
    const noTarget = explain('labels', 'metadata');
    if (noTarget !== undefined) remarks.push(`Metadata that give the label were not searched: ${noTarget}`);
    else {
      const target = testTargetFields(population.labels!, population.metadata, {
        classNames: population.classNames,
        groups: population.groups,
        seed,
      });
      if (target.same.length > 0)
        remarks.push(
          `Not searched for the label, because they have the label itself: ${target.same.join(', ')}.`,
        );
      // Columns below the limits count as tests with a p-value of 1.
      const pValues = target.fields.map(({ pValue }) => pValue);
      const adjusted = benjaminiYekutieli([
        ...pValues,
        ...new Array<number>(target.tried - pValues.length).fill(1),
      ]);
      tried += target.tried;
      target.fields.forEach((field, at) => {
        const qValue = adjusted[at]!;
        if (qValue <= q) findings.push(describeTargetField(population, field, qValue));
      });
    }
    return { findings: findings.sort((a, b) => b.severity.share - a.severity.share), tried, remarks };
  },
};
