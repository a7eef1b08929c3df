import type { Effect, EvidenceTable, Explanation, Finding } from '../../finding/finding.js';
import { severityOfLoss } from '../../finding/severity.js';
import { formatCount, formatShare, shorten } from '../../finding/numbers.js';
import { selectHeldOut } from '../../population/held-out.js';
import type { Population } from '../../population/population.js';
import { studentisedDifference } from '../../statistics/studentised-bootstrap.js';
import type { LossGap } from './compare-losses.js';
import type { PairComparison } from './compare-pair.js';
import type { DepthComparison } from './compare-responses.js';

export interface GapEvidence {
  readonly isConfirmed: boolean;
  readonly pValue: number;
  readonly qValue: number;
  readonly explanations: readonly Explanation[];
  readonly seed: number;
}

const SHOWN = 24;
const WITH_ONE_MIX = ' with the same mix of classes';
/** Chance of a difference at some depth where there is none. */
const DEPTH_LEVEL = 0.05;

/** Describes a gap: side b against side a. */
export function describeGap(population: Population, gap: PairComparison, evidence: GapEvidence): Finding {
  const { pair, a, b, compared, responses, losses } = gap;
  const { depths } = responses;
  const first = depths.find(({ pValue }) => pValue * depths.length <= DEPTH_LEVEL);
  const clearest = depths.reduce((best, one) => (one.pValue < best.pValue ? one : best), depths[0]!);
  const effect = losses && toEffect(losses, evidence.seed);
  const scores = scoreRows(gap, clearest);
  const members = Int32Array.from(b.rows).sort(
    (x, y) => (scores.get(y) ?? 0) - (scores.get(x) ?? 0) || x - y,
  );
  return {
    subkind: pair.field === 'split' ? 'split' : 'field',
    state: evidence.isConfirmed ? 'confirmed' : 'hint',
    sentence: [
      `${pair.field === 'split' ? 'The split' : pair.field} ${b.value} differs from `,
      `${pair.field === 'split' ? 'the split' : pair.field} ${a.value}`,
      first === undefined ? '' : ` from ${first.title} on`,
      `: a classifier separates them best at ${clearest.title}, with an area under ROC of ` +
        clearest.area.toFixed(2),
      losses === undefined ? '.' : `; ${describeLoss(losses, population.labels !== undefined)}.`,
    ].join(''),
    membership: { by: 'conditions', all: [b.condition] },
    members,
    scores: Float32Array.from(members, (row) => scores.get(row) ?? 0),
    effect,
    pValue: evidence.pValue,
    qValue: evidence.qValue,
    severity: severityOfLoss({
      members: b.rows.length,
      ...measureHeldOut(population),
      excess: effect?.interval.low ?? 0,
    }),
    explanations: evidence.explanations,
    numbers: {
      comparedA: compared.a.length,
      comparedB: compared.b.length,
      areaUnderRoc: clearest.area,
      representationPValue: responses.pValue,
      ...(first === undefined ? {} : { firstDepth: first.depth }),
      ...(losses === undefined ? {} : { lossPValue: losses.pValue }),
      ...(losses === undefined || Number.isNaN(losses.atEqualConfidence)
        ? {}
        : { gapAtEqualConfidence: losses.atEqualConfidence }),
    },
    tables: { depths: listDepths(depths), extremes: listExtremes(gap, clearest) },
    remarks: listRemarks(gap, population.labels !== undefined),
  };
}

function describeLoss({ meanA, meanB, correctA, correctB, count }: LossGap, hasClasses: boolean): string {
  const samples = `on ${formatCount(count)} samples of each${hasClasses ? WITH_ONE_MIX : ''}`;
  return Number.isNaN(correctA) || Number.isNaN(correctB)
    ? `its mean loss is ${shorten(meanB)} where the other has ${shorten(meanA)}, ${samples}`
    : `${formatShare(correctB)} are right where the other has ${formatShare(correctA)}, mean loss ` +
        `${shorten(meanB)} against ${shorten(meanA)}, ${samples}`;
}

function toEffect({ meanA, meanB, lossesA, lossesB, count }: LossGap, seed: number): Effect {
  return {
    measure: 'mean loss',
    inside: meanB,
    outside: meanA,
    insideCount: count,
    outsideCount: count,
    difference: meanB - meanA,
    interval: studentisedDifference(lossesB, lossesA, { seed }),
  };
}

/** Scores of the compared rows, higher for side b. */
function scoreRows({ compared }: PairComparison, { scores }: DepthComparison): ReadonlyMap<number, number> {
  const rows = [...compared.a, ...compared.b];
  return new Map(rows.map((row, i) => [row, scores[i]!]));
}

const listDepths = (depths: readonly DepthComparison[]): EvidenceTable => ({
  layer: depths.map(({ title }) => title),
  depth: depths.map(({ depth }) => depth),
  areaUnderRoc: depths.map(({ area }) => area),
  pValue: depths.map(({ pValue }) => pValue),
});

/** The 24 samples of b least like a, and the 24 samples of a least like b. */
function listExtremes({ a, b, compared }: PairComparison, { scores }: DepthComparison): EvidenceTable {
  const split = compared.a.length;
  const pick = (rows: Int32Array, offset: number, sign: number) =>
    Array.from(rows, (row, i) => ({ row, score: scores[offset + i]! }))
      .sort((x, y) => sign * (y.score - x.score) || x.row - y.row)
      .slice(0, SHOWN);
  const [ofB, ofA] = [pick(compared.b, split, 1), pick(compared.a, 0, -1)];
  const all = [...ofB, ...ofA];
  return {
    row: all.map(({ row }) => row),
    value: [...ofB.map(() => b.value), ...ofA.map(() => a.value)],
    score: all.map(({ score }) => score),
  };
}

function listRemarks({ pair, a, b, compared }: PairComparison, hasClasses: boolean): string[] {
  const remarks: string[] = [];
  if (pair.hasTraining)
    remarks.push(
      'One side is the training split: its loss is low because the model has learned it, and late layers may ' +
        'differ for the same reason. Therefore only the first half of the layers is compared, and no loss.',
    );
  const unseen = b.rows.length - compared.b.length;
  if (unseen > 0)
    remarks.push(
      `Not compared: ${formatCount(unseen)} of ${formatCount(b.rows.length)} samples of ${b.value}, which ` +
        `have the score 0.`,
    );
  if (Math.min(a.rows.length, b.rows.length) > compared.b.length)
    remarks.push(
      `The sides were compared on ${formatCount(compared.b.length)} samples ` +
        `each${hasClasses ? WITH_ONE_MIX : ''}.`,
    );
  return remarks;
}

/** Number and mean loss of the held-out samples that have a loss. */
function measureHeldOut(population: Population): { readonly n: number; readonly meanLoss: number } {
  const { losses } = population;
  const { rows } = selectHeldOut(population);
  const known = losses?.filter((loss, row) => rows[row] === 1 && Number.isFinite(loss)) ?? new Float32Array();
  const sum = known.reduce((total, loss) => total + loss, 0);
  return { n: Math.max(1, known.length), meanLoss: sum / Math.max(1, known.length) };
}
