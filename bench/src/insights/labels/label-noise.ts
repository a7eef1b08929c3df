import { permutation, seededRandom } from '@noema/kernel/random';

export const NOISE_KINDS = ['uniform', 'pair', 'instance'] as const;
export type NoiseKind = (typeof NOISE_KINDS)[number];

export interface NoisyLabels {
  /** [n] int32 */
  readonly labels: Int32Array;
  /** 1 where the label was changed, [n] uint8. */
  readonly flipped: Uint8Array;
}

/**
 * Changes a share of the labels. `uniform`: to any other class; `pair`: to the class that a trained network confuses
 * most with it; `instance`: rows with a small margin are drawn more often, with the weight ½ − ½ (p₁ − p₂)² of
 * Zhang et al. (ICLR 2021), and get their second class. `probabilities` come from a network that was trained with
 * the clean labels, [n, classes].
 */
export function flipLabels(
  clean: Int32Array,
  classCount: number,
  probabilities: Float32Array,
  { kind, share, seed }: { readonly kind: NoiseKind; readonly share: number; readonly seed: number },
): NoisyLabels {
  const random = seededRandom(seed, 0x6e6f6973);
  const n = clean.length;
  const second = Int32Array.from(clean, (label, row) => findSecond(probabilities, classCount, row, label));
  const wanted = Math.round(share * n);
  const rows =
    kind === 'instance'
      ? drawAmbiguous(clean, classCount, probabilities, second, random).slice(0, wanted)
      : [...permutation(n, random).subarray(0, wanted)];
  const partner = findPartners(clean, classCount, second);
  const labels = clean.slice();
  const flipped = new Uint8Array(n);
  for (const row of rows) {
    const label = clean[row]!;
    if (kind === 'instance') labels[row] = second[row]!;
    else if (kind === 'pair') labels[row] = partner[label]!;
    else labels[row] = (label + 1 + Math.floor(random() * (classCount - 1))) % classCount;
    flipped[row] = 1;
  }
  return { labels, flipped };
}

function findSecond(probabilities: Float32Array, classCount: number, row: number, label: number): number {
  let best = label === 0 ? 1 : 0;
  for (let c = 0; c < classCount; c++)
    if (c !== label && probabilities[row * classCount + c]! > probabilities[row * classCount + best]!)
      best = c;
  return best;
}

/** Rows that the clean network has right, weighted without replacement (Efraimidis & Spirakis 2006). */
function drawAmbiguous(
  clean: Int32Array,
  classCount: number,
  probabilities: Float32Array,
  second: Int32Array,
  random: () => number,
): number[] {
  const keys = Float64Array.from(clean, (label, row) => {
    const margin = probabilities[row * classCount + label]! - probabilities[row * classCount + second[row]!]!;
    const draw = Math.log(1 - random());
    return margin <= 0 ? -Infinity : draw / (0.5 - 0.5 * margin * margin + 1e-9);
  });
  return [...keys.keys()].filter((row) => keys[row]! > -Infinity).sort((a, b) => keys[b]! - keys[a]!);
}

/** The most frequent second class of each class. */
function findPartners(clean: Int32Array, classCount: number, second: Int32Array): Int32Array {
  const counts = new Float64Array(classCount * classCount);
  clean.forEach((label, row) => counts[label * classCount + second[row]!]!++);
  return Int32Array.from({ length: classCount }, (_, label) => {
    let best = label === 0 ? 1 : 0;
    for (let c = 0; c < classCount; c++)
      if (c !== label && counts[label * classCount + c]! > counts[label * classCount + best]!) best = c;
    return best;
  });
}
