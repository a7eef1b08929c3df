import { permutation, seededRandom } from '@noema/kernel/random';
import { CONFIRM, FIND } from '../population/halves.js';
import type { Population } from '../population/population.js';

/** Rows with a label and a prediction that a search for shortcuts reads, and the positions of each part among them. */
export interface StudyRows {
  readonly rows: Int32Array;
  /** A third of the training rows chooses thresholds, a third selects strong ties, and the last third gives numbers. */
  readonly choose: Int32Array;
  readonly select: Int32Array;
  readonly training: Int32Array;
  readonly find: Int32Array;
  readonly confirm: Int32Array;
  /** Number of rows that belong to a part, of which `rows` are a sample. */
  readonly available: number;
}

const MAX_ROWS = 3000;

/** Draws at most 3,000 rows of each part. */
export function drawStudyRows(population: Population, halves: Uint8Array, seed: number): StudyRows {
  const { n, labels, predicted, splits, splitCodes } = population;
  const code = splits.indexOf('training');
  const parts: number[][] = [[], [], [], [], []];
  for (let row = 0, next = 0; row < n; row++) {
    if (labels![row]! < 0 || predicted![row]! < 0) continue;
    if (splitCodes[row] === code) parts[next++ % 3]!.push(row);
    else if (halves[row] === FIND) parts[3]!.push(row);
    else if (halves[row] === CONFIRM) parts[4]!.push(row);
  }
  const random = seededRandom(seed, 0x73686f72);
  const drawn = parts.map((rows) =>
    rows.length <= MAX_ROWS
      ? rows
      : Array.from(permutation(rows.length, random).subarray(0, MAX_ROWS).sort(), (at) => rows[at]!),
  );
  let offset = 0;
  const [choose, select, training, find, confirm] = drawn.map((rows) => {
    const positions = Int32Array.from(rows, (_, at) => offset + at);
    offset += rows.length;
    return positions;
  });
  return {
    rows: Int32Array.from(drawn.flat()),
    choose: choose!,
    select: select!,
    training: training!,
    find: find!,
    confirm: confirm!,
    available: parts.reduce((sum, rows) => sum + rows.length, 0),
  };
}
