import { formatCount } from '../finding/numbers.js';
import { severityOfMetric } from '../finding/severity.js';
import type { Finding } from '../finding/finding.js';
import type { Population } from '../population/population.js';
import type { InsightKind } from './insight-kind.js';

/** Samples that the model had right at some epoch and wrong later, at least twice. */
export const forgottenKind: InsightKind = {
  key: 'forgotten',
  title: 'Forgotten',
  summary: 'Samples that the model had right and lost again, at least twice.',
  reference:
    'Toneva et al., An empirical study of example forgetting during deep neural network learning, ICLR 2019',
  parameters: [
    {
      type: 'integer',
      name: 'times',
      title: 'Times',
      help: 'How often a sample must turn from correct to misclassified.',
      default: 2,
      minimum: 1,
      maximum: 100,
      step: 1,
    },
  ],
  facts: {},
  version: 3,
  numbers: {
    epochs: { title: 'Epochs with predictions', unit: 'count' },
    misclassifiedNow: { title: 'Misclassified now', unit: 'count' },
  },
  needs: ['labels', 'predicted', 'history'],
  isUngrouped: true,
  search(population, { parameters }) {
    const times = parameters.times as number;
    const counts = countForgetting(population);
    const members = population.splitCodes.reduce<number[]>((rows, _, row) => {
      if (counts[row]! >= times) rows.push(row);
      return rows;
    }, []);
    members.sort((a, b) => counts[b]! - counts[a]! || a - b);
    const evaluated = population.history.filter((epoch) => epoch.predicted !== undefined).length;
    const findings =
      members.length === 0 ? [] : [describe(population, members, { counts, times, epochs: evaluated })];
    const isShort = evaluated < 2 * times;
    return {
      findings,
      tried: 1,
      remarks: isShort
        ? [
            `A sample can be forgotten ${times} times from ${2 * times} epochs on; ` +
              `${formatCount(evaluated)} have predictions.`,
          ]
        : [],
    };
  },
};

/**
 * Returns how often each sample turned from correct to misclassified, [n] float32. An epoch without a prediction of a
 * sample is passed over; a sample without a label counts 0.
 */
export function countForgetting({ n, labels, history }: Population): Float32Array {
  const counts = new Float32Array(n);
  const wasCorrect = new Uint8Array(n);
  for (const { predicted } of history) {
    if (predicted === undefined) continue;
    for (let row = 0; row < n; row++) {
      if (labels![row]! < 0 || predicted[row]! < 0) continue;
      const isCorrect = Number(predicted[row] === labels![row]);
      if (isCorrect < wasCorrect[row]!) counts[row]!++;
      wasCorrect[row] = isCorrect;
    }
  }
  return counts;
}

function describe(
  { labels, predicted }: Population,
  members: number[],
  {
    counts,
    times,
    epochs,
  }: { readonly counts: Float32Array; readonly times: number; readonly epochs: number },
): Finding {
  const wrong = members.filter((row) => predicted![row]! >= 0 && predicted![row] !== labels![row]).length;
  const labelled = labels!.reduce((sum, label) => sum + Number(label >= 0), 0);
  return {
    subkind: '',
    // A count over all samples: nothing is estimated, so there is nothing to confirm.
    state: 'confirmed',
    sentence:
      `${formatCount(members.length)} of ${formatCount(labelled)} labeled samples turned from correct to ` +
      `misclassified at least ${times} times in ${epochs} epochs; ` +
      `${wrong === members.length ? 'all' : formatCount(wrong)} of them are misclassified now.`,
    membership: { by: 'score', least: times, all: [] },
    members: Int32Array.from(members),
    scores: Float32Array.from(members, (row) => counts[row]!),
    effect: undefined,
    pValue: undefined,
    qValue: undefined,
    severity: severityOfMetric(wrong / labelled),
    explanations: [],
    numbers: { epochs, misclassifiedNow: wrong },
    tables: {},
    remarks: [],
  };
}
