import { type Candidate, measureStrength } from '../confirm/candidate.js';
import type { Verdict } from '../confirm/confirm-suspects.js';
import type { Outcomes } from '../confirm/outcomes.js';
import { type Confirmation, searchAndConfirm } from '../confirm/search-and-confirm.js';
import type { Finding } from '../finding/finding.js';
import { evaluateMembership } from '../finding/members.js';
import { describeMembership, formatShare, shorten } from '../finding/words.js';
import { searchMetadata, searchUnits } from '../low-performance/conditions.js';
import { searchConfusions } from '../low-performance/confusion.js';
import { searchMixture } from '../low-performance/mixture.js';
import { leastMembers, type SearchData } from '../low-performance/search-data.js';
import { searchTrees } from '../low-performance/tree.js';
import { selectHeldOut } from '../population/held-out.js';
import type { Population } from '../population/population.js';
import type { InsightKind, SearchContext } from './insight-kind.js';

const FINDERS = [searchMetadata, searchConfusions, searchMixture, searchTrees, searchUnits] as const;
/** Of each finder. */
const MAX_CANDIDATES = 100;

/** Groups of samples on which the model does worse than on the others. */
export const lowPerformanceKind: InsightKind = {
  key: 'low-performance',
  title: 'Low performance',
  summary: 'Groups of samples on which the model does worse than on the others.',
  reference: 'Eyuboglu et al., Domino, ICLR 2022; Sagadeeva & Boehm, SliceLine, SIGMOD 2021',
  parameters: [],
  facts: {},
  version: 1,
  needs: ['losses'],
  async search(population, context) {
    const { verdicts, tried, remarks } = await findWeakGroups(population, context);
    return { findings: verdicts.map((verdict) => describe(verdict, population)), tried, remarks };
  },
};

/** Returns the groups with a high loss; kinds of one run share them. */
export const findWeakGroups = (population: Population, context: SearchContext): Promise<Confirmation> =>
  context.share('weak groups', () =>
    searchAndConfirm(population, context, (outcomes) => searchCandidates(population, context, outcomes)),
  );

async function searchCandidates(
  population: Population,
  { seed, threads, signal, progress }: SearchContext,
  outcomes: Outcomes,
): Promise<Candidate[]> {
  const least = leastMembers(outcomes.rows.length);
  const data: SearchData = { population, outcomes, least, seed, threads, signal };
  const found: Candidate[] = [];
  for (const [at, search] of FINDERS.entries()) {
    signal?.throwIfAborted();
    found.push(...selectStrongest(await search(data), outcomes));
    progress((at + 1) / (FINDERS.length + 1));
  }
  return found;
}

function selectStrongest(candidates: readonly Candidate[], outcomes: Outcomes): Candidate[] {
  const strengths = new Map(candidates.map((one) => [one, measureStrength(one.found, outcomes)]));
  return candidates.toSorted((a, b) => strengths.get(b)! - strengths.get(a)!).slice(0, MAX_CANDIDATES);
}

function describe(verdict: Verdict, population: Population): Finding {
  const { suspect, state, measure, effect, lossInterval, limit, pValue, qValue, severity } = verdict;
  const { rows: heldOut } = selectHeldOut(population);
  const losses = population.losses!;
  const inside = evaluateMembership(suspect.membership, population);
  const members: number[] = [];
  const training: number[] = [];
  inside.forEach((is, row) => {
    if (is === 1 && Number.isFinite(losses[row])) (heldOut[row] === 1 ? members : training).push(row);
  });
  members.sort((a, b) => losses[b]! - losses[a]! || a - b);
  const n = measure.insideCount + measure.outsideCount;
  return {
    subkind: suspect.finder,
    state,
    sentence:
      `${describeMembership(suspect.membership, population)}: ${measure.insideCount} of ${n} samples, ` +
      `${compare(verdict)}; ${formatShare(severity.share)} of all loss.`,
    membership: suspect.membership,
    members: Int32Array.from(members),
    scores: Float32Array.from(members, (row) => losses[row]!),
    effect,
    pValue,
    qValue,
    severity,
    explanations: [],
    numbers: {
      lossInside: measure.lossInside,
      lossOutside: measure.lossOutside,
      lossLimit: limit,
      lossDifferenceLow: lossInterval.low,
      lossDifferenceHigh: lossInterval.high,
      ...describeTraining(training, { losses, members: members.length }),
    },
    tables: {},
    remarks: ['Losses above the 99.5 % quantile count as this quantile.'],
  };
}

const compare = ({ measure, effect }: Verdict): string =>
  measure.wrong
    ? `${formatShare(1 - effect.inside)} right where the rest has ${formatShare(1 - effect.outside)}`
    : `mean loss ${shorten(effect.inside)} where the rest has ${shorten(effect.outside)}`;

/** The members that the model has learned from: whether more of them, or more epochs, are missing. */
function describeTraining(
  training: readonly number[],
  { losses, members }: { readonly losses: Float32Array; readonly members: number },
): Record<string, number> {
  if (training.length === 0) return { trainingMembers: 0 };
  const mean = training.reduce((sum, row) => sum + losses[row]!, 0) / training.length;
  return {
    trainingMembers: training.length,
    trainingShare: training.length / (training.length + members),
    trainingLoss: mean,
  };
}
