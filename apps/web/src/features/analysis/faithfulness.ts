import type { Faithfulness } from '@noema/contracts/noema/explanations/v1/heat_map';
import { digits } from '../../parts/numbers.js';

/** One side of the score: the result of the map, next to random masks. */
export interface FaithfulnessPart {
  readonly name: 'deletion' | 'insertion';
  readonly own: number;
  readonly random: number;
  /** Result of the edges of the input; undefined for an analysis that did not compare. */
  readonly edges: number | undefined;
  readonly good: boolean;
  /** The meaning, in one sentence with both numbers. */
  readonly sentence: string;
}

/** Differences below this are no differences. */
const MARGIN = 0.01;

/**
 * Both sides of the deletion and insertion score, in words; `score` is what is watched, such as `the
 * probability of 9`.
 */
export function faithfulnessParts(
  {
    deletion,
    insertion,
    randomDeletion,
    randomInsertion,
    edgeDeletion,
    edgeInsertion,
    deletionSpread,
    insertionSpread,
    deletionBeatsRandom: falls,
    insertionBeatsRandom: rises,
  }: Faithfulness,
  score: string,
): readonly [FaithfulnessPart, FaithfulnessPart] {
  return [
    {
      name: 'deletion',
      own: deletion,
      random: randomDeletion,
      edges: edgeDeletion,
      good: falls,
      sentence:
        `Removing what is hot lowers ${score} ${falls ? 'faster than' : 'no faster than'} random: ` +
        `${scoreText(deletion)}${spread(deletionSpread)} against ${scoreText(randomDeletion)}.`,
    },
    {
      name: 'insertion',
      own: insertion,
      random: randomInsertion,
      edges: edgeInsertion,
      good: rises,
      sentence:
        `Putting in what is hot first raises ${score} ${rises ? 'faster than' : 'no faster than'} random: ` +
        `${scoreText(insertion)}${spread(insertionSpread)} against ${scoreText(randomInsertion)}.`,
    },
  ];
}

/** How far the map may be believed. */
export function faithfulnessVerdict(parts: readonly FaithfulnessPart[]): {
  readonly label: string;
  readonly color: 'teal' | 'orange' | 'red';
} {
  const good = parts.filter((part) => part.good).length;
  if (good === parts.length) return { label: 'better than random', color: 'teal' };
  return good === 0
    ? { label: 'no better than random', color: 'red' }
    : { label: 'better than random in one of two', color: 'orange' };
}

/**
 * Whether the map is better than the edges of the input, which know nothing of the model; undefined for an
 * analysis that did not compare.
 */
export function edgesSentence({
  deletion,
  insertion,
  edgeDeletion,
  edgeInsertion,
}: Faithfulness): string | undefined {
  if (edgeDeletion === undefined || edgeInsertion === undefined) return undefined;
  const better = edgeDeletion - deletion + insertion - edgeInsertion > MARGIN;
  return (
    `${better ? 'Better' : 'No better'} than the edges of the input alone: deletion ` +
    `${scoreText(edgeDeletion)}, insertion ${scoreText(edgeInsertion)} with edges.`
  );
}

/** Shares of the score that integrated gradients may leave out before they are called incomplete. */
const MAX_GAP = 0.05;

/**
 * Of integrated gradients: how much of the difference in score the map accounts for, and whether that is
 * enough; undefined for other algorithms.
 */
export function completenessSentence({
  completenessGap,
}: {
  readonly completenessGap?: number | undefined;
}): { readonly text: string; readonly isComplete: boolean } | undefined {
  if (completenessGap === undefined) return undefined;
  const isComplete = completenessGap <= MAX_GAP;
  const gap = `${completenessGap > 0 && completenessGap < 0.001 ? '< 0.1' : (100 * completenessGap).toFixed(1)}%`;
  const text =
    'The map adds up to the difference in score between this input and an empty one with an error of ' +
    `${gap}`;
  return { text: `${text}${isComplete ? '.' : ': too much to take its amounts literally.'}`, isComplete };
}

/** How far the order of equally hot places moves a score; nothing where it does not. */
const spread = (value: number | undefined): string =>
  value === undefined || value < 0.0005 ? '' : ` ± ${value.toPrecision(1)}`;

/** A score with two digits that matter, wherever it is shown. */
export const scoreText = (score: number): string => digits(score, 2);
