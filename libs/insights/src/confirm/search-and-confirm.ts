import { formatCount } from '../finding/numbers.js';
import type { SearchContext } from '../kinds/insight-kind.js';
import { assignFolds, CONFIRM, FIND, NEITHER } from '../population/halves.js';
import type { Population } from '../population/population.js';
import { type Candidate, selectSuspects } from './candidate.js';
import { confirmSuspects, type Verdict } from './confirm-suspects.js';
import { crossFit, FOLDS } from './cross-fit.js';
import { judgeRows, type Outcomes, selectRows } from './outcomes.js';

/** The result of a search for groups: the confirmed ones, and the number of tests. */
export interface Confirmation {
  /** The clearest first. */
  readonly verdicts: readonly Verdict[];
  readonly tried: number;
  readonly remarks: readonly string[];
}

/** A smaller confirming half is too small to confirm; the samples are cross-fitted. */
const MIN_HALF = 60;
/** Fewer samples cannot be cross-fitted. */
const MIN_SAMPLES = 20;
const MAX_TESTED = 50;
const MAX_HINTS = 10;

/** Searches groups with a high loss on the finding half, and tests them on the confirming half. */
export async function searchAndConfirm(
  population: Population,
  { halves, q, seed }: Pick<SearchContext, 'halves' | 'q' | 'seed'>,
  search: (outcomes: Outcomes) => Promise<Candidate[]>,
): Promise<Confirmation> {
  const [find, confirm] = [FIND, CONFIRM].map((half) => selectRows(population, halves, half)) as [
    Int32Array,
    Int32Array,
  ];
  const n = find.length + confirm.length;
  if (n < MIN_SAMPLES)
    return {
      verdicts: [],
      tried: 0,
      remarks: [`${formatCount(n)} samples have a loss and can be searched; ${MIN_SAMPLES} are the least.`],
    };
  if (confirm.length < MIN_HALF || find.length < MIN_HALF) {
    const marks = assignFolds(population, FOLDS, seed);
    const held = halves.map((half, row) => (half === NEITHER ? 0 : marks[row]! + 1));
    const folds = Array.from({ length: FOLDS }, (_, fold) => selectRows(population, held, fold + 1));
    const { verdicts, tried } = await crossFit(population, folds, { q, seed, search });
    return {
      verdicts: rank(verdicts),
      tried,
      remarks: [
        `${formatCount(n)} samples are few: five searches confirm each other, each on its fifth of the ` +
          `samples.`,
      ],
    };
  }
  const outcomes = judgeRows(population, find);
  const suspects = selectSuspects(await search(outcomes), outcomes, MAX_TESTED);
  const verdicts = confirmSuspects(population, suspects, { rows: confirm, q, seed });
  return { verdicts: rank(verdicts), tried: suspects.length, remarks: [] };
}

/**
 * Confirmed groups, the clearest first: the lower bound of the excess loss times √members, as a large group is a little
 * worse by what its worst part contributes, less by the samples of other classes that share its region. Then hints by
 * chance.
 */
function rank(verdicts: readonly Verdict[]): Verdict[] {
  const confirmed = verdicts.filter(({ state }) => state === 'confirmed');
  const hints = verdicts.filter(({ state }) => state === 'hint');
  return [
    ...confirmed.toSorted((a, b) => measureClarity(b) - measureClarity(a) || a.pValue - b.pValue),
    ...hints.toSorted((a, b) => a.pValue - b.pValue).slice(0, MAX_HINTS),
  ];
}

const measureClarity = ({ suspect, measure }: Verdict): number =>
  measure.excess * Math.sqrt(measure.insideCount * suspect.purity);
