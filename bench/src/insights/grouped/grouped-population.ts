import { normalQuantile } from '@noema/evaluation';
import type { MetadataColumn, Population, Space } from '@noema/insights';
import { seededRandom } from '@noema/kernel/random';

/** Groups of each split, such as patients, and the rows of one group. */
export const [GROUPS, ROWS_OF_GROUP] = [50, 40];
const CLASSES = 4;
/** Log-odds of an error, and how much they differ between groups. */
const [MEAN_LOGIT, SPREAD] = [-1.4, 1.5];
/** By how much the log-odds of groups of the first site are larger where a finding is planted. */
const PLANTED = 3;

/**
 * Draws a population without any finding, whose rows come in groups: outcomes differ strongly between groups, and so do
 * metadata, spaces and units, but independently of the outcomes. Groups are dealt to training and validation at random.
 * Planted, the groups of the first site are worse.
 */
export function drawGrouped(seed: number, isPlanted = false): Population {
  const random = seededRandom(seed, 0x67);
  const normal = (): number => normalQuantile((random() * 2 ** 32 + 0.5) / 2 ** 32);
  const groups = 2 * GROUPS;
  const n = groups * ROWS_OF_GROUP;
  const patient = Int32Array.from({ length: n }, (_, row) => Math.floor(row / ROWS_OF_GROUP));
  const pick = <T>(draw: (group: number) => T): T[] =>
    Array.from({ length: groups }, (_, group) => draw(group));
  const breaks = pick(() => random() ** 4);
  const centers = pick(() => Array.from({ length: 8 }, () => normal()));
  const [site, device, age] = [
    pick(() => random() * 4),
    pick(() => random() * 8),
    pick(() => 40 + 15 * normal()),
  ];
  const logits = pick(
    (group) => MEAN_LOGIT + SPREAD * normal() + (isPlanted && site[group]! < 1 ? PLANTED : 0),
  );
  const shares = pick(() => Array.from({ length: CLASSES }, () => random() ** 2 + 0.1));
  const labels = Int32Array.from(patient, (group) => drawCode(shares[group]!, random()));
  const isTraining = (row: number): boolean => patient[row]! < GROUPS;
  const wrong = labels.map((_, row) =>
    Number(random() < (isTraining(row) ? 0.2 : 1) / (1 + Math.exp(-logits[patient[row]!]!))),
  );
  const predicted = labels.map((label, row) =>
    wrong[row] === 1 ? (label + 1 + Math.floor(random() * (CLASSES - 1))) % CLASSES : label,
  );
  // As sure as the mean group is right: the gaps of groups have the mean 0.
  const right =
    labels.reduce((sum, _, row) => sum + Number(!isTraining(row) && wrong[row] === 0), 0) / (n / 2);
  const confidence = Float64Array.from({ length: n }, () => Math.min(0.99, right + 0.02 * normal()));
  const probabilities = new Float32Array(n * CLASSES);
  const losses = new Float32Array(n);
  for (let row = 0; row < n; row++) {
    for (let c = 0; c < CLASSES; c++)
      probabilities[row * CLASSES + c] =
        c === predicted[row] ? confidence[row]! : (1 - confidence[row]!) / (CLASSES - 1);
    losses[row] = -Math.log(probabilities[row * CLASSES + labels[row]!]!) * (0.9 + 0.2 * random());
  }
  const space = (key: string, depth: number | undefined): Space => ({
    ...{ key, title: key, depth, width: 8 },
    values: Float32Array.from(
      { length: 8 * n },
      (_, i) => centers[patient[i >> 3]!]![i & 7]! + 0.5 * normal(),
    ),
  });
  const category = (name: string, values: readonly number[], count: number): MetadataColumn => ({
    ...{ name, type: 'category' },
    categories: Array.from({ length: count }, (_, code) => `${name} ${code}`),
    codes: Int32Array.from(patient, (group) => Math.floor(values[group]!)),
  });
  return {
    n,
    task: 'multi-class',
    classNames: Array.from({ length: CLASSES }, (_, c) => `class ${c}`),
    splits: ['training', 'validation'],
    splitCodes: Uint8Array.from({ length: n }, (_, row) => Number(!isTraining(row))),
    ...{ labels, predicted, probabilities, losses, history: [] },
    spaces: [space('vectors', undefined), space('depth-1', 0), space('depth-2', 1)],
    units: {
      layers: [
        { name: 'conv', units: 8 },
        { name: 'dense', units: 8 },
      ],
      values: Float32Array.from(
        { length: 16 * n },
        (_, i) => centers[patient[i % n]!]![Math.floor(i / n) % 8]! + 0.5 * normal(),
      ),
    },
    metadata: [
      { name: 'patient', type: 'number', values: Float64Array.from(patient) },
      category('site', site, 4),
      category('device', device, 8),
      { name: 'age', type: 'number', values: Float64Array.from(patient, (group) => age[group]!) },
      {
        ...{ name: 'mark', type: 'category', categories: ['no', 'yes'] },
        codes: labels.map((label, row) => Number((label === 0) !== random() < 0.4 * breaks[patient[row]!]!)),
      },
    ],
    groupColumn: 'patient',
    groups: patient.map((group) => group * ROWS_OF_GROUP),
  };
}

function drawCode(shares: readonly number[], at: number): number {
  let left = at * shares.reduce((sum, share) => sum + share, 0);
  for (let code = 0; code < shares.length - 1; code++) if ((left -= shares[code]!) < 0) return code;
  return shares.length - 1;
}
