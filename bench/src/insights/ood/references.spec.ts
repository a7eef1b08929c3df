import { expect, it } from 'vitest';
import {
  type Answers,
  scoreCoverage,
  scoreEnergy,
  scoreGen,
  scoreKnn,
  scoreMahalanobis,
  scoreMsp,
  scoreVim,
} from './references.js';

/** The last four of 64 samples: bench/reference/outliers.py, by numpy, scipy and scikit-learn. */
const EXPECTED = {
  MSP: [0.036327, 0.573779, 0.225074, 0.040489],
  energy: [-2.057525, -3.810488, -1.430559, -1.992229],
  GEN: [2.022186, 2.571522, 2.321945, 2.070212],
  kNN: [0.073121, 0.037764, 0.008941, 0.071361],
  Mahalanobis: [2.963944, 1.561347, 3.137216, 2.419681],
  ViM: [0.20565, -2.262425, -0.792056, -0.404156],
  NAC: [0.416667, 0.416667, 0.5, 0.333333],
} as const;

const [N, TRAINING] = [64, 60];
const table = (width: number, compute: (row: number, column: number) => number): Float32Array =>
  Float32Array.from({ length: N * width }, (_, at) => compute(Math.floor(at / width), at % width));
const features = table(4, (row, c) => Math.abs(Math.sin((row + 1) * [1, 2, 3, 5][c]!)));
const logits = table(3, (row, c) => 3 * Math.cos((row + 2) * [1, 2.5, 4][c]!));
const answers: Answers = {
  n: N,
  training: TRAINING,
  classes: 3,
  labels: Int32Array.from({ length: TRAINING }, (_, row) => row % 3),
  features,
  logits,
  probabilities: table(3, (row, c) => {
    const own = logits.subarray(row * 3, row * 3 + 3);
    return Math.exp(own[c]!) / own.reduce((sum, logit) => sum + Math.exp(logit), 0);
  }),
  units: Float32Array.from({ length: 4 * N }, (_, at) => features[(at % N) * 4 + Math.floor(at / N)]!),
};

it.each([
  ['MSP', scoreMsp],
  ['energy', scoreEnergy],
  ['GEN', scoreGen],
  ['kNN', (own: Answers) => scoreKnn(own, 2)],
  ['Mahalanobis', scoreMahalanobis],
  ['ViM', scoreVim],
  ['NAC', scoreCoverage],
] as const)('%s has the values of its formula', async (name, score) => {
  const scores = await score(answers);
  EXPECTED[name].forEach((value, at) => {
    expect(scores[N - 4 + at], `sample ${N - 4 + at}`).toBeCloseTo(value, 4);
  });
});
