import { benjaminiYekutieli } from '@noema/evaluation';
import { confidenceAfterSelection } from '../confirm/confidence-after-selection.js';
import { judgeRows, selectRows } from '../confirm/outcomes.js';
import { evaluateMembership } from '../finding/members.js';
import { formatCount } from '../finding/numbers.js';
import { leastMembers } from '../low-performance/search-data.js';
import { describeOverall, sayOverall } from '../overfitting/describe-overall.js';
import { describeSlice } from '../overfitting/describe-slice.js';
import { compareGaps } from '../overfitting/gap.js';
import { isMemorised, removeOverlaps, type Slice } from '../overfitting/memorised.js';
import { compare, compareAll, createScores } from '../overfitting/scores.js';
import { listSlices } from '../overfitting/slices.js';
import { assignFolds, CONFIRM, FIND } from '../population/halves.js';
import type { Population } from '../population/population.js';
import type { InsightKind } from './insight-kind.js';

const MAX_CONFIRMED = 100;

/** Slices that the model knows by heart: good in training, bad on samples that it has not learned from. */
export const overfittingKind: InsightKind = {
  key: 'overfitting',
  title: 'Overfitting',
  summary:
    'Groups that the model knows by heart: good in training, bad on samples that it has not learned from.',
  reference: '',
  parameters: [],
  facts: {},
  version: 4,
  numbers: {
    training: { title: 'In training', unit: 'measure' },
    heldOut: { title: 'On held-out samples', unit: 'measure' },
    trainingMembers: { title: 'Such samples in training', unit: 'count' },
  },
  needs: ['losses', 'training', 'held-out'],
  async search(population, { halves, seed, threads, signal, progress, q }) {
    const scores = createScores(population);
    const rows = selectRows(population, halves, FIND);
    const training = listTraining(population);
    const data = {
      population,
      outcomes: judgeRows(population, rows),
      least: leastMembers(rows.length),
      seed,
      threads,
      signal,
    };
    const slices = rows.length === 0 || training.length === 0 ? [] : await listSlices(data);
    progress(0.5);
    const confirming = selectRows(population, halves, CONFIRM);
    // Training samples are halved, too: a group that is good there by luck would be chosen and confirmed by them.
    const folds = assignFolds(population, 2, seed);
    const [searched, unseen] = [0, 1].map((fold) => training.filter((row) => folds[row] === fold)) as [
      Int32Array,
      Int32Array,
    ];
    const suspects: Slice[] = [];
    for (const [at, membership] of slices.entries()) {
      signal?.throwIfAborted();
      progress(0.5 + (0.4 * at) / slices.length);
      const slice = { membership, mask: evaluateMembership(membership, population) };
      const { inside, outside } = compare(slice.mask, scores, searched, rows);
      if (
        inside.heldOut.n >= data.least &&
        inside.training.n >= data.least &&
        isMemorised(inside, outside, scores)
      )
        suspects.push({ ...slice, strength: compareGaps(inside, outside).pValue });
    }
    const tried = removeOverlaps(suspects, rows).slice(0, MAX_CONFIRMED);
    const measured = tried.map(({ mask }) => compare(mask, scores, unseen, confirming));
    const compared = measured.map(({ inside, outside }) => compareGaps(inside, outside));
    const adjusted = benjaminiYekutieli(compared.map(({ pValue }) => pValue));
    const held = [...tried.keys()].filter((at) => {
      const { inside, outside } = measured[at]!;
      const { interval } = compared[at]!;
      return adjusted[at]! <= q && interval.low > scores.minExcess && isMemorised(inside, outside, scores);
    });
    const confidence = confidenceAfterSelection(held.length, tried.length);
    const confirmed = held.map((at) => {
      const { inside, outside } = measured[at]!;
      const gaps = { inside, outside, ...compareGaps(inside, outside, confidence) };
      return describeSlice(population, scores, { slice: tried[at]!, ...gaps, qValue: adjusted[at]! });
    });
    const overall = compareAll(scores, training, confirming);
    return {
      findings: [...describeOverall(scores, overall), ...confirmed],
      tried: tried.length,
      remarks: [`${formatCount(slices.length)} groups were compared. ${sayOverall(overall, scores)}`],
    };
  },
};

function listTraining(population: Population): Int32Array {
  const training = population.splits.indexOf('training');
  return selectRows(
    population,
    Uint8Array.from(population.splitCodes, (code) => Number(code === training)),
    1,
  );
}
