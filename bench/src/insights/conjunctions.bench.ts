import { findConjunctions, toBitSet } from '@noema/insights';
import { seededRandom } from '@noema/kernel';
import { judgeValue } from './figures.js';
import type { BenchRow, InsightBench } from './insight.bench.js';
import {
  findBySliceline,
  type SliceOptions,
  type SliceScores,
  type SliceTable,
} from './slices/sliceline.peer.js';

/** Rows, and features of ten values each. */
const SIZES: readonly (readonly [n: number, features: number])[] = [
  [10_000, 20],
  [50_000, 20],
];
const [VALUES, MOST, LEVELS] = [10, 10, 3];
/** Ours is fast, so that one run is shorter than the clock of the processor counts well. */
const RUNS = 5;
const FASTER = 10;

/** The conjunctions of metadata with the highest scores, by ours and by SliceLine on the same table. */
export const conjunctionsBench: InsightBench = {
  key: 'conjunctions',
  title: 'Conjunctions of metadata: SliceLine as a peer',
  run(print, { quick, seed }) {
    const rows: BenchRow[] = [];
    for (const [n, features] of quick ? SIZES.slice(0, 1) : SIZES) {
      const table = createTable(n, features, seed);
      const options = { most: MOST, levels: LEVELS, least: n / 100 };
      const ours = findByOurs(table, options);
      const peer = findBySliceline(table, options, print);
      const size = `${n} rows × ${features} features`;
      print(`${size}: ours ${ours.seconds.toFixed(2)} s, SliceLine ${peer.seconds.toFixed(2)} s`);
      rows.push(
        judgeValue(`${size}: processor seconds of ours`, ours.seconds, 's'),
        judgeValue(`${size}: processor seconds of SliceLine`, peer.seconds, 's'),
        judgeValue(`${size}: times as fast as SliceLine`, peer.seconds / ours.seconds, '', {
          atLeast: FASTER,
        }),
        judgeValue(`${size}: largest difference of the ten highest scores`, compareScores(ours, peer), '', {
          atMost: 1e-9,
        }),
      );
    }
    return Promise.resolve(rows);
  },
};

/** Errors of 0 and 1, with a higher rate in three conjunctions of one to three values. */
function createTable(n: number, features: number, seed: number): SliceTable {
  const random = seededRandom(seed, 14);
  const values = Int32Array.from({ length: n * features }, () => 1 + Math.floor(VALUES * random()));
  const errors = Float64Array.from({ length: n }, (_, row) => {
    const [a, b, c] = values.subarray(row * features, row * features + 3);
    const rate = 0.1 + 0.1 * Number(a === 3) + 0.3 * Number(a === 1 && b === 2) + 0.2 * Number(c === 5);
    return Number(random() < rate);
  });
  return { n, features, values, errors };
}

function findByOurs({ n, features, values, errors }: SliceTable, options: SliceOptions): SliceScores {
  const started = process.cpuUsage();
  let scores: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const predicates = Array.from({ length: features * VALUES }, (_, at) => {
      const [feature, value] = [Math.floor(at / VALUES), 1 + (at % VALUES)];
      const rows: number[] = [];
      for (let row = 0; row < n; row++) if (values[row * features + feature] === value) rows.push(row);
      return { feature, bits: toBitSet(rows, n) };
    });
    scores = findConjunctions(predicates, errors, options).map(({ score }) => score);
  }
  const { user, system } = process.cpuUsage(started);
  return { scores, seconds: (user + system) / 1e6 / RUNS };
}

function compareScores({ scores: a }: SliceScores, { scores: b }: SliceScores): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((most, score, at) => Math.max(most, Math.abs(score - b[at]!)), 0);
}
