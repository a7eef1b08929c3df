import type { Finding } from '../finding/finding.js';
import { formatCount } from '../finding/numbers.js';
import { severityOfMetric } from '../finding/severity.js';
import { CONFIRM } from '../population/halves.js';
import type { Population, ResponseLayer } from '../population/population.js';
import { type DuplicateUnit, findDuplicates } from '../units/duplicate-units.js';
import { countOutputs } from '../units/output-layers.js';
import { findIdle, type Idleness, measureRange } from '../units/unit-range.js';
import type { InsightKind } from './insight-kind.js';

/** Below this number of samples, silence is a hint, and correlations are not compared. */
const MIN_SAMPLES = 100;
const MIN_CONFIRMING = 30;

/** Units without which the network could do the same: dead, saturated and duplicate ones. */
export const wastedCapacityKind: InsightKind = {
  key: 'wasted-capacity',
  title: 'Wasted capacity',
  summary:
    'Units that never respond, always respond with the same number, or copy another unit of their layer.',
  reference: '',
  parameters: [
    {
      type: 'number',
      name: 'correlation',
      title: 'Correlation',
      help: 'Absolute correlation of two units from which one of them is a copy.',
      default: 0.99,
      minimum: 0.9,
      below: 1,
      step: 0.005,
    },
  ],
  facts: {},
  version: 5,
  numbers: {
    units: { title: 'Units of the layer', unit: 'count' },
    removable: { title: 'Units that can go', unit: 'count' },
    dead: { title: 'Never respond', unit: 'count' },
    saturated: { title: 'Respond with one number', unit: 'count' },
    duplicate: { title: 'Copies of another unit', unit: 'count' },
    samples: { title: 'Samples with responses', unit: 'count' },
    activeAtMost: { title: 'Share of samples to which a silent unit may respond', unit: 'share' },
  },
  needs: ['units'],
  readsNoOutput: true,
  search(population, { parameters, halves, seed, signal, progress }) {
    const { layers, values } = population.units!;
    const rows = findAnswered(population);
    const outputs = countOutputs(layers, population.classNames.length);
    const hidden = layers.slice(0, layers.length - outputs);
    const findings: Finding[] = [];
    let offset = 0;
    for (const [at, layer] of hidden.entries()) {
      signal?.throwIfAborted();
      progress(at / hidden.length);
      const first = offset;
      offset += layer.units;
      const read = (unit: number): Float32Array =>
        values.subarray((first + unit) * population.n, (first + unit + 1) * population.n);
      findings.push(
        ...auditLayer(layer, read, {
          find: rows.filter((row) => halves[row] !== CONFIRM),
          confirm: rows.filter((row) => halves[row] === CONFIRM),
          all: rows,
          least: parameters.correlation as number,
          seed,
        }),
      );
    }
    const names = layers.slice(hidden.length).map(({ name }) => name);
    return {
      findings,
      tried: offset,
      remarks: [
        ...(names.length > 0
          ? [`Units of ${names.join(' and ')} are not compared: they are outputs of the network.`]
          : []),
        ...(rows.length < MIN_SAMPLES
          ? [
              `Units are compared from ${MIN_SAMPLES} samples with responses; there are ` +
                `${formatCount(rows.length)}.`,
            ]
          : []),
      ],
    };
  },
};

interface Audit {
  readonly find: Int32Array;
  readonly confirm: Int32Array;
  readonly all: Int32Array;
  readonly least: number;
  readonly seed: number;
}

function auditLayer(layer: ResponseLayer, read: (unit: number) => Float32Array, audit: Audit): Finding[] {
  const { all, find, confirm } = audit;
  const ranges = Array.from({ length: layer.units }, (_, unit) => measureRange(read(unit), all));
  const isWhole = layer.positions === 1;
  // A mean over positions can be constant where the responses at the positions are not.
  const idle = findIdle(ranges, all.length).map((one) => (one === 'dead' || isWhole ? one : undefined));
  const others = [...ranges.keys()].filter((unit) => idle[unit] === undefined && ranges[unit]!.isComplete);
  // A mean over positions says little about a unit that has both signs.
  const isSigned = !isWhole && ranges.some(({ least }) => least < 0);
  const isEnough = all.length >= MIN_SAMPLES && confirm.length >= MIN_CONFIRMING;
  const duplicates = isEnough && !isSigned ? findDuplicates(read, others, { find, confirm }, audit) : [];
  const exact = describe(layer, idle, isWhole ? duplicates : [], audit);
  const possible = isWhole ? [] : duplicates;
  return [
    ...(exact ? [exact] : []),
    ...(possible.length > 0 ? [describePossible(layer, possible, audit)] : []),
  ];
}

