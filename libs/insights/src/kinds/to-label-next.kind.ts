import type { Finding } from '../finding/finding.js';
import { severityOfLoss } from '../finding/severity.js';
import { formatCount, shorten } from '../finding/numbers.js';
import { type Batch, chooseBatch } from '../to-label-next/choose-batch.js';
import { MAX_LABELED } from '../to-label-next/choose-typical.js';
import { drawPool, type LabelPool } from '../to-label-next/pool.js';
import type { PredictedLosses } from '../to-label-next/predict-losses.js';
import type { InsightKind } from './insight-kind.js';

/** Unlabelled samples whose labels would teach the model most. */
export const toLabelNextKind: InsightKind = {
  key: 'to-label-next',
  title: 'To label next',
  summary:
    'Unlabeled samples whose labels would teach most; a fifth is random, so that the gain can be measured.',
  reference: 'Hacohen et al., TypiClust, ICML 2022; Ash et al., BADGE, ICLR 2020',
  parameters: [
    {
      type: 'integer',
      name: 'count',
      title: 'Samples',
      help: 'Number of samples to label next.',
      default: 100,
      minimum: 5,
      maximum: 1000,
      step: 5,
    },
  ],
  facts: {},
  version: 5,
  numbers: {
    unlabeled: { title: 'Unlabeled samples', unit: 'count' },
    labeled: { title: 'Labeled samples', unit: 'count' },
    chosen: { title: 'Chosen by the method', unit: 'count' },
    random: { title: 'Drawn at random', unit: 'count' },
    spearmanCount: { title: 'Samples of the rank correlation', unit: 'count' },
    spearman: { title: 'Rank correlation of predicted and true losses', unit: 'value' },
  },
  needs: ['spaces'],
  async search(population, { seed, threads, signal, parameters }) {
    const count = parameters['count'] as number;
    const pool = drawPool(population, count, seed);
    const remarks = describeUnplaced(pool);
    if (pool.candidates.length === 0)
      return {
        findings: [],
        tried: 0,
        remarks: remarks.length > 0 ? remarks : ['All samples have labels: there is nothing to label.'],
      };
    const size = Math.min(count, pool.unlabeled) - pool.random.length;
    const batch = await chooseBatch(population, pool, { count: size, seed, threads, signal });
    return { findings: [describe(pool, batch)], tried: pool.candidates.length, remarks };
  },
};

const describeUnplaced = ({ unplaced }: LabelPool): string[] =>
  unplaced === 0
    ? []
    : [
        `${formatCount(unplaced)} unlabeled samples have no finite vector: they are neither chosen nor drawn.`,
      ];

function describe(pool: LabelPool, batch: Batch): Finding {
  const { random } = pool;
  const { chosen, method, predicted } = batch;
  const members = Int32Array.from([...chosen, ...random]);
  const positions = new Map([...pool.candidates, ...random].map((row, at) => [row, at]));
  const losses = predicted && Float32Array.from(members, (row) => predicted.losses[positions.get(row)!]!);
  const isDrawn = pool.candidates.length + random.length < pool.unlabeled;
  return {
    subkind: method,
    // A proposal: the random fifth confirms it once its labels are known.
    state: 'hint',
    sentence:
      `${formatCount(members.length)} of ${formatCount(pool.unlabeled)} unlabeled samples to label next: ` +
      `${formatCount(chosen.length)} ` +
      `${method === 'typical' ? 'typical of groups without a label' : 'different ones that the model is unsure of'}, ` +
      `${formatCount(random.length)} at random.`,
    membership: { by: 'score', least: 1, all: [] },
    members,
    scores: losses,
    effect: undefined,
    pValue: undefined,
    qValue: undefined,
    severity: severityOfLoss({ members: 0, n: 1, excess: 0, meanLoss: 0 }),
    explanations: [],
    numbers: {
      unlabeled: pool.unlabeled,
      labeled: pool.labeled,
      chosen: chosen.length,
      random: random.length,
      ...(predicted && { spearmanCount: predicted.heldOut.n }),
      ...(predicted && hasOrder(predicted) && { spearman: predicted.heldOut.coefficient }),
    },
    tables: {
      batch: {
        row: [...members],
        part: [...members].map((_, at) => (at < chosen.length ? 'chosen' : 'random')),
        ...(losses && { predictedLoss: [...losses] }),
      },
    },
    remarks: [
      ...describePrediction(pool, batch),
      ...(isDrawn
        ? [`The choice is among ${formatCount(pool.candidates.length)} unlabeled samples drawn by the seed.`]
        : []),
      ...(method === 'typical' && pool.learned.length > MAX_LABELED
        ? [
            `${formatCount(MAX_LABELED)} of ${formatCount(pool.learned.length)} labeled samples, drawn ` +
              `by the seed, mark groups with a label.`,
          ]
        : []),
      `${formatCount(random.length)} samples were drawn at random from all ${formatCount(pool.unlabeled)} before the ` +
        'others were chosen. Label them too: they measure the model without bias, and a training with them against ' +
        'one with as many chosen ones measures the gain.',
    ],
  };
}

/** Whether predicted and true losses vary on the samples that test the prediction. */
const hasOrder = ({ heldOut }: PredictedLosses): boolean => !Number.isNaN(heldOut.coefficient);

function describePrediction({ known, isHeldOut }: LabelPool, { predicted }: Batch): string[] {
  if (predicted === undefined)
    return [
      `Losses are not predicted: ${formatCount(known.length)} samples have a label and a loss, 60 are ` +
        `needed.`,
    ];
  const { coefficient, n } = predicted.heldOut;
  if (!hasOrder(predicted))
    return [
      `Predicted losses have no rank correlation with true ones (n = ${formatCount(n)}): one of both does ` +
        `not vary.`,
    ];
  return [
    `Predicted losses have the rank correlation ${shorten(coefficient)} with true ones (n = ` +
      `${formatCount(n)}, ` +
      `${isHeldOut ? 'samples that the model has not learned from' : 'samples of all splits'}).`,
  ];
}
