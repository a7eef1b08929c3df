import { Explainer } from '../../explain/explain-members.js';
import type { Finding, KindReport } from '../../finding/finding.js';
import { formatCount } from '../../finding/numbers.js';
import type { Population } from '../../population/population.js';
import type { InsightKind, SearchContext } from '../insight-kind.js';
import { planBatches } from './batches.js';
import { judge } from './calibration.js';
import { describeOutliers, type Described, type Verdict } from './describe-outliers.js';
import { groupOutliers } from './outlier-groups.js';
import { computeViews } from './views.js';

/** Samples that resemble nothing that the model has learned from, with a bound on the false ones among them. */
export const outOfDistributionKind: InsightKind = {
  key: 'out-of-distribution',
  title: 'Out of distribution',
  summary: 'Samples that resemble nothing that the model has learned from: another look, or something else.',
  reference: 'Bates et al., Testing for outliers with conformal p-values, Annals of Statistics 2023',
  parameters: [
    {
      type: 'integer',
      name: 'neighbors',
      title: 'Neighbors',
      help: 'Distances are to this nearest training sample.',
      default: 5,
      minimum: 1,
      maximum: 200,
      step: 1,
    },
  ],
  facts: {},
  version: 5,
  numbers: {
    tested: { title: 'Samples tested', unit: 'count' },
    falseAtMost: { title: 'Ordinary ones among the sure, at most', unit: 'count' },
    sure: { title: 'Sure ones in all groups', unit: 'count' },
  },
  needs: ['units', 'training', 'held-out'],
  search,
};

async function search(population: Population, context: SearchContext): Promise<KindReport> {
  const { seed, halves, parameters, q, threads, signal, progress } = context;
  const { reference, rows, batches, calibrates, remarks } = planBatches(population, halves, seed);
  if (batches.length === 0 || reference.length < 2) {
    const reason = 'There are too few samples to compare and to calibrate with.';
    return { findings: [], tried: 0, remarks: [...remarks, reason] };
  }
  const neighbors = parameters['neighbors'] as number;
  const views = await computeViews(population, { reference, rows, neighbors, threads, signal }, progress);
  const verdicts = new Map<number, Verdict>();
  const [sureRows, otherRows]: [number[], number[]] = [[], []];
  let falseAtMost = 0;
  for (const { calibration, tested } of batches) {
    const judged = judge(views, calibration, tested, { q, risk: RISK / batches.length });
    tested.forEach((position, at) => {
      verdicts.set(rows[position]!, {
        pValue: judged.pValues[at]!,
        qValue: judged.qValues[at]!,
        score: judged.scores[at]!,
        byView: judged.byView.map((p) => p[at]!),
      });
    });
    // Beyond the sure ones, most flagged samples are ordinary: together they have the share q, alone they do not.
    const { flagged, sure } = judged;
    const shown = sure > 0 ? flagged.slice(0, sure) : flagged;
    for (const at of shown) (sure > 0 ? sureRows : otherRows).push(rows[tested[at]!]!);
    falseAtMost += judged.falseAtMost;
  }
  const explainer = new Explainer(population, { seed, rows: Int32Array.from(verdicts.keys()).sort() });
  const described: Described = {
    population,
    views,
    verdicts,
    sure: { count: sureRows.length, falseAtMost },
    q,
    seed,
    explain: (some) => {
      const mask = new Uint8Array(population.n);
      for (const row of some) mask[row] = 1;
      return explainer.explain(mask);
    },
  };
  const findings = [
    ...describeAll(sureRows, 'confirmed', described),
    ...describeAll(otherRows, 'hint', described),
  ];
  const least = Math.max(...batches.map(({ calibration }) => calibration.length));
  return {
    findings,
    tried: verdicts.size,
    remarks: [
      ...remarks,
      `${formatCount(least)} ${calibrates} samples calibrate. A group as frequent among them as among the ` +
        `others is not ` +
        'unusual here; over- and under-represented groups compare it with training.',
    ],
  };
}

/** Chance that the stated bound on false ones does not hold. */
const RISK = 0.05;

function describeAll(rows: readonly number[], state: Finding['state'], described: Described): Finding[] {
  const { groups, singles } = groupOutliers(rows, described.population.neighbors);
  return [
    ...groups.map((group) => describeOutliers(group, { state, isGroup: true }, described)),
    ...(singles.length > 0 ? [describeOutliers(singles, { state, isGroup: false }, described)] : []),
  ];
}
