import type { CellRecord } from '../cell.record.js';
import type { Figures } from '../referee.js';
import type { Column, FormulaData, Truth } from './formula-data.js';
import { plainVectors, upToSign } from './plain-recipe.js';

/** Means and maxima over positions [n, units] of one layer. */
export interface LayerResponses {
  readonly name: string;
  readonly units: number;
  readonly mean: Float64Array | Float32Array;
  readonly max: Float64Array | Float32Array;
}

/** The results of an independent program: responses, and outputs before their non-linearity. */
export interface Forward {
  readonly layers: readonly LayerResponses[];
  readonly outputs: Float32Array;
  readonly nonLinearity: string;
}

/** Compares a record with a forward pass of another program, by the definitions of every number. */
export function judge(data: FormulaData, record: CellRecord, forward: Forward): Figures {
  const { arrays, rows } = record;
  const widths = record.layers.map(({ units }) => units);
  const units = widths.reduce((sum, width) => sum + width, 0);
  const dimensions = arrays.vectors.length / rows;
  const labels = Object.values(data.truths).find(({ classes }) => classes !== null)?.values;
  const raw = sideBySide(Object.values(data.inputs), rows);
  const agreement = labels && labelAgreement(arrays.vectors, rows, labels);
  return {
    samples: rows,
    units,
    dimensions,
    explained: record.explainedVariance,
    responses: responseDifference(record, forward, units),
    vectors: upToSign(plainVectors(arrays.mean, widths), arrays.vectors),
    similar: record.similar.reduce(
      (sum, { row, found }) => sum + wrongEntries(arrays.vectors, rows, row, found),
      0,
    ),
    ...objectives(data, record, forward),
    ...(agreement !== undefined && {
      agreement,
      rawAgreement: labelAgreement(raw, rows, labels!),
      statedAgreement: Math.abs(agreement - record.statedAgreement),
    }),
  };
}

function responseDifference({ arrays, layers, rows }: CellRecord, forward: Forward, units: number): number {
  if (layers.map((layer) => layer.units).join() !== forward.layers.map((layer) => layer.units).join())
    return Infinity;
  let first = 0;
  let worst = 0;
  for (const { units: width, mean, max } of forward.layers) {
    for (const [stated, own] of [
      [arrays.mean, mean],
      [arrays.max, max],
    ] as const) {
      const scale = Math.max(1, largest(own, new Float32Array(own.length)));
      for (let row = 0; row < rows; row++)
        for (let unit = 0; unit < width; unit++)
          worst = Math.max(
            worst,
            Math.abs(stated[row * units + first + unit]! - own[row * width + unit]!) / scale,
          );
    }
    first += width;
  }
  return worst;
}

function objectives(
  { truths, loss, metrics }: FormulaData,
  { arrays, rows, splits }: CellRecord,
  { outputs, nonLinearity }: Forward,
): Pick<Figures, 'outputs' | 'losses' | 'metrics'> {
  const width = outputs.length / rows;
  const [truth] = Object.values(truths);
  const units = truth?.dims.at(-1) ?? width;
  const probabilities = nonLinear(
    outputs,
    truth === undefined || truth.classes !== null ? width : units,
    nonLinearity,
  );
  const own = largest(probabilities, arrays.outputs);
  if (truth === undefined) return { outputs: own, losses: arrays.loss.every(Number.isNaN) ? 0 : Infinity };
  const targets = oneHot(truth, rows);
  const losses = Float64Array.from({ length: rows }, (_, row) =>
    LOSSES[loss]!(
      outputs.subarray(row * width, (row + 1) * width),
      targets.subarray(row * width, (row + 1) * width),
    ),
  );
  let first = 0;
  let worst = 0;
  for (const { split, loss: stated, metrics: said } of splits) {
    const count = split === 'training' ? rows * 0.75 : rows * 0.25;
    const part = losses.subarray(first, first + count);
    worst = Math.max(worst, Math.abs(stated - part.reduce((sum, value) => sum + value, 0) / count));
    for (const name of metrics) {
      const value = Object.entries(said).find(([key]) => snake(key) === name)?.[1];
      worst = Math.max(
        worst,
        value === undefined
          ? Infinity
          : Math.abs(
              value -
                METRICS[name]!(
                  probabilities.subarray(first * width, (first + count) * width),
                  targets.subarray(first * width, (first + count) * width),
                  width,
                ),
            ),
      );
    }
    first += count;
  }
  return { outputs: own, losses: largest(losses, arrays.loss), metrics: worst };
}

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length
    ? Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)
    : Infinity;
const oneHot = ({ values, classes }: Truth, rows: number): Float32Array =>
  classes === null
    ? values
    : Float32Array.from({ length: rows * classes.length }, (_, i) =>
        Number(values[Math.floor(i / classes.length)] === i % classes.length),
      );

