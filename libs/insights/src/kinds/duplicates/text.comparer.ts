import type { Comparer } from './comparer.js';
import { mixBits } from '../../mix-bits.js';
import { hashCell, SKETCH_WIDTH, sketchItems } from './item-sketch.js';

const SHINGLE = 5;
/** Share of tokens that a planted copy changes, and the largest share that it cuts off. */
const [CHANGED, CUT] = [0.02, 0.12];

type Shingles = ReadonlySet<number>;

/** Texts as tokens, with 0 after the end: the Jaccard similarity of their sets of five successive tokens. */
export function textComparer(shape: readonly number[]): Comparer<Shingles> | string {
  if (shape.length > 2 || (shape.length === 2 && shape[1] !== 1))
    return `Texts of the shape [${shape.join(', ')}] are no rows of tokens.`;
  return {
    views: ['itself'],
    width: SKETCH_WIDTH,
    trees: 40,
    similarity: 'share of equal sequences of five tokens',
    copies: 'a copy loses up to 12% at one end and has 2% of its tokens changed',
    prepare: (input) => findShingles(trimPadding(input)),
    describe: (sample, _, into) => {
      sketchItems(sample, into);
    },
    compare: jaccard,
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

/** Returns hashes of all sequences of five tokens; a shorter text is one sequence. */
export function findShingles(tokens: Float32Array): Shingles {
  const size = Math.min(SHINGLE, tokens.length);
  const shingles = new Set<number>();
  for (let start = 0; size > 0 && start + size <= tokens.length; start++) {
    let h = 0;
    for (let i = 0; i < size; i++) h = mixBits(h ^ hashCell(i, tokens[start + i]!));
    shingles.add(h);
  }
  return shingles;
}

/** |∩| / |∪|; 0 for two empty sets, which have nothing in common. */
export function jaccard(a: Shingles, b: Shingles): number {
  let both = 0;
  for (const one of a) if (b.has(one)) both++;
  const all = a.size + b.size - both;
  return all === 0 ? 0 : both / all;
}
