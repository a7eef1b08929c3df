import { writeMatrix } from '@noema/artifacts';
import { writeNeighbors, writeVectors } from '@noema/population/files';
import { EVALUATION_COLUMNS, SAMPLE_COLUMNS } from '@noema/population/rules';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import type { Matrix, Population } from './population.js';
import { writeEach } from './write-each.js';

/**
 * Writes an exploration as files that anybody can recompute its figures from, each as Arrow IPC and as CSV,
 * one line a row of the dataset version: `points` (row, split, sample_id, x, y, cluster, trust, and what
 * there is of label, predicted, loss, target, residual), `predictions` (probability by class, or numbers; not
 * where these are too many to be stored), `vectors`, and `neighbors` (rows and Euclidean distances, nearest
 * first). Returns the names of the files.
 */
export async function exportPopulation(population: Population, directory: string): Promise<string[]> {
  const rows = population.samples.length;
  const { vectors, neighbors, distances, probabilities, classNames } = population;
  const points = pointColumns(population);
  const isNumbers = population.outcomes !== undefined && 'prediction' in population.outcomes;
  const outputNames = isNumbers
    ? numbered('prediction_', probabilities.columns)
    : classNames.length === probabilities.columns
      ? classNames.map((name) => `probability_${name}`)
      : numbered('probability_', probabilities.columns);
  return writeEach(directory, {
    'points.arrow': () => tableToIPC(tableFromArrays(points), 'file'),
    'points.csv': () =>
      csv(Object.keys(points), rows, (row) =>
        Object.values(points)
          .map((column) => cell(column[row]))
          .join(','),
      ),
    ...(probabilities.columns > 0 && {
      'predictions.arrow': () =>
        writeMatrix([
          {
            name: isNumbers ? EVALUATION_COLUMNS.predictions : EVALUATION_COLUMNS.probabilities,
            data: probabilities.data,
            rows,
            dims: [probabilities.columns],
          },
        ]),
      'predictions.csv': () =>
        csv(['row', ...outputNames], rows, (row) => `${row},${line(probabilities, row)}`),
    }),
    'vectors.arrow': () => writeVectors({ data: vectors.data, rows, width: vectors.columns }),
    'vectors.csv': () =>
      csv(['row', ...numbered('v', vectors.columns)], rows, (row) => `${row},${line(vectors, row)}`),
    'neighbors.arrow': () =>
      writeNeighbors({
        n: rows,
        k: neighbors.columns,
        indices: neighbors.data,
        distances: distances.data,
      }),
    'neighbors.csv': () =>
      csv(
        ['row', ...numbered('neighbor_', neighbors.columns), ...numbered('distance_', distances.columns)],
        rows,
        (row) => `${row},${line(neighbors, row)},${line(distances, row)}`,
      ),
  });
}

function pointColumns({
  samples,
  label,
  predicted,
  loss,
  x,
  y,
  cluster,
  trust,
  classNames,
  probabilities,
  outcomes = {},
}: Population) {
  const name = (index: number): string => classNames[index] ?? '';
  // The classes of a new head have other names than the classes of the data.
  const predictedName = (index: number): string =>
    index < 0
      ? ''
      : probabilities.columns > 1 && probabilities.columns !== classNames.length
        ? String(index)
        : name(index) || String(index);
  return {
    row: Int32Array.from(samples.keys()),
    split: samples.map((s) => s.split),
    [SAMPLE_COLUMNS.sampleId]: samples.map((s) => s.sampleId),
    ...(classNames.length > 0 && { label: Array.from(label, name) }),
    ...(predicted.some((index) => index >= 0) && { predicted: Array.from(predicted, predictedName) }),
    ...(loss.some(Number.isFinite) && { loss }),
    ...outcomes,
    x,
    y,
    cluster,
    trust,
  };
}

const numbered = (stem: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${stem}${i + 1}`);
const line = ({ data, columns }: Matrix<Float32Array | Int32Array>, row: number): string =>
  data.subarray(row * columns, (row + 1) * columns).join(',');

/** RFC 4180, quoted only where it must be. */
function csv(head: readonly string[], rows: number, cells: (row: number) => string): string {
  const lines = [head.join(',')];
  for (let row = 0; row < rows; row++) lines.push(cells(row));
  return `${lines.join('\r\n')}\r\n`;
}

const cell = (value: string | number | undefined): string | number =>
  typeof value === 'string' && /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : (value ?? '');
