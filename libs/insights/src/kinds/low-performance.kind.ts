import { type Candidate, measureStrength } from '../confirm/candidate.js';
import type { Verdict } from '../confirm/confirm-suspects.js';
import type { Outcomes } from '../confirm/outcomes.js';
import { type Confirmation, searchAndConfirm } from '../confirm/search-and-confirm.js';
import { Explainer } from '../explain/explain-members.js';
import type { Explanation, Finding } from '../finding/finding.js';
import { evaluateMembership } from '../finding/members.js';
import type { Membership } from '../finding/membership.js';
import { formatCount, formatShare, shorten } from '../finding/numbers.js';
import { describeMembership } from '../finding/words.js';
import { searchMetadata, searchUnits } from '../low-performance/conditions.js';
import { searchConfusions } from '../low-performance/confusion.js';
import { searchMixture } from '../low-performance/mixture.js';
import { completeMembers, leastMembers, type SearchData } from '../low-performance/search-data.js';
import { searchTrees } from '../low-performance/tree.js';
import { remarkTraining, selectHeldOut } from '../population/held-out.js';
import type { Population } from '../population/population.js';
import type { InsightKind, SearchContext } from './insight-kind.js';

const FINDERS = [searchMetadata, searchConfusions, searchMixture, searchTrees, searchUnits] as const;
/** Explanations cost a permutation test of each column. */
const MAX_EXPLAINED = 10;
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
  version: 8,
  numbers: {
    lossInside: { title: 'Mean loss of them', unit: 'value' },
    lossOutside: { title: 'Mean loss of the rest', unit: 'value' },
    lossLimit: { title: 'Largest loss that counts', unit: 'value' },
    lossDifferenceLow: { title: 'Difference of mean loss, from', unit: 'value' },
    lossDifferenceHigh: { title: 'Difference of mean loss, to', unit: 'value' },
    trainingMembers: { title: 'Such samples in training', unit: 'count' },
    trainingShare: { title: 'Share of them in training', unit: 'share' },
    trainingLoss: { title: 'Their mean loss in training', unit: 'value' },
  },
  needs: ['losses'],
  async search(population, context) {
    const { verdicts, tried, remarks } = await findWeakGroups(population, context);
    const heldOut = selectHeldOut(population).rows;
    const rows = Int32Array.from(heldOut.keys()).filter((row) => heldOut[row] === 1);
    const explainer = new Explainer(population, { seed: context.seed, rows });
    const findings = verdicts.map((verdict, at) =>
      describe(verdict, population, at < MAX_EXPLAINED ? explainer : undefined),
    );
    return { findings, tried, remarks: [...remarks, ...remarkTraining(population)] };
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
    found.push(...selectStrongest(await search(data), outcomes).map((one) => completeMembers(one, data)));
    progress((at + 1) / (FINDERS.length + 1));
  }
  return found;
}

function selectStrongest(candidates: readonly Candidate[], outcomes: Outcomes): Candidate[] {
  const strengths = new Map(candidates.map((one) => [one, measureStrength(one.found, outcomes)]));
  return candidates.toSorted((a, b) => strengths.get(b)! - strengths.get(a)!).slice(0, MAX_CANDIDATES);
}

function describe(verdict: Verdict, population: Population, explainer: Explainer | undefined): Finding {
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
  const explanations = explainer?.explain(inside, listSources(suspect.membership)) ?? [];
  return {
    subkind: suspect.finder,
    state,
    sentence:
      `${describeMembership(suspect.membership, population)}: ${formatCount(measure.insideCount)} of ` +
      `${formatCount(n)} samples, ` +
      `${compare(verdict)}${formatCost(severity.share)}.${formatExplanations(explanations)}`,
    membership: suspect.membership,
    members: Int32Array.from(members),
    scores: Float32Array.from(members, (row) => losses[row]!),
    effect,
    pValue,
    qValue,
    severity,
    explanations,
    numbers: {
      lossInside: measure.lossInside,
      lossOutside: measure.lossOutside,
      lossLimit: limit,
      lossDifferenceLow: lossInterval.low,
      lossDifferenceHigh: lossInterval.high,
      ...describeTraining(training, { losses, members: members.length }),
    },
    tables: {},
    remarks: ['Losses above the 99.5% quantile count as this quantile.'],
  };
}

/** The share of all loss, left out for a hint whose difference may be luck. */
const formatCost = (share: number): string => (share > 0 ? `; ${formatShare(share)} of all loss` : '');

/** Columns that the membership consists of explain nothing. */
const listSources = (membership: Membership): string[] =>
  membership.by === 'pairs'
    ? []
    : membership.all.flatMap((condition) => {
        if (condition.on === 'metadata') return [`metadata ${condition.name}`];
        if (condition.on === 'unit') return [`unit ${condition.layer}:${condition.unit}`];
        return condition.on === 'label' ? ['label label'] : [];
      });

/** The two columns that go along with the group most; people know metadata and classes better than units. */
function formatExplanations(explanations: readonly Explanation[]): string {
  const parts = explanations
    .filter(({ source }) => source !== 'predicted')
    .toSorted((a, b) => Number(a.source === 'unit') - Number(b.source === 'unit'))
    .slice(0, 2)
    .map(
      ({ source, name, value, inside, outside }) =>
        `${source === 'unit' ? 'unit ' : ''}${name} ${value} ` +
        `(${formatShare(inside)}, elsewhere ${formatShare(outside)})`,
    );
  return parts.length === 0 ? '' : ` Typical: ${parts.join(', ')}.`;
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
