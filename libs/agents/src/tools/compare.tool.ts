import type { Run } from '@noema/contracts/noema/training/v1/run';
import {
  compareVersions,
  computeMoments,
  type Estimate as Measured,
  meanInterval,
  newcombeInterval,
  welchInterval,
  wilsonInterval,
} from '@noema/evaluation';
import { DomainError } from '@noema/kernel';
import * as z from 'zod';
import type { Answer, Emptiness, Value } from '../answer/answer.js';
import { type Estimate, estimate, exact, finite, withoutInterval } from '../answer/estimate.js';
import { DataText, sentence } from '../answer/fence.js';
import { type Pair, pairRows, toVersionPair } from '../evaluation/pair-rows.js';
import { FIELDS, findFieldRefusal, type Rows, RunSamples, toSamples } from '@noema/judging';
import { countRowSplits } from '../evaluation/splits.js';
import { formatClass, formatSample } from '../format.js';
import * as inputs from '../inputs.js';
import { findOutput } from '../platform/find-output.js';
import { findRun } from '../platform/find-run.js';
import { defineTool } from '../tool.js';

const input = z.strictObject({
  project: inputs.project,
  run: inputs.run,
  baseline: inputs.name('run to compare with, by name or id'),
  output: inputs.output,
  field: z.enum(['correct', 'loss']).default('correct').describe('number of a sample that is compared'),
  where: inputs.where.describe('condition over the samples, as the run evaluates them'),
  cursor: inputs.cursor,
});

type Field = z.output<typeof input>['field'];

export const compare = defineTool({
  name: 'compare',
  title: 'Compare',
  description:
    'Compares two runs after their last epochs: the difference with its interval, sample by sample where ' +
    'both have the same samples, and the samples that broke (correct before, misclassified now) and were fixed.',
  input,
  readsOnly: true,
  async run(context, { project, run: name, baseline, output: asked, field, where }) {
    const { platform, maxRows, signal, cache } = context;
    const run = await findRun(context, { project, run: name });
    const before = await findRun(context, { project, run: baseline });
    const { output, fact } = findOutput(run, asked);
    const current = new RunSamples(platform, run, { output, maxRows, signal, cache });
    const previous = new RunSamples(platform, before, { output, maxRows, signal, cache });
    checkComparable(previous, current, field);
    const isSameData = run.datasetVersionId === before.datasetVersionId;
    const rows = await current.rows(where);
    const { shared, compared } = pairRows(await previous.rows(''), rows, isSameData);
    const facts = { run: named(current, run), baseline: named(previous, before), ...fact, field };
    const none = {
      reason:
        where === ''
          ? 'the runs share no samples with ground truth'
          : sentence`no sample of both meets ${where}`,
      next_step: 'widen where, or compare runs on the same data',
    };
    if (shared === 0 && !isSameData)
      return compareApart(rows, await previous.rows(where), { field, facts, none });
    return {
      facts: {
        ...facts,
        paired: true,
        splits: countRowSplits(compared.map(([, now]) => now)),
        other_ground_truth: shared === compared.length ? undefined : shared - compared.length,
      },
      list: {
        items: comparePairs(compared, field),
        source: [current, previous].map((one) => `${one.run.id}@${one.epoch}`).join(),
        whenEmpty: none,
      },
    };
  },
});

const named = ({ epoch }: RunSamples, { id, displayName }: Run) => ({
  id,
  name: new DataText(displayName),
  epoch,
});

/** Throws `precondition` VERSIONS_NOT_COMPARABLE when the field means another thing in each run, or nothing. */
function checkComparable(before: RunSamples, now: RunSamples, field: Field): void {
  const why = findFieldRefusal(before, now, field);
  if (why !== undefined) throw new DomainError('precondition', 'VERSIONS_NOT_COMPARABLE', why);
}

/** Compares runs that share no sample, as independent samples. */
function compareApart(
  now: Rows,
  before: Rows,
  {
    field,
    facts,
    none,
  }: { readonly field: Field; readonly facts: Answer['facts']; readonly none: Emptiness },
): Answer {
  const [a, b] = [moments(now, field), moments(before, field)];
  const interval =
    field === 'correct' ? newcombeInterval(toProportion(a), toProportion(b)) : welchInterval(a, b);
  const n = Math.min(a.n, b.n);
  return {
    facts: {
      ...facts,
      paired: false,
      splits: countRowSplits(now),
      splits_before: countRowSplits(before),
      now: formatMoments(a, field),
      before: formatMoments(b, field),
      difference: estimate(a.mean - b.mean, n, interval),
    },
    ...(n === 0 && { empty: none }),
  };
}

type Moments = ReturnType<typeof computeMoments>;

const moments = (rows: Rows, field: Field): Moments => computeMoments(toSamples(rows, field).field!.values);

const toProportion = ({ n, mean }: Moments) => ({ successes: Math.round(mean * n || 0), trials: n });

const formatMoments = (one: Moments, field: Field): Estimate =>
  estimate(
    one.mean,
    one.n,
    field === 'correct' ? wilsonInterval(toProportion(one).successes, one.n) : meanInterval(one),
  );

/** The difference of all pairs, then the pairs that changed, the worst ones first. */
function comparePairs(pairs: readonly Pair[], field: Field): Value[] {
  const isCorrect = field === 'correct';
  const metrics = { hasCorrectness: isCorrect, numbers: isCorrect ? [] : [field] };
  const [change] = compareVersions(toVersionPair(pairs, metrics));
  const { n, counts, now, before, difference, pValue } = change!;
  if (n === 0) return [];
  const measured = ({ value, interval }: Measured): Estimate =>
    interval === undefined
      ? withoutInterval(value, n, 'all samples have the same number')
      : estimate(value, n, interval);
  const count = (number = 0): Estimate => exact(number, n);
  const read = FIELDS[field]!;
  const changed = pairs
    .map((pair) => ({ pair, change: (read(pair[1]) ?? NaN) - (read(pair[0]) ?? NaN) }))
    .filter((one) => Number.isFinite(one.change) && (!isCorrect || one.change !== 0))
    .sort((a, b) => (isCorrect ? a.change - b.change : b.change - a.change));
  return [
    {
      summary: 'all samples that both runs evaluate',
      n,
      now: measured(now),
      before: measured(before),
      difference: measured(difference),
      ...(isCorrect
        ? { fixed: count(counts.fixed), broken: count(counts.broken), mcnemar_mid_p: finite(pValue) }
        : { lower: count(counts.lower), higher: count(counts.higher), p_value: finite(pValue) }),
    },
    ...changed.map((one) => formatPair(one, isCorrect)),
  ];
}

const formatPair = (
  { pair: [before, now], change }: { readonly pair: Pair; readonly change: number },
  isCorrect: boolean,
): Value => ({
  row: now.row,
  sample: formatSample(now.sample),
  change: isCorrect ? (change > 0 ? 'fixed' : 'broken') : finite(change),
  truth: formatClass(now.trueClassName, now.trueClass),
  predicted: formatClass(now.predictedClassName, now.predictedClass),
  predicted_before: formatClass(before.predictedClassName, before.predictedClass),
  loss: now.hasLoss ? finite(now.loss) : null,
  loss_before: before.hasLoss ? finite(before.loss) : null,
});