function nonLinear(logits: Float32Array, width: number, kind: string): Float64Array {
  if (kind === 'sigmoid') return Float64Array.from(logits, (z) => 1 / (1 + Math.exp(-z)));
  if (kind !== 'softmax') return Float64Array.from(logits);
  return Float64Array.from(logits, (z, i) => {
    const row = logits.subarray(Math.floor(i / width) * width, (Math.floor(i / width) + 1) * width);
    const top = Math.max(...row);
    return Math.exp(z - top) / row.reduce((sum, other) => sum + Math.exp(other - top), 0);
  });
}

/** Loss of one sample from its logits and its target. */
const LOSSES: Readonly<Record<string, (z: Float32Array, y: Float32Array) => number>> = {
  categorical_crossentropy: (z, y) => {
    const top = Math.max(...z);
    const log = Math.log(z.reduce((sum, value) => sum + Math.exp(value - top), 0));
    return z.reduce((sum, value, i) => sum - y[i]! * (value - top - log), 0);
  },
  binary_crossentropy: (z, y) =>
    z.reduce(
      (sum, value, i) => sum + Math.max(value, 0) - value * y[i]! + Math.log1p(Math.exp(-Math.abs(value))),
      0,
    ) / z.length,
  mean_squared_error: (z, y) => z.reduce((sum, value, i) => sum + (value - y[i]!) ** 2, 0) / z.length,
};

const METRICS: Readonly<Record<string, (p: Float64Array, y: Float32Array, width: number) => number>> = {
  accuracy: (p, y, width) => {
    const best = (of: ArrayLike<number>, row: number): number =>
      Array.from({ length: width }, (_, c) => c).reduce(
        (top, c) => (of[row * width + c]! > of[row * width + top]! ? c : top),
        0,
      );
    const rows = p.length / width;
    return (
      Array.from({ length: rows }, (_, row) => Number(best(p, row) === best(y, row))).reduce(
        (sum, hit) => sum + hit,
        0,
      ) / rows
    );
  },
  binary_accuracy: (p, y) =>
    p.reduce((sum, value, i) => sum + Number(value > 0.5 === y[i]! > 0.5), 0) / p.length,
  root_mean_squared_error: (p, y) =>
    Math.sqrt(p.reduce((sum, value, i) => sum + (value - y[i]!) ** 2, 0) / p.length),
  r2_score: (p, y) => {
    const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
    return (
      1 -
      p.reduce((sum, value, i) => sum + (value - y[i]!) ** 2, 0) /
        y.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    );
  },
  pixel_accuracy: (p, y) =>
    p.reduce((sum, value, i) => sum + Number(value > 0.5 === y[i]! > 0.5), 0) / p.length,
  /** Of the foreground of a mask. */
  mean_iou: (p, y) => {
    const both = p.reduce((sum, value, i) => sum + Number(value > 0.5 && y[i]! > 0.5), 0);
    const either = p.reduce((sum, value, i) => sum + Number(value > 0.5 || y[i]! > 0.5), 0);
    return both / either;
  },
  mean_absolute_error: (p, y) => p.reduce((sum, value, i) => sum + Math.abs(value - y[i]!), 0) / p.length,
};

function sideBySide(columns: readonly Column[], rows: number): Float32Array {
  const widths = columns.map(({ values }) => values.length / rows);
  const total = widths.reduce((sum, width) => sum + width, 0);
  const joined = new Float32Array(rows * total);
  for (let row = 0; row < rows; row++) {
    let at = row * total;
    columns.forEach(({ values }, i) => {
      joined.set(values.subarray(row * widths[i]!, (row + 1) * widths[i]!), at);
      at += widths[i]!;
    });
  }
  return joined;
}

function distances(x: Float32Array, rows: number, row: number): Float64Array {
  const d = x.length / rows;
  return Float64Array.from({ length: rows }, (_, other) => {
    let sum = 0;
    for (let c = 0; c < d; c++) sum += (x[row * d + c]! - x[other * d + c]!) ** 2;
    return Math.sqrt(sum);
  });
}

const nearest = (far: Float64Array, row: number, k: number): number[] =>
  [...far.keys()]
    .filter((i) => i !== row)
    .sort((a, b) => far[a]! - far[b]! || a - b)
    .slice(0, k);

/** Entries that brute force does not have at that rank; equal distances may come in any order. */
function wrongEntries(x: Float32Array, rows: number, row: number, found: readonly number[]): number {
  const far = distances(x, rows, row);
  const own = nearest(far, row, found.length);
  const faults = found.filter(
    (other, rank) => Math.abs(far[other]! - far[own[rank]!]!) > 1e-5 * Math.max(1, far[own[rank]!]!),
  ).length;
  return faults + Number(new Set(found).size !== found.length) + Number(found.includes(row));
}

function labelAgreement(x: Float32Array, rows: number, labels: Float32Array, k = 10): number {
  let same = 0;
  for (let row = 0; row < rows; row++)
    same += nearest(distances(x, rows, row), row, k).filter((other) => labels[other] === labels[row]).length;
  return same / rows / k;
}
