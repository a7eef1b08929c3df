import type { Matrix, Population } from './population.js';

/** Share of the first k neighbors of every labeled row that carry its own label, mean over the rows. */
export function labelAgreement(neighbors: Matrix<Int32Array>, label: Int32Array, k = 10): number {
  let [same, all] = [0, 0];
  label.forEach((own, row) => {
    if (own < 0) return;
    for (let i = 0; i < k; i++) if (label[neighbors.data[row * neighbors.columns + i]!] === own) same++;
    all += k;
  });
  return all === 0 ? 0 : same / all;
}

/** Rows whose prediction is not their label. */
export const misclassifiedRows = ({ label, predicted }: Pick<Population, 'label' | 'predicted'>): number[] =>
  Array.from(label.keys()).filter((row) => label[row]! >= 0 && label[row] !== predicted[row]);

/** Mean loss of the misclassified rows over that of the others. */
export function lossRatioMisclassified({
  label,
  predicted,
  loss,
}: Pick<Population, 'label' | 'predicted' | 'loss'>): number {
  const misclassified = new Set(misclassifiedRows({ label, predicted }));
  const sums = { misclassified: [0, 0], others: [0, 0] };
  loss.forEach((value, row) => {
    if (Number.isNaN(value)) return;
    const side = misclassified.has(row) ? sums.misclassified : sums.others;
    side[0]! += value;
    side[1]!++;
  });
  return sums.misclassified[0]! / sums.misclassified[1]! / (sums.others[0]! / sums.others[1]!);
}

/** Share of the rows of a split whose prediction is their label. */
export function accuracy(population: Population, split: string): number {
  const rows = population.samples.flatMap((sample, row) =>
    sample.split === split && population.label[row]! >= 0 ? [row] : [],
  );
  return rows.filter((row) => population.label[row] === population.predicted[row]).length / rows.length;
}

/** Mean of the vectors of the rows. */
export function meanVector({ data, columns }: Matrix, rows: readonly number[]): Float64Array {
  const mean = new Float64Array(columns);
  for (const row of rows)
    for (let c = 0; c < columns; c++) mean[c]! += data[row * columns + c]! / rows.length;
  return mean;
}

/** Squared Euclidean distance of a row's vector to a point. */
export function squaredDistance({ data, columns }: Matrix, row: number, point: ArrayLike<number>): number {
  let sum = 0;
  for (let c = 0; c < columns; c++) sum += (data[row * columns + c]! - point[c]!) ** 2;
  return sum;
}

/** The k rows nearest to a row, itself left out, by comparing with every other: the oracle of every index. */
export function bruteForceNeighbors(vectors: Matrix, row: number, k: number): number[] {
  const rows = vectors.data.length / vectors.columns;
  const query = vectors.data.subarray(row * vectors.columns, (row + 1) * vectors.columns);
  const distance = Float64Array.from({ length: rows }, (_, other) => squaredDistance(vectors, other, query));
  return Array.from(distance.keys())
    .filter((other) => other !== row)
    .sort((a, b) => distance[a]! - distance[b]! || a - b)
    .slice(0, k);
}

/** Returns the share of the true nearest rows among the results. */
export const recall = (found: readonly number[], truth: readonly number[]): number =>
  truth.filter((row) => found.includes(row)).length / truth.length;

/** For each class the class whose mean vector is nearest to its own. */
export function nearestClasses({ vectors, label, classNames }: Population): Record<string, string> {
  const centers = classNames.map((_, c) =>
    meanVector(
      vectors,
      Array.from(label.keys()).filter((row) => label[row] === c),
    ),
  );
  const distance = (a: Float64Array, b: Float64Array): number =>
    a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0);
  return Object.fromEntries(
    classNames.map((name, c) => {
      const others = classNames.map((_, o) => (o === c ? Infinity : distance(centers[c]!, centers[o]!)));
      return [name, classNames[others.indexOf(Math.min(...others))]!];
    }),
  );
}

/**
 * The row of the class, classified correctly and in the split, whose vector is nearest to the mean of its
 * class: its most typical sample.
 */
export function typicalRow(population: Population, classIndex: number, split: string): number {
  const { label, predicted, samples, vectors } = population;
  const ofClass = Array.from(label.keys()).filter((row) => label[row] === classIndex);
  const mean = meanVector(vectors, ofClass);
  const candidates = ofClass.filter((row) => samples[row]!.split === split && predicted[row] === classIndex);
  const distances = candidates.map((row) => squaredDistance(vectors, row, mean));
  return candidates[distances.indexOf(Math.min(...distances))]!;
}

/** The misclassified row of the split with the highest loss; `undefined` when none is misclassified. */
export function worstMisclassified(population: Population, split: string): number | undefined {
  return misclassifiedRows(population)
    .filter((row) => population.samples[row]!.split === split)
    .sort((a, b) => population.loss[b]! - population.loss[a]! || a - b)[0];
}
