import { loadavg } from 'node:os';
import { formatNumber, judgeMean, judgeShare, judgeValue } from '../figures.js';
import type { BenchRow } from '../insight.bench.js';
import { SLICE_KINDS } from './planted-source.js';
import { PLANTED_SOURCES, type SettingResult } from './run-setting.js';

/** Returns the rows of the document for the results of all settings. */
export function summariseSlices(results: readonly SettingResult[]): BenchRow[] {
  const scores = results.flatMap(({ setting, score }) =>
    score === undefined ? [] : [{ ...score, setting }],
  );
  const nulls = results.flatMap(({ nullFindings }) => nullFindings ?? []);
  const known = results.flatMap((result) => result.known);
  const share = (what: string, own: typeof scores, reach?: { readonly atLeast: number }): BenchRow =>
    judgeShare(what, own.filter(({ precision }) => precision >= 0.8).length, own.length, reach);
  const truths = scores.flatMap((score) => score.truths);
  const found = 'slices with P@10 ≥ 0.8 in the first five findings';
  return [
    share(`${found}: all kinds, digits, fashion and emoji`, scores, { atLeast: 0.8 }),
    ...SLICE_KINDS.map((kind) =>
      share(
        `${found}: ${kind}`,
        scores.filter(({ setting }) => setting.kind === kind),
      ),
    ),
    ...PLANTED_SOURCES.map(({ key }) =>
      share(
        `${found}: ${key}`,
        scores.filter((score) => score.setting.key === key),
      ),
    ),
    ...[0.01, 0.02, 0.03, 0.05, 0.1].map((size) =>
      share(
        `${found}: slices of ${100 * size} %`,
        scores.filter(({ setting }) => setting.share === size),
      ),
    ),
    judgeShare(
      'slices with P@10 ≥ 0.8 in the first finding',
      scores.filter(({ first }) => first >= 0.8).length,
      scores.length,
    ),
    judgeShare(
      'slices with P@10 ≥ 0.8 in the first five findings and hints',
      scores.filter(({ withHints }) => withHints >= 0.8).length,
      scores.length,
    ),
    judgeValue('settings with a slice that ran, of 144 with four seeds', results.length, ''),
    judgeValue(
      'settings left out: the slice is less than 10 points worse',
      results.length - scores.length,
      '',
    ),
    judgeShare(
      'null settings (outcomes permuted within each class) with a confirmed finding',
      nulls.filter((count) => count > 0).length,
      nulls.length,
      { atMost: 0.1 },
    ),
    judgeShare(
      'confirmed findings whose loss is not above the rest on unseen samples',
      truths.filter(({ isReal }) => !isReal).length,
      truths.length,
      { atMost: 0.1 },
    ),
    judgeShare(
      'intervals of the error rate that agree with the interval on unseen samples',
      truths.filter(({ agreesOnErrors }) => agreesOnErrors).length,
      truths.length,
      { atLeast: 0.93 },
    ),
    judgeShare(
      'intervals of the error rate that cover the difference on unseen samples, whose own error counts as a miss',
      truths.filter(({ coversErrors }) => coversErrors).length,
      truths.length,
    ),
    judgeShare(
      'intervals of the loss that cover the difference on unseen samples, whose own error counts as a miss',
      truths.filter(({ coversLoss }) => coversLoss).length,
      truths.length,
    ),
    judgeShare(
      'intervals of the error rate that cover a known difference',
      known.filter(({ coversErrors }) => coversErrors).length,
      known.length,
      { atLeast: 0.93 },
    ),
    judgeShare(
      'intervals of the loss that cover a known difference',
      known.filter(({ coversLoss }) => coversLoss).length,
      known.length,
      { atLeast: 0.93 },
    ),
    judgeMean(
      `wall seconds of a search in 2,000 held-out samples, at a load of ${formatNumber(loadavg()[0]!)}`,
      results.map(({ seconds }) => seconds).filter((took) => !Number.isNaN(took)),
    ),
  ];
}
