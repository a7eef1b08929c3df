import type { KindReport } from '../finding/finding.js';
import { assignFolds, CONFIRM, FIND } from '../population/halves.js';
import type { Population } from '../population/population.js';
import { listCells } from '../representation/cells.js';
import { describeMismatch } from '../representation/describe-mismatch.js';
import { findMismatches } from '../representation/shares.js';
import type { InsightKind, SearchContext } from './insight-kind.js';

/** Groups with another share of training than of held-out samples, and how many samples would change that. */
export const representationKind: InsightKind = {
  key: 'representation',
  title: 'Over- and under-represented',
  summary: 'Groups with another share of training than of the other samples, and how many to add or remove.',
  reference: 'Tae & Whang, Slice Tuner, SIGMOD 2021, with similar samples in place of retraining',
  parameters: [],
  facts: {},
  version: 5,
  numbers: {
    training: { title: 'Such samples in training', unit: 'count' },
    heldOut: { title: 'Such held-out samples', unit: 'count' },
    addForShare: { title: 'To add for an equal share', unit: 'count' },
    addForShareLow: { title: 'For an equal share, from', unit: 'count' },
    addForShareHigh: { title: 'For an equal share, to', unit: 'count' },
    exponent: { title: 'Exponent of the learning curve', unit: 'value' },
    add: { title: 'To add for a mean loss', unit: 'count' },
    addLow: { title: 'For a mean loss, from', unit: 'count' },
    addHigh: { title: 'For a mean loss, to', unit: 'count' },
  },
  needs: ['training', 'held-out'],
  search,
};

async function search(population: Population, context: SearchContext): Promise<KindReport> {
  const { halves, seed, q, signal, progress } = context;
  const { n, splits, splitCodes } = population;
  const code = splits.indexOf('training');
  const rows = Int32Array.from({ length: n }, (_, row) => row);
  const training = rows.filter((row) => splitCodes[row] === code);
  const [find, heldOut] = [FIND, CONFIRM].map((half) =>
    rows.filter((row) => halves[row] === half && splitCodes[row] !== code),
  ) as [Int32Array, Int32Array];
  const folds = assignFolds(population, 2, seed);
  const [searched, unseen] = [0, 1].map((fold) => training.filter((row) => folds[row] === fold)) as [
    Int32Array,
    Int32Array,
  ];
  if ([find, heldOut, searched, unseen].some(({ length }) => length === 0))
    return { findings: [], tried: 0, remarks: ['There are too few samples in training, or outside of it.'] };
  const cells = listCells(population, { training: searched, heldOut: find, seed });
  progress(0.4);
  const { found, tried } = findMismatches(
    population,
    cells,
    { find: { training: searched, heldOut: find }, confirm: { training: unseen, heldOut } },
    q,
  );
  signal?.throwIfAborted();
  progress(0.9);
  return {
    findings: found.map((mismatch) => describeMismatch(mismatch, { population, heldOut, training, seed })),
    tried,
    remarks: population.spaces.length > 0 ? [] : ['Without perception vectors, no regions are searched.'],
  };
}
