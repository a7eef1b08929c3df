import type { Comparer } from './comparer.js';
import { mixBits } from '../../mix-bits.js';
import { hashCell, SKETCH_WIDTH, sketchItems } from './item-sketch.js';

const SHINGLE = 5;
/** Share of tokens that a planted copy changes, and the largest share that it cuts off. */
const [CHANGED, CUT] = [0.02, 0.12];

/** Shorter texts than this share of the longer one are parts of it, not copies. */
const MIN_LENGTH = 0.75;

/** A text by the hashes of its sequences of five tokens, in their order; a shorter text is one sequence. */
export interface Sequences {
  readonly length: number;
  readonly hashes: Int32Array;
  readonly set: ReadonlySet<number>;
}

/** Texts as tokens, with 0 after the end: the share of tokens in sequences of five that both texts have. */
export function textComparer(shape: readonly number[]): Comparer<Sequences> | string {
  if (shape.length > 2 || (shape.length === 2 && shape[1] !== 1))
    return `Texts of the shape [${shape.join(', ')}] are no rows of tokens.`;
  return {
    views: ['itself'],
    width: SKETCH_WIDTH,
    trees: 40,
    similarity: 'share of tokens in equal sequences of five',
    copies: 'a copy loses up to 12% at one end and has 2% of its tokens changed',
    prepare: (input) => findSequences(trimPadding(input)),
    describe: (sample, _, into) => {
      sketchItems(sample.set, into);
    },
    compare: measureOverlap,
    plant(input, random) {
      const tokens = trimPadding(input);
      const cut = Math.floor(tokens.length * CUT * random());
      const kept = random() < 0.5 ? tokens.slice(cut) : tokens.slice(0, tokens.length - cut);
      for (let i = 0; i < kept.length; i++)
        if (random() < CHANGED) kept[i] = tokens[Math.floor(random() * tokens.length)]!;
      const copy = new Float32Array(input.length);
      copy.set(kept);
      return copy;
    },
  };
}

/** Returns the tokens between the zeros at both ends. */
function trimPadding(input: Float32Array): Float32Array {
  let [start, end] = [0, input.length];
  while (start < end && input[start] === 0) start++;
  while (end > start && input[end - 1] === 0) end--;
  return input.subarray(start, end);
}

export function findSequences(tokens: Float32Array): Sequences {
  const size = Math.min(SHINGLE, tokens.length);
  const count = size === 0 ? 0 : tokens.length - size + 1;
  const hashes = new Int32Array(count).map((_, start) => {
    let h = 0;
    for (let i = 0; i < size; i++) h = mixBits(h ^ hashCell(i, tokens[start + i]!));
    return h;
  });
  return { length: tokens.length, hashes, set: new Set(hashes) };
}

/**
 * Share of the tokens of the shorter text that lie in sequences of the other one, so that a text that lost its end is
 * still a copy; of the longer text if the shorter one is much shorter. 0 for two empty texts, which share nothing.
 */
export function measureOverlap(a: Sequences, b: Sequences): number {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short.length === 0) return 0;
  if (short.length < MIN_LENGTH * long.length) return countCovered(long, short) / long.length;
  // Of two texts of one length, each may be the copy.
  const covered = countCovered(short, long);
  return (short.length < long.length ? covered : Math.max(covered, countCovered(long, short))) / short.length;
}

/** Number of tokens of a text in sequences of another one. */
function countCovered({ hashes, length }: Sequences, { set }: Sequences): number {
  const size = length - hashes.length + 1;
  let [covered, end] = [0, 0];
  hashes.forEach((hash, start) => {
    if (!set.has(hash)) return;
    covered += start + size - Math.max(start, end);
    end = start + size;
  });
  return covered;
}
