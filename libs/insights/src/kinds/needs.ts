import { namesOneClass, type Task } from '@noema/kernel';
import type { Population } from '../population/population.js';
import type { InsightKind, Need } from './insight-kind.js';

const hasSplit = ({ splits, splitCodes }: Population, wanted: (split: string) => boolean): boolean =>
  splits.some((split, code) => wanted(split) && splitCodes.includes(code));

const NEEDS: Readonly<Record<Need, { readonly title: string; readonly has: (p: Population) => boolean }>> = {
  labels: { title: 'labels', has: ({ labels }) => labels?.some((label) => label >= 0) ?? false },
  losses: { title: 'losses', has: ({ losses }) => losses?.some((loss) => !Number.isNaN(loss)) ?? false },
  predicted: { title: 'predicted classes', has: ({ predicted }) => predicted !== undefined },
  probabilities: {
    title: 'probabilities of classes',
    has: ({ probabilities }) => probabilities !== undefined,
  },
  history: { title: 'evaluations of at least two epochs', has: ({ history }) => history.length > 1 },
  spaces: { title: 'perception vectors', has: ({ spaces }) => spaces.length > 0 },
  neighbors: { title: 'neighbors', has: ({ neighbors }) => neighbors !== undefined },
  units: { title: 'responses of units', has: ({ units }) => units !== undefined },
  metadata: { title: 'metadata', has: ({ metadata }) => metadata.length > 0 },
  inputs: { title: 'inputs of the samples', has: ({ inputs }) => inputs !== undefined },
  training: { title: 'training samples', has: (p) => hasSplit(p, (split) => split === 'training') },
  'held-out': {
    title: 'samples outside of training',
    has: (p) => hasSplit(p, (split) => split !== 'training'),
  },
};

/** Needs that only a task with one class for each sample meets. */
const OF_CLASSES: ReadonlySet<Need> = new Set<Need>(['labels', 'predicted', 'probabilities']);

/** Predictions of the tasks without one class for each sample, for people. */
const PREDICTS: Readonly<Record<Exclude<Task, 'multi-class' | 'binary'>, string>> = {
  regression: 'numbers (regression)',
  'multi-label': 'several classes for one sample (multi-label)',
  'per-pixel': 'a class for each pixel or word',
  detection: 'boxes of objects (detection)',
};

/** Returns why a kind cannot search a population, as a sentence; undefined if it can. */
export function explainSkip(
  { needs, readsNoOutput }: Pick<InsightKind, 'needs' | 'readsNoOutput'>,
  population: Population,
): string | undefined {
  if (readsNoOutput && population.isOfFurtherOutput)
    return 'The kind reads no output; a search of the first output lists what it finds.';
  const reason = explainMissing(needs, population, 'the kind');
  return reason && reason[0]!.toUpperCase() + reason.slice(1);
}

/**
 * Returns why something that has needs cannot be done, as a sentence that begins with a small letter; undefined if it
 * can.
 */
export function explainMissing(
  needs: readonly Need[],
  population: Population,
  subject: string,
): string | undefined {
  const missing = findMissing(needs, population);
  if (missing.length === 0) return undefined;
  const { task } = population;
  const isOfClasses = needs.some((need) => OF_CLASSES.has(need) && !NEEDS[need].has(population));
  return isOfClasses && task !== undefined && !namesOneClass(task)
    ? `${subject} needs one class for each sample; the model predicts ${PREDICTS[task]}.`
    : `the data have no ${missing.join(' and no ')}.`;
}

/** Returns the names for people of what a population lacks. */
const findMissing = (needs: readonly Need[], population: Population): string[] =>
  needs.filter((need) => !NEEDS[need].has(population)).map((need) => NEEDS[need].title);
