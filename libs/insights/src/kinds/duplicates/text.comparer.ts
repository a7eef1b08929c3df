import type { Comparer } from './comparer.js';
import { mixBits } from '../../mix-bits.js';
import { hashCell, SKETCH_WIDTH, sketchItems } from './item-sketch.js';

const SHINGLE = 5;
/** Largest share of tokens that a planted copy changes, and that it cuts off. */
const [CHANGED, CUT] = [0.05, 0.12];

/** Shorter texts than this share of the longer one are parts of it, not copies. */
const MIN_LENGTH = 0.75;

/** A text by the hashes of its sequences of five tokens, in their order; a shorter text is one sequence. */
export interface Sequences {
  readonly tokens: Float32Array;
  readonly hashes: Int32Array;
  /** Where each sequence starts first. */
  readonly places: ReadonlyMap<number, number>;
}

/** Texts as tokens, with 0 after the end: the share of tokens in places that common sequences of five align. */
export function textComparer(shape: readonly number[]): Comparer<Sequences> | string {
  if (shape.length > 2 || (shape.length === 2 && shape[1] !== 1))
    return `Texts of the shape [${shape.join(', ')}] are no rows of tokens.`;
  return {
    views: ['itself'],
    viewKinds: [0],
    width: SKETCH_WIDTH,
    trees: 40,
    similarity: 'share of equal tokens in places that sequences of five align',
    copies: 'a copy loses up to 12% at one end, or up to 5% of its tokens are changed',
    prepare: (input) => findSequences(trimPadding(input)),
    describe: (sample, _, into) => {
      sketchItems(sample.places.keys(), into);
    },
    compare: measureOverlap,
    plant(input, random) {
      const tokens = trimPadding(input);
      const cut = Math.ceil(tokens.length * CUT * random());
      const choice = Math.floor(3 * random());
      const kept = [tokens.slice(cut), tokens.slice(0, tokens.length - cut), tokens.slice()][choice]!;
      // One token at least is changed.
      const changes = choice < 2 ? 0 : Math.ceil(tokens.length * CHANGED * random());
      for (let change = 0; change < changes; change++)
        kept[Math.floor(random() * kept.length)] = tokens[Math.floor(random() * tokens.length)]!;
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
  const places = new Map<number, number>();
  hashes.forEach((hash, start) => {
    if (!places.has(hash)) places.set(hash, start);
  });
  return { tokens, hashes, places };
}

/**
 * Share of the tokens of the shorter text that the other one has too, so that a text that lost its end is still a copy;
 * of the longer text if the shorter one is much shorter. 0 for two empty texts, which share nothing.
 */
export function measureOverlap(a: Sequences, b: Sequences): number {
  const [short, long] = a.tokens.length < b.tokens.length ? [a, b] : [b, a];
  const [least, most] = [short.tokens.length, long.tokens.length];
  if (least === 0) return 0;
  if (least < MIN_LENGTH * most) return countShared(long, short) / most;
  // Of two texts of one length, each may be the copy.
  const shared = countShared(short, long);
  return (least < most ? shared : Math.max(shared, countShared(long, short))) / least;
}

/**
 * Number of tokens of a text that another one has at the place which the nearest common sequence on either side gives
 * them: a changed token breaks five sequences, but its neighbours keep their places.
 */
function countShared({ tokens, hashes }: Sequences, other: Sequences): number {
  const shift = new Int32Array(tokens.length).fill(UNKNOWN);
  const isShared = new Uint8Array(tokens.length);
  const size = tokens.length - hashes.length + 1;
  hashes.forEach((hash, start) => {
    const place = other.places.get(hash);
    if (place === undefined) return;
    shift.fill(place - start, start, start + size);
    isShared.fill(1, start, start + size);
  });
  const extend = (at: number, known: number): number => {
    if (shift[at] !== UNKNOWN) return shift[at]!;
    if (known !== UNKNOWN && tokens[at] === other.tokens[at + known]) isShared[at] = 1;
    return known;
  };
  for (let at = 0, known = UNKNOWN; at < tokens.length; at++) known = extend(at, known);
  for (let at = tokens.length - 1, known = UNKNOWN; at >= 0; at--) known = extend(at, known);
  return isShared.reduce((sum, one) => sum + one, 0);
}

/** No sequence in common on that side. */
const UNKNOWN = -(2 ** 31);
