import { formatCount } from '../finding/numbers.js';
import type { SearchContext } from '../kinds/insight-kind.js';
import { assignFolds, CONFIRM, FIND, NEITHER } from '../population/halves.js';
import type { Population } from '../population/population.js';
import { type Candidate, selectSuspects } from './candidate.js';
import { confirmSuspects, type Verdict } from './confirm-suspects.js';
import { crossFit, FOLDS } from './cross-fit.js';
import { judgeRows, type Outcomes, selectRows } from './outcomes.js';
import { rankVerdicts } from './rank-verdicts.js';

/** The result of a search for groups: the confirmed ones, and the number of tests. */
export interface Confirmation {
  /** Each adds most to those before; hints are at the end. */
  readonly verdicts: readonly Verdict[];
  readonly tried: number;
  readonly remarks: readonly string[];
}

/** A smaller confirming half is too small to confirm; the samples are cross-fitted. */
const MIN_HALF = 60;
/** Fewer samples cannot be cross-fitted. */
const MIN_SAMPLES = 20;
const MAX_TESTED = 50;

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
    const all = judgeRows(
      population,
      selectRows(
        population,
        held.map((fold) => Math.min(1, fold)),
        1,
      ),
    );
    return {
      verdicts: rankVerdicts(population, verdicts, all),
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
  const ranked = rankVerdicts(population, verdicts, judgeRows(population, confirm));
  return { verdicts: ranked, tried: suspects.length, remarks: [] };
}
