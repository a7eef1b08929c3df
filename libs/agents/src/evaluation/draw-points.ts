import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import type { PointChunk } from '@noema/contracts/noema/projection/v1/point';
import { encodePng } from '@noema/integration';
import { asDomainError } from '@noema/kernel';
import type { AgentContext } from '../tool.js';
import { readPoints } from './run-frame.js';

const SIZE = 512;
const MARGIN = 12;
const PAPER = 252;
const BLUE = [96, 130, 182] as const;
const RED = [200, 30, 50] as const;

/** Draws the first two dimensions of a map, misclassified samples on top. */
export async function drawPoints(context: AgentContext, map: Exploration) {
  const chunks: PointChunk[] = [];
  let hasTruth = true;
  try {
    await readPoints(context, map, ['correct'], (chunk) => chunks.push(chunk));
  } catch (error) {
    // A regression has no such column.
    if (asDomainError(error).reason !== 'COLUMN_UNKNOWN') throw error;
    hasTruth = false;
    await readPoints(context, map, [], (chunk) => chunks.push(chunk));
  }
  const count = map.pointCount;
  const [x, y, isRed] = [new Float32Array(count), new Float32Array(count), new Uint8Array(count)];
  let evaluated = 0;
  for (const chunk of chunks) {
    x.set(floats(chunk.x), chunk.firstRow);
    y.set(floats(chunk.y), chunk.firstRow);
    const [column] = chunk.columns;
    if (column !== undefined)
      ints(column.values).forEach((code, i) => {
        if (code >= 0) evaluated++;
        isRed[chunk.firstRow + i] = Number(column.names[code] === 'false');
      });
  }
  const data = new Uint8Array(SIZE * SIZE * 3).fill(PAPER);
  const [across, down] = [scale(x), scale(y)];
  for (const red of [0, 1])
    for (let i = 0; i < count; i++)
      if (isRed[i] === red) dot(data, across(x[i]!), SIZE - 1 - down(y[i]!), red === 1 ? RED : BLUE);
  return {
    png: encodePng({ width: SIZE, height: SIZE, channels: 3, data }),
    misclassified: hasTruth ? isRed.reduce((sum, red) => sum + red, 0) : undefined,
    /** Number of samples with ground truth that are correct or misclassified. */
    evaluated,
  };
}

// Copied, because bytes of a message may start at any address.
const floats = (bytes: Uint8Array): Float32Array => new Float32Array(new Uint8Array(bytes).buffer);
const ints = (bytes: Uint8Array): Int32Array => new Int32Array(new Uint8Array(bytes).buffer);

function scale(values: Float32Array): (value: number) => number {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const factor = (SIZE - 2 * MARGIN) / (high - low || 1);
  return (value) => Math.round(MARGIN + (value - low) * factor);
}

/** A dot of 3 by 3 pixels. */
function dot(data: Uint8Array, x: number, y: number, colour: readonly number[]): void {
  for (let dy = -1; dy <= 1; dy++)
    for (let at = ((y + dy) * SIZE + x - 1) * 3, i = 0; i < 9; i++) data[at + i] = colour[i % 3]!;
}