/** Idle units, and units that copy another one at their only position. */
function describe(
  { name, units }: ResponseLayer,
  idle: readonly (Idleness | undefined)[],
  duplicates: readonly DuplicateUnit[],
  { all, least }: Audit,
): Finding | undefined {
  const count = (reason: Idleness): number => idle.filter((one) => one === reason).length;
  const [dead, saturated] = [count('dead'), count('saturated')];
  const removable = dead + saturated + duplicates.length;
  if (removable === 0) return undefined;
  const parts = [
    dead > 0 && `${formatCount(dead)} never ${dead === 1 ? 'responds' : 'respond'}`,
    saturated > 0 &&
      `${formatCount(saturated)} always ${saturated === 1 ? 'responds' : 'respond'} with the same number`,
    duplicates.length > 0 &&
      `${formatCount(duplicates.length)} ${duplicates.length === 1 ? 'copies' : 'copy'} another unit ` +
        `(absolute correlation above ${least})`,
  ].filter((part) => part !== false);
  const rows = [
    ...[...idle.keys()]
      .filter((unit) => idle[unit] !== undefined)
      .map((unit) => ({ unit, reason: idle[unit]!, original: null, correlation: null })),
    ...duplicates.map((one) => ({ ...one, reason: 'duplicate' as const })),
  ];
  return {
    ...NO_SAMPLES,
    state: all.length < MIN_SAMPLES ? 'hint' : 'confirmed',
    sentence:
      `${name}: ${formatCount(removable)} of ${formatCount(units)} units can go: ` +
      `${listParts(parts)}, on all of ${formatCount(all.length)} samples.`,
    numbers: {
      units,
      removable,
      dead,
      saturated,
      duplicate: duplicates.length,
      samples: all.length,
      // One-sided 95 % bound: a unit that responds to a larger share would have responded here.
      activeAtMost: 1 - 0.05 ** (1 / Math.max(1, all.length)),
    },
    tables: { units: toTable(name, rows) },
    remarks: [],
  };
}

/** Copies by their means over positions, which is less than copies at each position. */
function describePossible(
  { name, units }: ResponseLayer,
  duplicates: readonly DuplicateUnit[],
  { confirm, least }: Audit,
): Finding {
  return {
    ...NO_SAMPLES,
    subkind: 'possible-duplicates',
    state: 'hint',
    sentence:
      `${name}: ${formatCount(duplicates.length)} of ${formatCount(units)} units may copy another one, ` +
      `whose mean response goes along ` +
      `(absolute correlation above ${least} on ${formatCount(confirm.length)} samples).`,
    numbers: { units, duplicate: duplicates.length, samples: confirm.length },
    tables: {
      units: toTable(
        name,
        duplicates.map((one) => ({ ...one, reason: 'duplicate' as const })),
      ),
    },
    remarks: [
      'Units with equal means can respond at other positions. Compare their feature maps before you remove one.',
    ],
  };
}

/** A finding about units has no samples: no score reaches infinity. */
const NO_SAMPLES = {
  subkind: '',
  membership: { by: 'score', least: Infinity, all: [] },
  members: new Int32Array(0),
  scores: undefined,
  effect: undefined,
  pValue: undefined,
  qValue: undefined,
  // Idle units cost time and memory. They do not lower a metric.
  severity: severityOfMetric(0),
  explanations: [],
} satisfies Partial<Finding>;

interface UnitRow {
  readonly unit: number;
  readonly reason: Idleness | 'duplicate';
  readonly original: number | null;
  readonly correlation: number | null;
}

/** Units are named by their layer, so that a page can link them. */
const toTable = (layer: string, rows: readonly UnitRow[]): Finding['tables'][string] => ({
  unit: rows.map(({ unit }) => `${layer}:${unit}`),
  reason: rows.map(({ reason }) => reason),
  original: rows.map(({ original }) => (original === null ? null : `${layer}:${original}`)),
  correlation: rows.map(({ correlation }) => correlation),
});

const listParts = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** Returns the rows that have responses. */
function findAnswered({ n, units }: Population): Int32Array {
  const rows = Int32Array.from({ length: n }, (_, row) => row);
  return rows.filter((row) => !Number.isNaN(units!.values[row]));
}
