import type { Run } from '@noema/contracts/noema/training/v1/run';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import {
  bootstrapMeanInterval,
  computeMoments,
  findMetrics,
  findRefusal,
  type Interval,
  mcnemarMidP,
  meanInterval,
  pairedDifferenceInterval,
  welchInterval,
  wilsonInterval,
} from '@noema/evaluation';
import { DomainError } from '@noema/kernel';
import * as z from 'zod';
import type { Answer } from '../answer/answer.js';
import { type Estimate, estimate, exact, finite } from '../answer/estimate.js';
import { DataText, sentence } from '../answer/fence.js';
import { toComparedVersion } from '../evaluation/compared-version.js';
import { RunSamples, toSamples } from '../evaluation/run-samples.js';
import { formatSample } from '../format.js';
import * as inputs from '../inputs.js';
import { findRun } from '../platform/find-run.js';
import { defineTool } from '../tool.js';

/** Above this number of samples Student's interval agrees with resampling. */
const MAX_RESAMPLED = 10_000;

const input = z.strictObject({
  project: inputs.project,
  run: inputs.run,
  baseline: inputs.name('run to compare with, by name or id'),
  field: z.enum(['correct', 'loss']).default('correct').describe('number of a sample that is compared'),
  where: inputs.where.describe('condition over the samples, as the run evaluates them'),
  cursor: inputs.cursor,
});

export const compare = defineTool({
  name: 'compare',
  title: 'Compare',
  description:
    'Compares two runs after their last epochs: the difference with its interval, sample by sample where ' +
    'both have the same data, and the samples that broke (correct before, misclassified now) and were fixed.',
  input,
  readsOnly: true,
  async run(context, { project, run: name, baseline, field, where }) {
    const { platform, maxRows } = context;
    const run = await findRun(context, { project, run: name });
    const before = await findRun(context, { project, run: baseline });
    checkComparable(before, run, field);
    const [current, previous] = [run, before].map((one) => new RunSamples(platform, one, { maxRows }));
    const rows = await current!.rows(where);
    const facts = { run: named(run), baseline: named(before), field };
    const none = {
      reason:
        where === ''
          ? 'the runs share no samples with ground truth'
          : sentence`no sample of both meets ${where}`,
      next_step: 'widen where, or compare runs on the same data',
    };
    if (run.datasetVersionId !== before.datasetVersionId) {
      const [now, then] = [rows, await previous!.rows(where)].map((side) =>
        computeMoments(toSamples(side, field).field!.values),
      );
      const difference = now!.mean - then!.mean;
      const n = Math.min(now!.n, then!.n);
      return {
        facts: {
          ...facts,
          paired: false,
          now: ofMoments(now!, field),
          before: ofMoments(then!, field),
          difference: estimate(difference, n, welchInterval(now!, then!)),
        },
        ...(n === 0 && { empty: none }),
      };
    }
    const byRow = await previous!.byRow();
    const pairs = rows.flatMap((one) => {
      const other = byRow.get(one.row);
      return other === undefined ? [] : [{ now: one, before: other }];
    });
    return { facts: { ...facts, paired: true }, ...comparePairs(pairs, field, none) } satisfies Answer;
  },
});

const named = ({ id, displayName }: Run) => ({ id, name: new DataText(displayName) });

/** Throws `precondition` VERSIONS_NOT_COMPARABLE when the field means another thing in each run, or nothing. */
function checkComparable(before: Run, now: Run, field: Field): void {
  const versions = [before, now].map((run) => toComparedVersion({ run, epoch: run.epochsDone }));
  const [one, other] = [versions[0]!, versions[1]!];
  const { hasCorrectness, numbers, notes } = findMetrics(one, other);
  const why =
    findRefusal(one, other) ??
    (field === 'loss'
      ? numbers.includes('loss')
        ? undefined
        : notes.join('; ')
      : hasCorrectness
        ? undefined
        : 'samples of this task are not correct or misclassified; compare the field loss');
  if (why !== undefined) throw new DomainError('precondition', 'VERSIONS_NOT_COMPARABLE', why);
}

interface Pair {
  readonly now: SampleEvaluation;
  readonly before: SampleEvaluation;
}

type Field = 'correct' | 'loss';

function comparePairs(
  pairs: readonly Pair[],
  field: Field,
  whenEmpty: NonNullable<Answer['empty']>,
): Pick<Answer, 'list'> {
  const values = (side: 'now' | 'before') =>
    toSamples(
      pairs.map((pair) => pair[side]),
      field,
    ).field!.values;
  const [now, before] = [values('now'), values('before')];
  const isKnown = (i: number): boolean => Number.isFinite(now[i]) && Number.isFinite(before[i]);
  const known = pairs.flatMap((pair, i) => (isKnown(i) ? [{ ...pair, change: now[i]! - before[i]! }] : []));
  const sides = [now, before].map((side) => computeMoments(side.filter((_, i) => isKnown(i))));
  const n = known.length;
  const [better, worse] = [
    known.filter(({ change }) => change > 0),
    known.filter(({ change }) => change < 0),
  ];
  const counts = { fixed: better.length, broken: worse.length, n };
  const changes = Float64Array.from(known, ({ change }) => change);
  const moments = computeMoments(changes);
  const interval: Interval =
    field === 'correct'
      ? pairedDifferenceInterval(counts)
      : n > 1 && n <= MAX_RESAMPLED
        ? bootstrapMeanInterval(changes)
        : meanInterval(moments);
  const changed = field === 'correct' ? [...worse, ...better] : known.sort((a, b) => b.change - a.change);
  return {
    list: {
      items: [
        {
          summary: 'all samples of both runs',
          n,
          now: ofMoments(sides[0]!, field),
          before: ofMoments(sides[1]!, field),
          difference: estimate(moments.mean, n, interval),
          ...(field === 'correct' && {
            fixed: exact(counts.fixed, n),
            broken: exact(counts.broken, n),
            mcnemar_mid_p: n === 0 ? null : finite(mcnemarMidP(counts)),
          }),
        },
        ...changed.map(({ now: one, before: other, change }) => ({
          row: one.row,
          sample: formatSample(one.sample),
          change: field === 'correct' ? (change > 0 ? 'fixed' : 'broken') : finite(change),
          truth: one.trueClass < 0 ? undefined : new DataText(one.trueClassName),
          predicted: one.predictedClass < 0 ? undefined : new DataText(one.predictedClassName),
          predicted_before: other.predictedClass < 0 ? undefined : new DataText(other.predictedClassName),
          loss: one.hasLoss ? finite(one.loss) : null,
          loss_before: other.hasLoss ? finite(other.loss) : null,
        })),
      ].filter(() => n > 0),
      whenEmpty,
    },
  };
}

const ofMoments = (moments: ReturnType<typeof computeMoments>, field: Field): Estimate =>
  estimate(
    moments.mean,
    moments.n,
    field === 'correct'
      ? wilsonInterval(Math.round(moments.mean * moments.n || 0), moments.n)
      : meanInterval(moments),
  );
